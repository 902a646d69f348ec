#include "net/wire/message/end_txn.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<EndTxnRequest>;
template const MessageEntry& message_entry<EndTxnRequest>();

template struct Codec<EndTxnResponse>;
template const MessageEntry& message_entry<EndTxnResponse>();

}  // namespace highwater::wire
