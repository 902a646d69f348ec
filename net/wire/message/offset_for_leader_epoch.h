#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct OffsetForLeaderEpochRequest {
    struct OffsetForLeaderPartition {
        PartitionId partition;
        LeaderEpoch current_leader_epoch{-1};
        LeaderEpoch leader_epoch;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetForLeaderPartition&, const OffsetForLeaderPartition&) = default;
    };
    struct OffsetForLeaderTopic {
        String topic;
        Array<OffsetForLeaderPartition> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetForLeaderTopic&, const OffsetForLeaderTopic&) = default;
    };

    NodeId replica_id{-2};
    Array<OffsetForLeaderTopic> topics;
    TaggedFields unknown_tags;
    friend bool operator==(const OffsetForLeaderEpochRequest&, const OffsetForLeaderEpochRequest&) = default;
};

struct OffsetForLeaderEpochResponse {
    struct EpochEndOffset {
        ErrorCode error_code = ErrorCode::none;
        PartitionId partition;
        LeaderEpoch leader_epoch{-1};
        std::int64_t end_offset = -1;
        TaggedFields unknown_tags;
        friend bool operator==(const EpochEndOffset&, const EpochEndOffset&) = default;
    };
    struct OffsetForLeaderTopicResult {
        String topic;
        Array<EpochEndOffset> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetForLeaderTopicResult&, const OffsetForLeaderTopicResult&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<OffsetForLeaderTopicResult> topics;
    TaggedFields unknown_tags;
    friend bool operator==(const OffsetForLeaderEpochResponse&, const OffsetForLeaderEpochResponse&) = default;
};

template <>
struct Schema<OffsetForLeaderEpochRequest::OffsetForLeaderPartition> {
    static constexpr void describe(auto&& field) {
        using T = OffsetForLeaderEpochRequest::OffsetForLeaderPartition;
        field("Partition", &T::partition, since(0));
        field("CurrentLeaderEpoch", &T::current_leader_epoch, since(2), ignorable);
        field("LeaderEpoch", &T::leader_epoch, since(0));
    }
};
static_assert(describes_every_member<OffsetForLeaderEpochRequest::OffsetForLeaderPartition>);

template <>
struct Schema<OffsetForLeaderEpochRequest::OffsetForLeaderTopic> {
    static constexpr void describe(auto&& field) {
        using T = OffsetForLeaderEpochRequest::OffsetForLeaderTopic;
        field("Topic", &T::topic, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<OffsetForLeaderEpochRequest::OffsetForLeaderTopic>);

template <>
struct Schema<OffsetForLeaderEpochRequest> {
    static constexpr MessageInfo message = request_info("OffsetForLeaderEpochRequest", ApiKey::offset_for_leader_epoch);
    static constexpr void describe(auto&& field) {
        using T = OffsetForLeaderEpochRequest;
        field("ReplicaId", &T::replica_id, since(3), ignorable);
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<OffsetForLeaderEpochRequest>);

template <>
struct Schema<OffsetForLeaderEpochResponse::EpochEndOffset> {
    static constexpr void describe(auto&& field) {
        using T = OffsetForLeaderEpochResponse::EpochEndOffset;
        field("ErrorCode", &T::error_code, since(0));
        field("Partition", &T::partition, since(0));
        field("LeaderEpoch", &T::leader_epoch, since(1), ignorable);
        field("EndOffset", &T::end_offset, since(0));
    }
};
static_assert(describes_every_member<OffsetForLeaderEpochResponse::EpochEndOffset>);

template <>
struct Schema<OffsetForLeaderEpochResponse::OffsetForLeaderTopicResult> {
    static constexpr void describe(auto&& field) {
        using T = OffsetForLeaderEpochResponse::OffsetForLeaderTopicResult;
        field("Topic", &T::topic, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<OffsetForLeaderEpochResponse::OffsetForLeaderTopicResult>);

template <>
struct Schema<OffsetForLeaderEpochResponse> {
    static constexpr MessageInfo message =
        response_info("OffsetForLeaderEpochResponse", ApiKey::offset_for_leader_epoch);
    static constexpr void describe(auto&& field) {
        using T = OffsetForLeaderEpochResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(2), ignorable);
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<OffsetForLeaderEpochResponse>);

}  // namespace highwater::wire
