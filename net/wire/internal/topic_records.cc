#include "net/wire/internal/topic_records.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<TopicRecord>;
template const MessageEntry& message_entry<TopicRecord>();

template struct Codec<PartitionRecord>;
template const MessageEntry& message_entry<PartitionRecord>();

template struct Codec<PartitionChangeRecord>;
template const MessageEntry& message_entry<PartitionChangeRecord>();

template struct Codec<RemoveTopicRecord>;
template const MessageEntry& message_entry<RemoveTopicRecord>();

template struct Codec<ConfigRecord>;
template const MessageEntry& message_entry<ConfigRecord>();

}  // namespace highwater::wire
