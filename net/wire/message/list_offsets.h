#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct ListOffsetsRequest {
    struct ListOffsetsPartition {
        PartitionId partition_index;
        LeaderEpoch current_leader_epoch{-1};
        std::int64_t timestamp = 0;
        std::int32_t max_num_offsets = 1;
        TaggedFields unknown_tags;
        friend bool operator==(const ListOffsetsPartition&, const ListOffsetsPartition&) = default;
    };
    struct ListOffsetsTopic {
        String name;
        Array<ListOffsetsPartition> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const ListOffsetsTopic&, const ListOffsetsTopic&) = default;
    };

    NodeId replica_id;
    std::int8_t isolation_level = 0;
    Array<ListOffsetsTopic> topics;
    std::int32_t timeout_ms = 0;
    TaggedFields unknown_tags;
    friend bool operator==(const ListOffsetsRequest&, const ListOffsetsRequest&) = default;
};

struct ListOffsetsResponse {
    struct ListOffsetsPartitionResponse {
        PartitionId partition_index;
        ErrorCode error_code = ErrorCode::none;
        Array<std::int64_t> old_style_offsets;
        std::int64_t timestamp = -1;
        std::int64_t offset = -1;
        LeaderEpoch leader_epoch{-1};
        TaggedFields unknown_tags;
        friend bool operator==(const ListOffsetsPartitionResponse&, const ListOffsetsPartitionResponse&) = default;
    };
    struct ListOffsetsTopicResponse {
        String name;
        Array<ListOffsetsPartitionResponse> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const ListOffsetsTopicResponse&, const ListOffsetsTopicResponse&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<ListOffsetsTopicResponse> topics;
    TaggedFields unknown_tags;
    friend bool operator==(const ListOffsetsResponse&, const ListOffsetsResponse&) = default;
};

template <>
struct Schema<ListOffsetsRequest::ListOffsetsPartition> {
    static constexpr void describe(auto&& field) {
        using T = ListOffsetsRequest::ListOffsetsPartition;
        field("PartitionIndex", &T::partition_index, since(0));
        field("CurrentLeaderEpoch", &T::current_leader_epoch, since(4), ignorable);
        field("Timestamp", &T::timestamp, since(0));
        field("MaxNumOffsets", &T::max_num_offsets, versions(0, 0));
    }
};
static_assert(describes_every_member<ListOffsetsRequest::ListOffsetsPartition>);

template <>
struct Schema<ListOffsetsRequest::ListOffsetsTopic> {
    static constexpr void describe(auto&& field) {
        using T = ListOffsetsRequest::ListOffsetsTopic;
        field("Name", &T::name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<ListOffsetsRequest::ListOffsetsTopic>);

template <>
struct Schema<ListOffsetsRequest> {
    static constexpr MessageInfo message = request_info("ListOffsetsRequest", ApiKey::list_offsets);
    static constexpr void describe(auto&& field) {
        using T = ListOffsetsRequest;
        field("ReplicaId", &T::replica_id, since(0));
        field("IsolationLevel", &T::isolation_level, since(2));
        field("Topics", &T::topics, since(0));
        field("TimeoutMs", &T::timeout_ms, since(10), ignorable);
    }
};
static_assert(describes_every_member<ListOffsetsRequest>);

template <>
struct Schema<ListOffsetsResponse::ListOffsetsPartitionResponse> {
    static constexpr void describe(auto&& field) {
        using T = ListOffsetsResponse::ListOffsetsPartitionResponse;
        field("PartitionIndex", &T::partition_index, since(0));
        field("ErrorCode", &T::error_code, since(0));
        field("OldStyleOffsets", &T::old_style_offsets, versions(0, 0));
        field("Timestamp", &T::timestamp, since(1));
        field("Offset", &T::offset, since(1));
        field("LeaderEpoch", &T::leader_epoch, since(4));
    }
};
static_assert(describes_every_member<ListOffsetsResponse::ListOffsetsPartitionResponse>);

template <>
struct Schema<ListOffsetsResponse::ListOffsetsTopicResponse> {
    static constexpr void describe(auto&& field) {
        using T = ListOffsetsResponse::ListOffsetsTopicResponse;
        field("Name", &T::name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<ListOffsetsResponse::ListOffsetsTopicResponse>);

template <>
struct Schema<ListOffsetsResponse> {
    static constexpr MessageInfo message = response_info("ListOffsetsResponse", ApiKey::list_offsets);
    static constexpr void describe(auto&& field) {
        using T = ListOffsetsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(2), ignorable);
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<ListOffsetsResponse>);

}  // namespace highwater::wire
