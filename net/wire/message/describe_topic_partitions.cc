#include "net/wire/message/describe_topic_partitions.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<DescribeTopicPartitionsRequest::TopicRequest>;
template struct Codec<DescribeTopicPartitionsRequest::Cursor>;
template struct Codec<DescribeTopicPartitionsRequest>;
template const MessageEntry& message_entry<DescribeTopicPartitionsRequest>();

template struct Codec<DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition>;
template struct Codec<DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic>;
template struct Codec<DescribeTopicPartitionsResponse::Cursor>;
template struct Codec<DescribeTopicPartitionsResponse>;
template const MessageEntry& message_entry<DescribeTopicPartitionsResponse>();

}  // namespace highwater::wire
