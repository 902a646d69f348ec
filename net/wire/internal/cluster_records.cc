#include "net/wire/internal/cluster_records.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<FeatureLevelRecord>;
template const MessageEntry& message_entry<FeatureLevelRecord>();

template struct Codec<ProducerIdsRecord>;
template const MessageEntry& message_entry<ProducerIdsRecord>();

template struct Codec<NoOpRecord>;
template const MessageEntry& message_entry<NoOpRecord>();

template struct Codec<BeginTransactionRecord>;
template const MessageEntry& message_entry<BeginTransactionRecord>();

template struct Codec<EndTransactionRecord>;
template const MessageEntry& message_entry<EndTransactionRecord>();

template struct Codec<AbortTransactionRecord>;
template const MessageEntry& message_entry<AbortTransactionRecord>();

}  // namespace highwater::wire
