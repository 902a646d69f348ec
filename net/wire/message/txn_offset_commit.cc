#include "net/wire/message/txn_offset_commit.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<TxnOffsetCommitRequest::TxnOffsetCommitRequestPartition>;
template struct Codec<TxnOffsetCommitRequest::TxnOffsetCommitRequestTopic>;
template struct Codec<TxnOffsetCommitRequest>;
template const MessageEntry& message_entry<TxnOffsetCommitRequest>();

template struct Codec<TxnOffsetCommitResponse::TxnOffsetCommitResponsePartition>;
template struct Codec<TxnOffsetCommitResponse::TxnOffsetCommitResponseTopic>;
template struct Codec<TxnOffsetCommitResponse>;
template const MessageEntry& message_entry<TxnOffsetCommitResponse>();

}  // namespace highwater::wire
