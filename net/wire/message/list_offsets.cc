#include "net/wire/message/list_offsets.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<ListOffsetsRequest::ListOffsetsPartition>;
template struct Codec<ListOffsetsRequest::ListOffsetsTopic>;
template struct Codec<ListOffsetsRequest>;
template const MessageEntry& message_entry<ListOffsetsRequest>();

template struct Codec<ListOffsetsResponse::ListOffsetsPartitionResponse>;
template struct Codec<ListOffsetsResponse::ListOffsetsTopicResponse>;
template struct Codec<ListOffsetsResponse>;
template const MessageEntry& message_entry<ListOffsetsResponse>();

}  // namespace highwater::wire
