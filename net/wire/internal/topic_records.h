#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct TopicRecord {
    String name;
    TopicId topic_id;
    TaggedFields unknown_tags;
    friend bool operator==(const TopicRecord&, const TopicRecord&) = default;
};

struct PartitionRecord {
    PartitionId partition_id{-1};
    TopicId topic_id;
    Array<NodeId> replicas;
    Array<NodeId> isr;
    Array<NodeId> removing_replicas;
    Array<NodeId> adding_replicas;
    NodeId leader{-1};
    std::int8_t leader_recovery_state = 0;
    LeaderEpoch leader_epoch{-1};
    PartitionEpoch partition_epoch{-1};
    Array<Uuid> directories;
    std::optional<Array<NodeId>> eligible_leader_replicas;
    std::optional<Array<NodeId>> last_known_elr;
    TaggedFields unknown_tags;
    friend bool operator==(const PartitionRecord&, const PartitionRecord&) = default;
};

struct PartitionChangeRecord {
    PartitionId partition_id{-1};
    TopicId topic_id;
    std::optional<Array<NodeId>> isr;
    NodeId leader{-2};
    std::optional<Array<NodeId>> replicas;
    std::optional<Array<NodeId>> removing_replicas;
    std::optional<Array<NodeId>> adding_replicas;
    std::int8_t leader_recovery_state = -1;
    std::optional<Array<Uuid>> directories;
    std::optional<Array<NodeId>> eligible_leader_replicas;
    std::optional<Array<NodeId>> last_known_elr;
    TaggedFields unknown_tags;
    friend bool operator==(const PartitionChangeRecord&, const PartitionChangeRecord&) = default;
};

struct RemoveTopicRecord {
    TopicId topic_id;
    TaggedFields unknown_tags;
    friend bool operator==(const RemoveTopicRecord&, const RemoveTopicRecord&) = default;
};

struct ConfigRecord {
    std::int8_t resource_type = 0;
    String resource_name;
    String name;
    std::optional<String> value{String{}};
    TaggedFields unknown_tags;
    friend bool operator==(const ConfigRecord&, const ConfigRecord&) = default;
};

template <>
struct Schema<TopicRecord> {
    static constexpr MessageInfo message = metadata_record_info("TopicRecord", 2, versions(0, 0));
    static constexpr void describe(auto&& field) {
        using T = TopicRecord;
        field("Name", &T::name, since(0));
        field("TopicId", &T::topic_id, since(0));
    }
};
static_assert(describes_every_member<TopicRecord>);

template <>
struct Schema<PartitionRecord> {
    static constexpr MessageInfo message = metadata_record_info("PartitionRecord", 3, versions(0, 2));
    static constexpr void describe(auto&& field) {
        using T = PartitionRecord;
        field("PartitionId", &T::partition_id, since(0));
        field("TopicId", &T::topic_id, since(0));
        field("Replicas", &T::replicas, since(0));
        field("Isr", &T::isr, since(0));
        field("RemovingReplicas", &T::removing_replicas, since(0));
        field("AddingReplicas", &T::adding_replicas, since(0));
        field("Leader", &T::leader, since(0));
        field("LeaderRecoveryState", &T::leader_recovery_state, since(0), tagged_since(0, 0));
        field("LeaderEpoch", &T::leader_epoch, since(0));
        field("PartitionEpoch", &T::partition_epoch, since(0));
        field("Directories", &T::directories, since(1));
        field("EligibleLeaderReplicas", &T::eligible_leader_replicas, since(2), nullable_since(2), tagged_since(2, 1));
        field("LastKnownElr", &T::last_known_elr, since(2), nullable_since(2), tagged_since(2, 2));
    }
};
static_assert(describes_every_member<PartitionRecord>);

template <>
struct Schema<PartitionChangeRecord> {
    static constexpr MessageInfo message = metadata_record_info("PartitionChangeRecord", 5, versions(0, 2));
    static constexpr void describe(auto&& field) {
        using T = PartitionChangeRecord;
        field("PartitionId", &T::partition_id, since(0));
        field("TopicId", &T::topic_id, since(0));
        field("Isr", &T::isr, since(0), nullable_since(0), tagged_since(0, 0));
        field("Leader", &T::leader, since(0), tagged_since(0, 1));
        field("Replicas", &T::replicas, since(0), nullable_since(0), tagged_since(0, 2));
        field("RemovingReplicas", &T::removing_replicas, since(0), nullable_since(0), tagged_since(0, 3));
        field("AddingReplicas", &T::adding_replicas, since(0), nullable_since(0), tagged_since(0, 4));
        field("LeaderRecoveryState", &T::leader_recovery_state, since(0), tagged_since(0, 5));
        field("Directories", &T::directories, since(1), nullable_since(1), tagged_since(1, 8));
        field("EligibleLeaderReplicas", &T::eligible_leader_replicas, since(2), nullable_since(2), tagged_since(2, 6));
        field("LastKnownElr", &T::last_known_elr, since(2), nullable_since(2), tagged_since(2, 7));
    }
};
static_assert(describes_every_member<PartitionChangeRecord>);

template <>
struct Schema<RemoveTopicRecord> {
    static constexpr MessageInfo message = metadata_record_info("RemoveTopicRecord", 9, versions(0, 0));
    static constexpr void describe(auto&& field) {
        using T = RemoveTopicRecord;
        field("TopicId", &T::topic_id, since(0));
    }
};
static_assert(describes_every_member<RemoveTopicRecord>);

template <>
struct Schema<ConfigRecord> {
    static constexpr MessageInfo message = metadata_record_info("ConfigRecord", 4, versions(0, 0));
    static constexpr void describe(auto&& field) {
        using T = ConfigRecord;
        field("ResourceType", &T::resource_type, since(0));
        field("ResourceName", &T::resource_name, since(0));
        field("Name", &T::name, since(0));
        field("Value", &T::value, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<ConfigRecord>);

}  // namespace highwater::wire
