#include "net/wire/message/list_transactions.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<ListTransactionsRequest>;
template const MessageEntry& message_entry<ListTransactionsRequest>();

template struct Codec<ListTransactionsResponse::TransactionState>;
template struct Codec<ListTransactionsResponse>;
template const MessageEntry& message_entry<ListTransactionsResponse>();

}  // namespace highwater::wire
