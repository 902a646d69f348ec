#include "net/wire/message/offset_for_leader_epoch.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<OffsetForLeaderEpochRequest::OffsetForLeaderPartition>;
template struct Codec<OffsetForLeaderEpochRequest::OffsetForLeaderTopic>;
template struct Codec<OffsetForLeaderEpochRequest>;
template const MessageEntry& message_entry<OffsetForLeaderEpochRequest>();

template struct Codec<OffsetForLeaderEpochResponse::EpochEndOffset>;
template struct Codec<OffsetForLeaderEpochResponse::OffsetForLeaderTopicResult>;
template struct Codec<OffsetForLeaderEpochResponse>;
template const MessageEntry& message_entry<OffsetForLeaderEpochResponse>();

}  // namespace highwater::wire
