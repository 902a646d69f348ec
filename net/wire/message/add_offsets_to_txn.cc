#include "net/wire/message/add_offsets_to_txn.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<AddOffsetsToTxnRequest>;
template const MessageEntry& message_entry<AddOffsetsToTxnRequest>();

template struct Codec<AddOffsetsToTxnResponse>;
template const MessageEntry& message_entry<AddOffsetsToTxnResponse>();

}  // namespace highwater::wire
