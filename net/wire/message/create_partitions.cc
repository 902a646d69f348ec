#include "net/wire/message/create_partitions.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<CreatePartitionsRequest::CreatePartitionsAssignment>;
template struct Codec<CreatePartitionsRequest::CreatePartitionsTopic>;
template struct Codec<CreatePartitionsRequest>;
template const MessageEntry& message_entry<CreatePartitionsRequest>();

template struct Codec<CreatePartitionsResponse::CreatePartitionsTopicResult>;
template struct Codec<CreatePartitionsResponse>;
template const MessageEntry& message_entry<CreatePartitionsResponse>();

}  // namespace highwater::wire
