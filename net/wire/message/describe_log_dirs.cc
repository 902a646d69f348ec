#include "net/wire/message/describe_log_dirs.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<DescribeLogDirsRequest::DescribableLogDirTopic>;
template struct Codec<DescribeLogDirsRequest>;
template const MessageEntry& message_entry<DescribeLogDirsRequest>();

template struct Codec<DescribeLogDirsResponse::DescribeLogDirsPartition>;
template struct Codec<DescribeLogDirsResponse::DescribeLogDirsTopic>;
template struct Codec<DescribeLogDirsResponse::DescribeLogDirsResult>;
template struct Codec<DescribeLogDirsResponse>;
template const MessageEntry& message_entry<DescribeLogDirsResponse>();

}  // namespace highwater::wire
