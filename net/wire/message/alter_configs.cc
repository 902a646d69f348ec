#include "net/wire/message/alter_configs.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<AlterConfigsRequest::AlterableConfig>;
template struct Codec<AlterConfigsRequest::AlterConfigsResource>;
template struct Codec<AlterConfigsRequest>;
template const MessageEntry& message_entry<AlterConfigsRequest>();

template struct Codec<AlterConfigsResponse::AlterConfigsResourceResponse>;
template struct Codec<AlterConfigsResponse>;
template const MessageEntry& message_entry<AlterConfigsResponse>();

}  // namespace highwater::wire
