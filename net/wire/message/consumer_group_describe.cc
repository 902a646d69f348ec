#include "net/wire/message/consumer_group_describe.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<ConsumerGroupDescribeRequest>;
template const MessageEntry& message_entry<ConsumerGroupDescribeRequest>();

template struct Codec<ConsumerGroupDescribeResponse::TopicPartitions>;
template struct Codec<ConsumerGroupDescribeResponse::Assignment>;
template struct Codec<ConsumerGroupDescribeResponse::Member>;
template struct Codec<ConsumerGroupDescribeResponse::DescribedGroup>;
template struct Codec<ConsumerGroupDescribeResponse>;
template const MessageEntry& message_entry<ConsumerGroupDescribeResponse>();

}  // namespace highwater::wire
