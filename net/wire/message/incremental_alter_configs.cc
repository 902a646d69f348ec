#include "net/wire/message/incremental_alter_configs.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<IncrementalAlterConfigsRequest::AlterableConfig>;
template struct Codec<IncrementalAlterConfigsRequest::AlterConfigsResource>;
template struct Codec<IncrementalAlterConfigsRequest>;
template const MessageEntry& message_entry<IncrementalAlterConfigsRequest>();

template struct Codec<IncrementalAlterConfigsResponse::AlterConfigsResourceResponse>;
template struct Codec<IncrementalAlterConfigsResponse>;
template const MessageEntry& message_entry<IncrementalAlterConfigsResponse>();

}  // namespace highwater::wire
