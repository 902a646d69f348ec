#include "net/wire/message/add_partitions_to_txn.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<AddPartitionsToTxnRequest::AddPartitionsToTxnTopic>;
template struct Codec<AddPartitionsToTxnRequest::AddPartitionsToTxnTransaction>;
template struct Codec<AddPartitionsToTxnRequest>;
template const MessageEntry& message_entry<AddPartitionsToTxnRequest>();

template struct Codec<AddPartitionsToTxnResponse::AddPartitionsToTxnPartitionResult>;
template struct Codec<AddPartitionsToTxnResponse::AddPartitionsToTxnTopicResult>;
template struct Codec<AddPartitionsToTxnResponse::AddPartitionsToTxnResult>;
template struct Codec<AddPartitionsToTxnResponse>;
template const MessageEntry& message_entry<AddPartitionsToTxnResponse>();

}  // namespace highwater::wire
