#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct OffsetFetchRequest {
    struct OffsetFetchRequestTopic {
        String name;
        Array<PartitionId> partition_indexes;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetFetchRequestTopic&, const OffsetFetchRequestTopic&) = default;
    };
    struct OffsetFetchRequestTopics {
        String name;
        TopicId topic_id;
        Array<PartitionId> partition_indexes;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetFetchRequestTopics&, const OffsetFetchRequestTopics&) = default;
    };
    struct OffsetFetchRequestGroup {
        String group_id;
        std::optional<String> member_id;
        std::int32_t member_epoch = -1;
        std::optional<Array<OffsetFetchRequestTopics>> topics{Array<OffsetFetchRequestTopics>{}};
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetFetchRequestGroup&, const OffsetFetchRequestGroup&) = default;
    };

    String group_id;
    std::optional<Array<OffsetFetchRequestTopic>> topics{Array<OffsetFetchRequestTopic>{}};
    Array<OffsetFetchRequestGroup> groups;
    bool require_stable = false;
    TaggedFields unknown_tags;
    friend bool operator==(const OffsetFetchRequest&, const OffsetFetchRequest&) = default;
};

struct OffsetFetchResponse {
    struct OffsetFetchResponsePartition {
        PartitionId partition_index;
        std::int64_t committed_offset = 0;
        LeaderEpoch committed_leader_epoch{-1};
        std::optional<String> metadata{String{}};
        ErrorCode error_code = ErrorCode::none;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetFetchResponsePartition&, const OffsetFetchResponsePartition&) = default;
    };
    struct OffsetFetchResponseTopic {
        String name;
        Array<OffsetFetchResponsePartition> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetFetchResponseTopic&, const OffsetFetchResponseTopic&) = default;
    };
    struct OffsetFetchResponsePartitions {
        PartitionId partition_index;
        std::int64_t committed_offset = 0;
        LeaderEpoch committed_leader_epoch{-1};
        std::optional<String> metadata{String{}};
        ErrorCode error_code = ErrorCode::none;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetFetchResponsePartitions&, const OffsetFetchResponsePartitions&) = default;
    };
    struct OffsetFetchResponseTopics {
        String name;
        TopicId topic_id;
        Array<OffsetFetchResponsePartitions> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetFetchResponseTopics&, const OffsetFetchResponseTopics&) = default;
    };
    struct OffsetFetchResponseGroup {
        String group_id;
        Array<OffsetFetchResponseTopics> topics;
        ErrorCode error_code = ErrorCode::none;
        TaggedFields unknown_tags;
        friend bool operator==(const OffsetFetchResponseGroup&, const OffsetFetchResponseGroup&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<OffsetFetchResponseTopic> topics;
    ErrorCode error_code = ErrorCode::none;
    Array<OffsetFetchResponseGroup> groups;
    TaggedFields unknown_tags;
    friend bool operator==(const OffsetFetchResponse&, const OffsetFetchResponse&) = default;
};

template <>
struct Schema<OffsetFetchRequest::OffsetFetchRequestTopic> {
    static constexpr void describe(auto&& field) {
        using T = OffsetFetchRequest::OffsetFetchRequestTopic;
        field("Name", &T::name, versions(0, 7));
        field("PartitionIndexes", &T::partition_indexes, versions(0, 7));
    }
};
static_assert(describes_every_member<OffsetFetchRequest::OffsetFetchRequestTopic>);

template <>
struct Schema<OffsetFetchRequest::OffsetFetchRequestTopics> {
    static constexpr void describe(auto&& field) {
        using T = OffsetFetchRequest::OffsetFetchRequestTopics;
        field("Name", &T::name, versions(8, 9), ignorable);
        field("TopicId", &T::topic_id, since(10), ignorable);
        field("PartitionIndexes", &T::partition_indexes, since(8));
    }
};
static_assert(describes_every_member<OffsetFetchRequest::OffsetFetchRequestTopics>);

template <>
struct Schema<OffsetFetchRequest::OffsetFetchRequestGroup> {
    static constexpr void describe(auto&& field) {
        using T = OffsetFetchRequest::OffsetFetchRequestGroup;
        field("GroupId", &T::group_id, since(8));
        field("MemberId", &T::member_id, since(9), nullable_since(9), ignorable);
        field("MemberEpoch", &T::member_epoch, since(9), ignorable);
        field("Topics", &T::topics, since(8), nullable_since(8));
    }
};
static_assert(describes_every_member<OffsetFetchRequest::OffsetFetchRequestGroup>);

template <>
struct Schema<OffsetFetchRequest> {
    static constexpr MessageInfo message = request_info("OffsetFetchRequest", ApiKey::offset_fetch);
    static constexpr void describe(auto&& field) {
        using T = OffsetFetchRequest;
        field("GroupId", &T::group_id, versions(0, 7));
        field("Topics", &T::topics, versions(0, 7), nullable_in(versions(2, 7)));
        field("Groups", &T::groups, since(8));
        field("RequireStable", &T::require_stable, since(7));
    }
};
static_assert(describes_every_member<OffsetFetchRequest>);

template <>
struct Schema<OffsetFetchResponse::OffsetFetchResponsePartition> {
    static constexpr void describe(auto&& field) {
        using T = OffsetFetchResponse::OffsetFetchResponsePartition;
        field("PartitionIndex", &T::partition_index, versions(0, 7));
        field("CommittedOffset", &T::committed_offset, versions(0, 7));
        field("CommittedLeaderEpoch", &T::committed_leader_epoch, versions(5, 7), ignorable);
        field("Metadata", &T::metadata, versions(0, 7), nullable_in(versions(0, 7)));
        field("ErrorCode", &T::error_code, versions(0, 7));
    }
};
static_assert(describes_every_member<OffsetFetchResponse::OffsetFetchResponsePartition>);

template <>
struct Schema<OffsetFetchResponse::OffsetFetchResponseTopic> {
    static constexpr void describe(auto&& field) {
        using T = OffsetFetchResponse::OffsetFetchResponseTopic;
        field("Name", &T::name, versions(0, 7));
        field("Partitions", &T::partitions, versions(0, 7));
    }
};
static_assert(describes_every_member<OffsetFetchResponse::OffsetFetchResponseTopic>);

template <>
struct Schema<OffsetFetchResponse::OffsetFetchResponsePartitions> {
    static constexpr void describe(auto&& field) {
        using T = OffsetFetchResponse::OffsetFetchResponsePartitions;
        field("PartitionIndex", &T::partition_index, since(8));
        field("CommittedOffset", &T::committed_offset, since(8));
        field("CommittedLeaderEpoch", &T::committed_leader_epoch, since(8), ignorable);
        field("Metadata", &T::metadata, since(8), nullable_since(8));
        field("ErrorCode", &T::error_code, since(8));
    }
};
static_assert(describes_every_member<OffsetFetchResponse::OffsetFetchResponsePartitions>);

template <>
struct Schema<OffsetFetchResponse::OffsetFetchResponseTopics> {
    static constexpr void describe(auto&& field) {
        using T = OffsetFetchResponse::OffsetFetchResponseTopics;
        field("Name", &T::name, versions(8, 9), ignorable);
        field("TopicId", &T::topic_id, since(10), ignorable);
        field("Partitions", &T::partitions, since(8));
    }
};
static_assert(describes_every_member<OffsetFetchResponse::OffsetFetchResponseTopics>);

template <>
struct Schema<OffsetFetchResponse::OffsetFetchResponseGroup> {
    static constexpr void describe(auto&& field) {
        using T = OffsetFetchResponse::OffsetFetchResponseGroup;
        field("GroupId", &T::group_id, since(8));
        field("Topics", &T::topics, since(8));
        field("ErrorCode", &T::error_code, since(8));
    }
};
static_assert(describes_every_member<OffsetFetchResponse::OffsetFetchResponseGroup>);

template <>
struct Schema<OffsetFetchResponse> {
    static constexpr MessageInfo message = response_info("OffsetFetchResponse", ApiKey::offset_fetch);
    static constexpr void describe(auto&& field) {
        using T = OffsetFetchResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(3), ignorable);
        field("Topics", &T::topics, versions(0, 7));
        field("ErrorCode", &T::error_code, versions(2, 7), ignorable);
        field("Groups", &T::groups, since(8));
    }
};
static_assert(describes_every_member<OffsetFetchResponse>);

}  // namespace highwater::wire
