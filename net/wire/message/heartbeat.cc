#include "net/wire/message/heartbeat.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<HeartbeatRequest>;
template const MessageEntry& message_entry<HeartbeatRequest>();

template struct Codec<HeartbeatResponse>;
template const MessageEntry& message_entry<HeartbeatResponse>();

}  // namespace highwater::wire
