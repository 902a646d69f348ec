#include "net/wire/message/describe_transactions.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<DescribeTransactionsRequest>;
template const MessageEntry& message_entry<DescribeTransactionsRequest>();

template struct Codec<DescribeTransactionsResponse::TopicData>;
template struct Codec<DescribeTransactionsResponse::TransactionState>;
template struct Codec<DescribeTransactionsResponse>;
template const MessageEntry& message_entry<DescribeTransactionsResponse>();

}  // namespace highwater::wire
