#include "net/wire/message/find_coordinator.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<FindCoordinatorRequest>;
template const MessageEntry& message_entry<FindCoordinatorRequest>();

template struct Codec<FindCoordinatorResponse::Coordinator>;
template struct Codec<FindCoordinatorResponse>;
template const MessageEntry& message_entry<FindCoordinatorResponse>();

}  // namespace highwater::wire
