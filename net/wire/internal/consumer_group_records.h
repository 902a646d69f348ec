#pragma once

#include "core/group/group_records.h"
#include "net/wire/schema.h"

namespace highwater::wire {

struct ConsumerGroupMetadataKey {
    String group_id;
    friend bool operator==(const ConsumerGroupMetadataKey&, const ConsumerGroupMetadataKey&) = default;
};

struct ConsumerGroupMetadataValue {
    GroupEpoch epoch;
    std::int64_t metadata_hash = 0;
    TaggedFields unknown_tags;
    friend bool operator==(const ConsumerGroupMetadataValue&, const ConsumerGroupMetadataValue&) = default;
};

struct ConsumerGroupPartitionMetadataKey {
    String group_id;
    friend bool operator==(const ConsumerGroupPartitionMetadataKey&,
                           const ConsumerGroupPartitionMetadataKey&) = default;
};

struct ConsumerGroupPartitionMetadataValue {
    struct PartitionMetadata {
        std::int32_t partition = 0;
        Array<String> racks;
        TaggedFields unknown_tags;
        friend bool operator==(const PartitionMetadata&, const PartitionMetadata&) = default;
    };
    struct TopicMetadata {
        TopicId topic_id;
        String topic_name;
        std::int32_t num_partitions = 0;
        Array<PartitionMetadata> partition_metadata;
        TaggedFields unknown_tags;
        friend bool operator==(const TopicMetadata&, const TopicMetadata&) = default;
    };

    Array<TopicMetadata> topics;
    TaggedFields unknown_tags;
    friend bool operator==(const ConsumerGroupPartitionMetadataValue&,
                           const ConsumerGroupPartitionMetadataValue&) = default;
};

struct ConsumerGroupTargetAssignmentMetadataKey {
    String group_id;
    friend bool operator==(const ConsumerGroupTargetAssignmentMetadataKey&,
                           const ConsumerGroupTargetAssignmentMetadataKey&) = default;
};

struct ConsumerGroupTargetAssignmentMetadataValue {
    GroupEpoch assignment_epoch;
    std::int64_t assignment_timestamp = 0;
    TaggedFields unknown_tags;
    friend bool operator==(const ConsumerGroupTargetAssignmentMetadataValue&,
                           const ConsumerGroupTargetAssignmentMetadataValue&) = default;
};

struct ConsumerGroupTargetAssignmentMemberKey {
    String group_id;
    String member_id;
    friend bool operator==(const ConsumerGroupTargetAssignmentMemberKey&,
                           const ConsumerGroupTargetAssignmentMemberKey&) = default;
};

struct ConsumerGroupTargetAssignmentMemberValue {
    struct TopicPartition {
        TopicId topic_id;
        Array<PartitionId> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const TopicPartition&, const TopicPartition&) = default;
    };

    Array<TopicPartition> topic_partitions;
    TaggedFields unknown_tags;
    friend bool operator==(const ConsumerGroupTargetAssignmentMemberValue&,
                           const ConsumerGroupTargetAssignmentMemberValue&) = default;
};

struct ConsumerGroupRegularExpressionKey {
    String group_id;
    String regular_expression;
    friend bool operator==(const ConsumerGroupRegularExpressionKey&,
                           const ConsumerGroupRegularExpressionKey&) = default;
};

struct ConsumerGroupRegularExpressionValue {
    Array<String> topics;
    std::int64_t version = 0;
    std::int64_t timestamp = 0;
    TaggedFields unknown_tags;
    friend bool operator==(const ConsumerGroupRegularExpressionValue&,
                           const ConsumerGroupRegularExpressionValue&) = default;
};

template <>
struct Schema<ConsumerGroupMetadataKey> {
    static constexpr MessageInfo message = coordinator_key_info("ConsumerGroupMetadataKey", 3);
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupMetadataKey;
        field("GroupId", &T::group_id, versions(0, 0));
    }
};
static_assert(describes_every_member<ConsumerGroupMetadataKey>);

template <>
struct Schema<ConsumerGroupMetadataValue> {
    static constexpr MessageInfo message =
        coordinator_value_info("ConsumerGroupMetadataValue", 3, versions(0, 0), since(0));
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupMetadataValue;
        field("Epoch", &T::epoch, since(0));
        field("MetadataHash", &T::metadata_hash, since(0), tagged_since(0, 0));
    }
};
static_assert(describes_every_member<ConsumerGroupMetadataValue>);

