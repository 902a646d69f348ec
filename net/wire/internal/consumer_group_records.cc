#include "net/wire/internal/consumer_group_records.h"

#include "net/wire/codec_instantiate.h"

namespace highwater::wire {

template struct Codec<ConsumerGroupMetadataKey>;
template const MessageEntry& message_entry<ConsumerGroupMetadataKey>();

template struct Codec<ConsumerGroupMetadataValue>;
template const MessageEntry& message_entry<ConsumerGroupMetadataValue>();

template struct Codec<ConsumerGroupPartitionMetadataKey>;
template const MessageEntry& message_entry<ConsumerGroupPartitionMetadataKey>();

template struct Codec<ConsumerGroupPartitionMetadataValue::PartitionMetadata>;
template struct Codec<ConsumerGroupPartitionMetadataValue::TopicMetadata>;
template struct Codec<ConsumerGroupPartitionMetadataValue>;
template const MessageEntry& message_entry<ConsumerGroupPartitionMetadataValue>();

template struct Codec<ConsumerGroupTargetAssignmentMetadataKey>;
template const MessageEntry& message_entry<ConsumerGroupTargetAssignmentMetadataKey>();

template struct Codec<ConsumerGroupTargetAssignmentMetadataValue>;
template const MessageEntry& message_entry<ConsumerGroupTargetAssignmentMetadataValue>();

template struct Codec<ConsumerGroupTargetAssignmentMemberKey>;
template const MessageEntry& message_entry<ConsumerGroupTargetAssignmentMemberKey>();

template struct Codec<ConsumerGroupTargetAssignmentMemberValue::TopicPartition>;
template struct Codec<ConsumerGroupTargetAssignmentMemberValue>;
template const MessageEntry& message_entry<ConsumerGroupTargetAssignmentMemberValue>();

template struct Codec<ConsumerGroupRegularExpressionKey>;
template const MessageEntry& message_entry<ConsumerGroupRegularExpressionKey>();

template struct Codec<ConsumerGroupRegularExpressionValue>;
template const MessageEntry& message_entry<ConsumerGroupRegularExpressionValue>();

}  // namespace highwater::wire
