#include "net/wire/message/offset_commit.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<OffsetCommitRequest::OffsetCommitRequestPartition>;
template struct Codec<OffsetCommitRequest::OffsetCommitRequestTopic>;
template struct Codec<OffsetCommitRequest>;
template const MessageEntry& message_entry<OffsetCommitRequest>();

template struct Codec<OffsetCommitResponse::OffsetCommitResponsePartition>;
template struct Codec<OffsetCommitResponse::OffsetCommitResponseTopic>;
template struct Codec<OffsetCommitResponse>;
template const MessageEntry& message_entry<OffsetCommitResponse>();

}  // namespace highwater::wire
