#include "net/wire/message/metadata.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<MetadataRequest::MetadataRequestTopic>;
template struct Codec<MetadataRequest>;
template const MessageEntry& message_entry<MetadataRequest>();

template struct Codec<MetadataResponse::MetadataResponseBroker>;
template struct Codec<MetadataResponse::MetadataResponsePartition>;
template struct Codec<MetadataResponse::MetadataResponseTopic>;
template struct Codec<MetadataResponse>;
template const MessageEntry& message_entry<MetadataResponse>();

}  // namespace highwater::wire
