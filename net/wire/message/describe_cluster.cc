#include "net/wire/message/describe_cluster.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<DescribeClusterRequest>;
template const MessageEntry& message_entry<DescribeClusterRequest>();

template struct Codec<DescribeClusterResponse::DescribeClusterBroker>;
template struct Codec<DescribeClusterResponse>;
template const MessageEntry& message_entry<DescribeClusterResponse>();

}  // namespace highwater::wire
