#include "net/wire/message/delete_records.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<DeleteRecordsRequest::DeleteRecordsPartition>;
template struct Codec<DeleteRecordsRequest::DeleteRecordsTopic>;
template struct Codec<DeleteRecordsRequest>;
template const MessageEntry& message_entry<DeleteRecordsRequest>();

template struct Codec<DeleteRecordsResponse::DeleteRecordsPartitionResult>;
template struct Codec<DeleteRecordsResponse::DeleteRecordsTopicResult>;
template struct Codec<DeleteRecordsResponse>;
template const MessageEntry& message_entry<DeleteRecordsResponse>();

}  // namespace highwater::wire
