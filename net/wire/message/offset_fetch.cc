#include "net/wire/message/offset_fetch.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<OffsetFetchRequest::OffsetFetchRequestTopic>;
template struct Codec<OffsetFetchRequest::OffsetFetchRequestTopics>;
template struct Codec<OffsetFetchRequest::OffsetFetchRequestGroup>;
template struct Codec<OffsetFetchRequest>;
template const MessageEntry& message_entry<OffsetFetchRequest>();

template struct Codec<OffsetFetchResponse::OffsetFetchResponsePartition>;
template struct Codec<OffsetFetchResponse::OffsetFetchResponseTopic>;
template struct Codec<OffsetFetchResponse::OffsetFetchResponsePartitions>;
template struct Codec<OffsetFetchResponse::OffsetFetchResponseTopics>;
template struct Codec<OffsetFetchResponse::OffsetFetchResponseGroup>;
template struct Codec<OffsetFetchResponse>;
template const MessageEntry& message_entry<OffsetFetchResponse>();

}  // namespace highwater::wire
