#pragma once

#include "core/group/group_records.h"
#include "net/wire/schema.h"

namespace highwater::wire {

struct ConsumerGroupMemberMetadataKey {
    String group_id;
    String member_id;
    friend bool operator==(const ConsumerGroupMemberMetadataKey&, const ConsumerGroupMemberMetadataKey&) = default;
};

struct ConsumerGroupMemberMetadataValue {
    struct ClassicProtocol {
        String name;
        Bytes metadata;
        TaggedFields unknown_tags;
        friend bool operator==(const ClassicProtocol&, const ClassicProtocol&) = default;
    };
    struct ClassicMemberMetadata {
        std::int32_t session_timeout_ms = 0;
        Array<ClassicProtocol> supported_protocols;
        TaggedFields unknown_tags;
        friend bool operator==(const ClassicMemberMetadata&, const ClassicMemberMetadata&) = default;
    };

    std::optional<String> instance_id{String{}};
    std::optional<String> rack_id{String{}};
    String client_id;
    String client_host;
    Array<String> subscribed_topic_names;
    std::optional<String> subscribed_topic_regex{String{}};
    std::int32_t rebalance_timeout_ms = -1;
    std::optional<String> server_assignor{String{}};
    std::optional<ClassicMemberMetadata> classic_member_metadata{ClassicMemberMetadata{}};
    TaggedFields unknown_tags;
    friend bool operator==(const ConsumerGroupMemberMetadataValue&, const ConsumerGroupMemberMetadataValue&) = default;
};

struct ConsumerGroupCurrentMemberAssignmentKey {
    String group_id;
    String member_id;
    friend bool operator==(const ConsumerGroupCurrentMemberAssignmentKey&,
                           const ConsumerGroupCurrentMemberAssignmentKey&) = default;
};

struct ConsumerGroupCurrentMemberAssignmentValue {
    struct TopicPartitions {
        TopicId topic_id;
        Array<PartitionId> partitions;
        std::optional<Array<std::int32_t>> assignment_epochs{Array<std::int32_t>{}};
        TaggedFields unknown_tags;
        friend bool operator==(const TopicPartitions&, const TopicPartitions&) = default;
    };

    GroupEpoch member_epoch;
    GroupEpoch previous_member_epoch;
    std::int8_t state = 0;
    Array<TopicPartitions> assigned_partitions;
    Array<TopicPartitions> partitions_pending_revocation;
    TaggedFields unknown_tags;
    friend bool operator==(const ConsumerGroupCurrentMemberAssignmentValue&,
                           const ConsumerGroupCurrentMemberAssignmentValue&) = default;
};

template <>
struct Schema<ConsumerGroupMemberMetadataKey> {
    static constexpr MessageInfo message = coordinator_key_info("ConsumerGroupMemberMetadataKey", 5);
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupMemberMetadataKey;
        field("GroupId", &T::group_id, versions(0, 0));
        field("MemberId", &T::member_id, versions(0, 0));
    }
};
static_assert(describes_every_member<ConsumerGroupMemberMetadataKey>);

template <>
struct Schema<ConsumerGroupMemberMetadataValue::ClassicProtocol> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupMemberMetadataValue::ClassicProtocol;
        field("Name", &T::name, since(0));
        field("Metadata", &T::metadata, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupMemberMetadataValue::ClassicProtocol>);

template <>
struct Schema<ConsumerGroupMemberMetadataValue::ClassicMemberMetadata> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupMemberMetadataValue::ClassicMemberMetadata;
        field("SessionTimeoutMs", &T::session_timeout_ms, since(0));
        field("SupportedProtocols", &T::supported_protocols, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupMemberMetadataValue::ClassicMemberMetadata>);

template <>
struct Schema<ConsumerGroupMemberMetadataValue> {
    static constexpr MessageInfo message =
        coordinator_value_info("ConsumerGroupMemberMetadataValue", 5, versions(0, 0), since(0));
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupMemberMetadataValue;
        field("InstanceId", &T::instance_id, since(0), nullable_since(0));
        field("RackId", &T::rack_id, since(0), nullable_since(0));
        field("ClientId", &T::client_id, since(0));
        field("ClientHost", &T::client_host, since(0));
        field("SubscribedTopicNames", &T::subscribed_topic_names, since(0));
        field("SubscribedTopicRegex", &T::subscribed_topic_regex, since(0), nullable_since(0));
        field("RebalanceTimeoutMs", &T::rebalance_timeout_ms, since(0));
        field("ServerAssignor", &T::server_assignor, since(0), nullable_since(0));
        field("ClassicMemberMetadata", &T::classic_member_metadata, since(0), nullable_since(0), tagged_since(0, 0));
    }
};
static_assert(describes_every_member<ConsumerGroupMemberMetadataValue>);

template <>
struct Schema<ConsumerGroupCurrentMemberAssignmentKey> {
    static constexpr MessageInfo message = coordinator_key_info("ConsumerGroupCurrentMemberAssignmentKey", 8);
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupCurrentMemberAssignmentKey;
        field("GroupId", &T::group_id, versions(0, 0));
        field("MemberId", &T::member_id, versions(0, 0));
    }
};
static_assert(describes_every_member<ConsumerGroupCurrentMemberAssignmentKey>);

template <>
struct Schema<ConsumerGroupCurrentMemberAssignmentValue::TopicPartitions> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupCurrentMemberAssignmentValue::TopicPartitions;
        field("TopicId", &T::topic_id, since(0));
        field("Partitions", &T::partitions, since(0));
        field("AssignmentEpochs", &T::assignment_epochs, since(0), nullable_since(0), tagged_since(0, 0));
    }
};
static_assert(describes_every_member<ConsumerGroupCurrentMemberAssignmentValue::TopicPartitions>);

template <>
struct Schema<ConsumerGroupCurrentMemberAssignmentValue> {
    static constexpr MessageInfo message =
        coordinator_value_info("ConsumerGroupCurrentMemberAssignmentValue", 8, versions(0, 0), since(0));
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupCurrentMemberAssignmentValue;
        field("MemberEpoch", &T::member_epoch, since(0));
        field("PreviousMemberEpoch", &T::previous_member_epoch, since(0));
        field("State", &T::state, since(0));
        field("AssignedPartitions", &T::assigned_partitions, since(0));
        field("PartitionsPendingRevocation", &T::partitions_pending_revocation, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupCurrentMemberAssignmentValue>);

}  // namespace highwater::wire
