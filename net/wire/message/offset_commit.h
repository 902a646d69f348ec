#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct OffsetCommitRequest {
    struct OffsetCommitRequestPartition {
        PartitionId partition_index;
        std::int64_t committed_offset = 0;
        LeaderEpoch committed_leader_epoch{-1};
        std::int64_t commit_timestamp = -1;
        std::optional<String> committed_metadata{String{}};
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetCommitRequestPartition&, const OffsetCommitRequestPartition&) = default;
    };
    struct OffsetCommitRequestTopic {
        String name;
        TopicId topic_id;
        Array<OffsetCommitRequestPartition> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetCommitRequestTopic&, const OffsetCommitRequestTopic&) = default;
    };

    String group_id;
    std::int32_t generation_id_or_member_epoch = -1;
    String member_id;
    std::optional<String> group_instance_id;
    std::int64_t retention_time_ms = -1;
    Array<OffsetCommitRequestTopic> topics;
    TaggedFields unknown_tags;
    friend bool operator==(const OffsetCommitRequest&, const OffsetCommitRequest&) = default;
};

struct OffsetCommitResponse {
    struct OffsetCommitResponsePartition {
        PartitionId partition_index;
        ErrorCode error_code = ErrorCode::none;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetCommitResponsePartition&, const OffsetCommitResponsePartition&) = default;
    };
    struct OffsetCommitResponseTopic {
        String name;
        TopicId topic_id;
        Array<OffsetCommitResponsePartition> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetCommitResponseTopic&, const OffsetCommitResponseTopic&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<OffsetCommitResponseTopic> topics;
    TaggedFields unknown_tags;
    friend bool operator==(const OffsetCommitResponse&, const OffsetCommitResponse&) = default;
};

template <>
struct Schema<OffsetCommitRequest::OffsetCommitRequestPartition> {
    static constexpr void describe(auto&& field) {
        using T = OffsetCommitRequest::OffsetCommitRequestPartition;
        field("PartitionIndex", &T::partition_index, since(0));
        field("CommittedOffset", &T::committed_offset, since(0));
        field("CommittedLeaderEpoch", &T::committed_leader_epoch, since(6), ignorable);
        field("CommitTimestamp", &T::commit_timestamp, versions(1, 1));  // not in Kafka 4
        field("CommittedMetadata", &T::committed_metadata, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<OffsetCommitRequest::OffsetCommitRequestPartition>);

template <>
struct Schema<OffsetCommitRequest::OffsetCommitRequestTopic> {
    static constexpr void describe(auto&& field) {
        using T = OffsetCommitRequest::OffsetCommitRequestTopic;
        field("Name", &T::name, versions(0, 9), ignorable);
        field("TopicId", &T::topic_id, since(10), ignorable);
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<OffsetCommitRequest::OffsetCommitRequestTopic>);

template <>
struct Schema<OffsetCommitRequest> {
    static constexpr MessageInfo message = request_info("OffsetCommitRequest", ApiKey::offset_commit);
    static constexpr void describe(auto&& field) {
        using T = OffsetCommitRequest;
        field("GroupId", &T::group_id, since(0));
        field("GenerationIdOrMemberEpoch", &T::generation_id_or_member_epoch, since(1), ignorable);
        field("MemberId", &T::member_id, since(1), ignorable);
        field("GroupInstanceId", &T::group_instance_id, since(7), nullable_since(7));
        field("RetentionTimeMs", &T::retention_time_ms, versions(2, 4), ignorable);
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<OffsetCommitRequest>);

template <>
struct Schema<OffsetCommitResponse::OffsetCommitResponsePartition> {
    static constexpr void describe(auto&& field) {
        using T = OffsetCommitResponse::OffsetCommitResponsePartition;
        field("PartitionIndex", &T::partition_index, since(0));
        field("ErrorCode", &T::error_code, since(0));
    }
};
static_assert(describes_every_member<OffsetCommitResponse::OffsetCommitResponsePartition>);

template <>
struct Schema<OffsetCommitResponse::OffsetCommitResponseTopic> {
    static constexpr void describe(auto&& field) {
        using T = OffsetCommitResponse::OffsetCommitResponseTopic;
        field("Name", &T::name, versions(0, 9), ignorable);
        field("TopicId", &T::topic_id, since(10), ignorable);
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<OffsetCommitResponse::OffsetCommitResponseTopic>);

template <>
struct Schema<OffsetCommitResponse> {
    static constexpr MessageInfo message = response_info("OffsetCommitResponse", ApiKey::offset_commit);
    static constexpr void describe(auto&& field) {
        using T = OffsetCommitResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(3), ignorable);
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<OffsetCommitResponse>);

}  // namespace highwater::wire
