#include "net/wire/internal/producer_snapshot.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<ProducerSnapshot::ProducerEntry>;
template struct Codec<ProducerSnapshot>;
template const MessageEntry& message_entry<ProducerSnapshot>();

}  // namespace highwater::wire