template <>
struct Schema<ConsumerGroupPartitionMetadataKey> {
    static constexpr MessageInfo message = coordinator_key_info("ConsumerGroupPartitionMetadataKey", 4);
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupPartitionMetadataKey;
        field("GroupId", &T::group_id, versions(0, 0));
    }
};
static_assert(describes_every_member<ConsumerGroupPartitionMetadataKey>);

template <>
struct Schema<ConsumerGroupPartitionMetadataValue::PartitionMetadata> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupPartitionMetadataValue::PartitionMetadata;
        field("Partition", &T::partition, since(0));
        field("Racks", &T::racks, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupPartitionMetadataValue::PartitionMetadata>);

template <>
struct Schema<ConsumerGroupPartitionMetadataValue::TopicMetadata> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupPartitionMetadataValue::TopicMetadata;
        field("TopicId", &T::topic_id, since(0));
        field("TopicName", &T::topic_name, since(0));
        field("NumPartitions", &T::num_partitions, since(0));
        field("PartitionMetadata", &T::partition_metadata, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupPartitionMetadataValue::TopicMetadata>);

template <>
struct Schema<ConsumerGroupPartitionMetadataValue> {
    static constexpr MessageInfo message =
        coordinator_value_info("ConsumerGroupPartitionMetadataValue", 4, versions(0, 0), since(0));
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupPartitionMetadataValue;
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupPartitionMetadataValue>);

template <>
struct Schema<ConsumerGroupTargetAssignmentMetadataKey> {
    static constexpr MessageInfo message = coordinator_key_info("ConsumerGroupTargetAssignmentMetadataKey", 6);
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupTargetAssignmentMetadataKey;
        field("GroupId", &T::group_id, versions(0, 0));
    }
};
static_assert(describes_every_member<ConsumerGroupTargetAssignmentMetadataKey>);

template <>
struct Schema<ConsumerGroupTargetAssignmentMetadataValue> {
    static constexpr MessageInfo message =
        coordinator_value_info("ConsumerGroupTargetAssignmentMetadataValue", 6, versions(0, 0), since(0));
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupTargetAssignmentMetadataValue;
        field("AssignmentEpoch", &T::assignment_epoch, since(0));
        field("AssignmentTimestamp", &T::assignment_timestamp, since(0), tagged_since(0, 0), ignorable);
    }
};
static_assert(describes_every_member<ConsumerGroupTargetAssignmentMetadataValue>);

template <>
struct Schema<ConsumerGroupTargetAssignmentMemberKey> {
    static constexpr MessageInfo message = coordinator_key_info("ConsumerGroupTargetAssignmentMemberKey", 7);
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupTargetAssignmentMemberKey;
        field("GroupId", &T::group_id, versions(0, 0));
        field("MemberId", &T::member_id, versions(0, 0));
    }
};
static_assert(describes_every_member<ConsumerGroupTargetAssignmentMemberKey>);

template <>
struct Schema<ConsumerGroupTargetAssignmentMemberValue::TopicPartition> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupTargetAssignmentMemberValue::TopicPartition;
        field("TopicId", &T::topic_id, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupTargetAssignmentMemberValue::TopicPartition>);

template <>
struct Schema<ConsumerGroupTargetAssignmentMemberValue> {
    static constexpr MessageInfo message =
        coordinator_value_info("ConsumerGroupTargetAssignmentMemberValue", 7, versions(0, 0), since(0));
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupTargetAssignmentMemberValue;
        field("TopicPartitions", &T::topic_partitions, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupTargetAssignmentMemberValue>);

template <>
struct Schema<ConsumerGroupRegularExpressionKey> {
    static constexpr MessageInfo message = coordinator_key_info("ConsumerGroupRegularExpressionKey", 16);
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupRegularExpressionKey;
        field("GroupId", &T::group_id, versions(0, 0));
        field("RegularExpression", &T::regular_expression, versions(0, 0));
    }
};
static_assert(describes_every_member<ConsumerGroupRegularExpressionKey>);

template <>
struct Schema<ConsumerGroupRegularExpressionValue> {
    static constexpr MessageInfo message =
        coordinator_value_info("ConsumerGroupRegularExpressionValue", 16, versions(0, 0), since(0));
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupRegularExpressionValue;
        field("Topics", &T::topics, since(0));
        field("Version", &T::version, since(0));
        field("Timestamp", &T::timestamp, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupRegularExpressionValue>);

}  // namespace highwater::wire
