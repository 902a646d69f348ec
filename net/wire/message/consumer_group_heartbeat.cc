#include "net/wire/message/consumer_group_heartbeat.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<ConsumerGroupHeartbeatRequest::TopicPartitions>;
template struct Codec<ConsumerGroupHeartbeatRequest>;
template const MessageEntry& message_entry<ConsumerGroupHeartbeatRequest>();

template struct Codec<ConsumerGroupHeartbeatResponse::TopicPartitions>;
template struct Codec<ConsumerGroupHeartbeatResponse::Assignment>;
template struct Codec<ConsumerGroupHeartbeatResponse>;
template const MessageEntry& message_entry<ConsumerGroupHeartbeatResponse>();

}  // namespace highwater::wire
