#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct TxnOffsetCommitRequest {
    struct TxnOffsetCommitRequestPartition {
        PartitionId partition_index;
        std::int64_t committed_offset = 0;
        LeaderEpoch committed_leader_epoch{-1};
        std::optional<String> committed_metadata{String{}};
        TaggedFields unknown_tags;
        friend bool operator==(const TxnOffsetCommitRequestPartition&,
                               const TxnOffsetCommitRequestPartition&) = default;
    };
    struct TxnOffsetCommitRequestTopic {
        String name;
        Array<TxnOffsetCommitRequestPartition> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const TxnOffsetCommitRequestTopic&, const TxnOffsetCommitRequestTopic&) = default;
    };

    String transactional_id;
    String group_id;
    ProducerId producer_id;
    ProducerEpoch producer_epoch;
    std::int32_t generation_id = -1;
    String member_id;
    std::optional<String> group_instance_id;
    Array<TxnOffsetCommitRequestTopic> topics;
    TaggedFields unknown_tags;
    friend bool operator==(const TxnOffsetCommitRequest&, const TxnOffsetCommitRequest&) = default;
};

struct TxnOffsetCommitResponse {
    struct TxnOffsetCommitResponsePartition {
        PartitionId partition_index;
        ErrorCode error_code = ErrorCode::none;
        TaggedFields unknown_tags;
        friend bool operator==(const TxnOffsetCommitResponsePartition&,
                               const TxnOffsetCommitResponsePartition&) = default;
    };
    struct TxnOffsetCommitResponseTopic {
        String name;
        Array<TxnOffsetCommitResponsePartition> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const TxnOffsetCommitResponseTopic&, const TxnOffsetCommitResponseTopic&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<TxnOffsetCommitResponseTopic> topics;
    TaggedFields unknown_tags;
    friend bool operator==(const TxnOffsetCommitResponse&, const TxnOffsetCommitResponse&) = default;
};

template <>
struct Schema<TxnOffsetCommitRequest::TxnOffsetCommitRequestPartition> {
    static constexpr void describe(auto&& field) {
        using T = TxnOffsetCommitRequest::TxnOffsetCommitRequestPartition;
        field("PartitionIndex", &T::partition_index, since(0));
        field("CommittedOffset", &T::committed_offset, since(0));
        field("CommittedLeaderEpoch", &T::committed_leader_epoch, since(2), ignorable);
        field("CommittedMetadata", &T::committed_metadata, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<TxnOffsetCommitRequest::TxnOffsetCommitRequestPartition>);

template <>
struct Schema<TxnOffsetCommitRequest::TxnOffsetCommitRequestTopic> {
    static constexpr void describe(auto&& field) {
        using T = TxnOffsetCommitRequest::TxnOffsetCommitRequestTopic;
        field("Name", &T::name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<TxnOffsetCommitRequest::TxnOffsetCommitRequestTopic>);

template <>
struct Schema<TxnOffsetCommitRequest> {
    static constexpr MessageInfo message = request_info("TxnOffsetCommitRequest", ApiKey::txn_offset_commit);
    static constexpr void describe(auto&& field) {
        using T = TxnOffsetCommitRequest;
        field("TransactionalId", &T::transactional_id, since(0));
        field("GroupId", &T::group_id, since(0));
        field("ProducerId", &T::producer_id, since(0));
        field("ProducerEpoch", &T::producer_epoch, since(0));
        field("GenerationId", &T::generation_id, since(3));
        field("MemberId", &T::member_id, since(3));
        field("GroupInstanceId", &T::group_instance_id, since(3), nullable_since(3));
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<TxnOffsetCommitRequest>);

template <>
struct Schema<TxnOffsetCommitResponse::TxnOffsetCommitResponsePartition> {
    static constexpr void describe(auto&& field) {
        using T = TxnOffsetCommitResponse::TxnOffsetCommitResponsePartition;
        field("PartitionIndex", &T::partition_index, since(0));
        field("ErrorCode", &T::error_code, since(0));
    }
};
static_assert(describes_every_member<TxnOffsetCommitResponse::TxnOffsetCommitResponsePartition>);

template <>
struct Schema<TxnOffsetCommitResponse::TxnOffsetCommitResponseTopic> {
    static constexpr void describe(auto&& field) {
        using T = TxnOffsetCommitResponse::TxnOffsetCommitResponseTopic;
        field("Name", &T::name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<TxnOffsetCommitResponse::TxnOffsetCommitResponseTopic>);

template <>
struct Schema<TxnOffsetCommitResponse> {
    static constexpr MessageInfo message = response_info("TxnOffsetCommitResponse", ApiKey::txn_offset_commit);
    static constexpr void describe(auto&& field) {
        using T = TxnOffsetCommitResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<TxnOffsetCommitResponse>);

}  // namespace highwater::wire
