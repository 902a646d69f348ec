#include "net/wire/internal/consumer_member_records.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<ConsumerGroupMemberMetadataKey>;
template const MessageEntry& message_entry<ConsumerGroupMemberMetadataKey>();

template struct Codec<ConsumerGroupMemberMetadataValue::ClassicProtocol>;
template struct Codec<ConsumerGroupMemberMetadataValue::ClassicMemberMetadata>;
template struct Codec<ConsumerGroupMemberMetadataValue>;
template const MessageEntry& message_entry<ConsumerGroupMemberMetadataValue>();

template struct Codec<ConsumerGroupCurrentMemberAssignmentKey>;
template const MessageEntry& message_entry<ConsumerGroupCurrentMemberAssignmentKey>();

template struct Codec<ConsumerGroupCurrentMemberAssignmentValue::TopicPartitions>;
template struct Codec<ConsumerGroupCurrentMemberAssignmentValue>;
template const MessageEntry& message_entry<ConsumerGroupCurrentMemberAssignmentValue>();

}  // namespace highwater::wire
