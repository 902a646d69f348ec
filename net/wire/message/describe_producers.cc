#include "net/wire/message/describe_producers.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<DescribeProducersRequest::TopicRequest>;
template struct Codec<DescribeProducersRequest>;
template const MessageEntry& message_entry<DescribeProducersRequest>();

template struct Codec<DescribeProducersResponse::ProducerState>;
template struct Codec<DescribeProducersResponse::PartitionResponse>;
template struct Codec<DescribeProducersResponse::TopicResponse>;
template struct Codec<DescribeProducersResponse>;
template const MessageEntry& message_entry<DescribeProducersResponse>();

}  // namespace highwater::wire
