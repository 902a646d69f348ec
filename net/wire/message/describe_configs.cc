#include "net/wire/message/describe_configs.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<DescribeConfigsRequest::DescribeConfigsResource>;
template struct Codec<DescribeConfigsRequest>;
template const MessageEntry& message_entry<DescribeConfigsRequest>();

template struct Codec<DescribeConfigsResponse::DescribeConfigsSynonym>;
template struct Codec<DescribeConfigsResponse::DescribeConfigsResourceResult>;
template struct Codec<DescribeConfigsResponse::DescribeConfigsResult>;
template struct Codec<DescribeConfigsResponse>;
template const MessageEntry& message_entry<DescribeConfigsResponse>();

}  // namespace highwater::wire
