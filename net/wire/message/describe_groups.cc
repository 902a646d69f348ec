#include "net/wire/message/describe_groups.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<DescribeGroupsRequest>;
template const MessageEntry& message_entry<DescribeGroupsRequest>();

template struct Codec<DescribeGroupsResponse::DescribedGroupMember>;
template struct Codec<DescribeGroupsResponse::DescribedGroup>;
template struct Codec<DescribeGroupsResponse>;
template const MessageEntry& message_entry<DescribeGroupsResponse>();

}  // namespace highwater::wire
