#include "net/wire/internal/transaction_records.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<TransactionLogKey>;
template const MessageEntry& message_entry<TransactionLogKey>();

template struct Codec<TransactionLogValue::PartitionsSchema>;
template struct Codec<TransactionLogValue>;
template const MessageEntry& message_entry<TransactionLogValue>();

}  // namespace highwater::wire
