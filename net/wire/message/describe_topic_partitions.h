#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct DescribeTopicPartitionsRequest {
    struct TopicRequest {
        String name;
        TaggedFields unknown_tags;
        friend bool operator==(const TopicRequest&, const TopicRequest&) = default;
    };
    struct Cursor {
        String topic_name;
        PartitionId partition_index;
        TaggedFields unknown_tags;
        friend bool operator==(const Cursor&, const Cursor&) = default;
    };

    Array<TopicRequest> topics;
    std::int32_t response_partition_limit = 2000;
    std::optional<Cursor> cursor;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeTopicPartitionsRequest&, const DescribeTopicPartitionsRequest&) = default;
};

struct DescribeTopicPartitionsResponse {
    struct DescribeTopicPartitionsResponsePartition {
        ErrorCode error_code = ErrorCode::none;
        PartitionId partition_index;
        NodeId leader_id;
        LeaderEpoch leader_epoch{-1};
        Array<NodeId> replica_nodes;
        Array<NodeId> isr_nodes;
        std::optional<Array<NodeId>> eligible_leader_replicas;
        std::optional<Array<NodeId>> last_known_elr;
        Array<NodeId> offline_replicas;
        TaggedFields unknown_tags;
        friend bool operator==(const DescribeTopicPartitionsResponsePartition&,
                               const DescribeTopicPartitionsResponsePartition&) = default;
    };
    struct DescribeTopicPartitionsResponseTopic {
        ErrorCode error_code = ErrorCode::none;
        std::optional<String> name{String{}};
        TopicId topic_id;
        bool is_internal = false;
        Array<DescribeTopicPartitionsResponsePartition> partitions;
        std::int32_t topic_authorized_operations = INT32_MIN;
        TaggedFields unknown_tags;
        friend bool operator==(const DescribeTopicPartitionsResponseTopic&,
                               const DescribeTopicPartitionsResponseTopic&) = default;
    };
    struct Cursor {
        String topic_name;
        PartitionId partition_index;
        TaggedFields unknown_tags;
        friend bool operator==(const Cursor&, const Cursor&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<DescribeTopicPartitionsResponseTopic> topics;
    std::optional<Cursor> next_cursor;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeTopicPartitionsResponse&, const DescribeTopicPartitionsResponse&) = default;
};

template <>
struct Schema<DescribeTopicPartitionsRequest::TopicRequest> {
    static constexpr void describe(auto&& field) {
        using T = DescribeTopicPartitionsRequest::TopicRequest;
        field("Name", &T::name, since(0));
    }
};
static_assert(describes_every_member<DescribeTopicPartitionsRequest::TopicRequest>);

template <>
struct Schema<DescribeTopicPartitionsRequest::Cursor> {
    static constexpr void describe(auto&& field) {
        using T = DescribeTopicPartitionsRequest::Cursor;
        field("TopicName", &T::topic_name, since(0));
        field("PartitionIndex", &T::partition_index, since(0));
    }
};
static_assert(describes_every_member<DescribeTopicPartitionsRequest::Cursor>);

template <>
struct Schema<DescribeTopicPartitionsRequest> {
    static constexpr MessageInfo message =
        request_info("DescribeTopicPartitionsRequest", ApiKey::describe_topic_partitions);
    static constexpr void describe(auto&& field) {
        using T = DescribeTopicPartitionsRequest;
        field("Topics", &T::topics, since(0));
        field("ResponsePartitionLimit", &T::response_partition_limit, since(0));
        field("Cursor", &T::cursor, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<DescribeTopicPartitionsRequest>);

template <>
struct Schema<DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition> {
    static constexpr void describe(auto&& field) {
        using T = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition;
        field("ErrorCode", &T::error_code, since(0));
        field("PartitionIndex", &T::partition_index, since(0));
        field("LeaderId", &T::leader_id, since(0));
        field("LeaderEpoch", &T::leader_epoch, since(0), ignorable);
        field("ReplicaNodes", &T::replica_nodes, since(0));
        field("IsrNodes", &T::isr_nodes, since(0));
        field("EligibleLeaderReplicas", &T::eligible_leader_replicas, since(0), nullable_since(0));
        field("LastKnownElr", &T::last_known_elr, since(0), nullable_since(0));
        field("OfflineReplicas", &T::offline_replicas, since(0), ignorable);
    }
};
static_assert(describes_every_member<DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition>);

template <>
struct Schema<DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic> {
    static constexpr void describe(auto&& field) {
        using T = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic;
        field("ErrorCode", &T::error_code, since(0));
        field("Name", &T::name, since(0), nullable_since(0));
        field("TopicId", &T::topic_id, since(0), ignorable);
        field("IsInternal", &T::is_internal, since(0), ignorable);
        field("Partitions", &T::partitions, since(0));
        field("TopicAuthorizedOperations", &T::topic_authorized_operations, since(0));
    }
};
static_assert(describes_every_member<DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic>);

template <>
struct Schema<DescribeTopicPartitionsResponse::Cursor> {
    static constexpr void describe(auto&& field) {
        using T = DescribeTopicPartitionsResponse::Cursor;
        field("TopicName", &T::topic_name, since(0));
        field("PartitionIndex", &T::partition_index, since(0));
    }
};
static_assert(describes_every_member<DescribeTopicPartitionsResponse::Cursor>);

template <>
struct Schema<DescribeTopicPartitionsResponse> {
    static constexpr MessageInfo message =
        response_info("DescribeTopicPartitionsResponse", ApiKey::describe_topic_partitions);
    static constexpr void describe(auto&& field) {
        using T = DescribeTopicPartitionsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0), ignorable);
        field("Topics", &T::topics, since(0));
        field("NextCursor", &T::next_cursor, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<DescribeTopicPartitionsResponse>);

}  // namespace highwater::wire
