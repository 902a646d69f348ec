#include "net/wire/message/api_versions.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<ApiVersionsRequest>;
template const MessageEntry& message_entry<ApiVersionsRequest>();

template struct Codec<ApiVersionsResponse::ApiVersion>;
template struct Codec<ApiVersionsResponse::SupportedFeatureKey>;
template struct Codec<ApiVersionsResponse::FinalizedFeatureKey>;
template struct Codec<ApiVersionsResponse>;
template const MessageEntry& message_entry<ApiVersionsResponse>();

}  // namespace highwater::wire
