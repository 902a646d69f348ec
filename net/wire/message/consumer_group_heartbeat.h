#pragma once

#include "core/group/group_records.h"
#include "net/wire/schema.h"

namespace highwater::wire {

struct ConsumerGroupHeartbeatRequest {
    struct TopicPartitions {
        TopicId topic_id;
        Array<PartitionId> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const TopicPartitions&, const TopicPartitions&) = default;
    };

    String group_id;
    String member_id;
    GroupEpoch member_epoch;
    std::optional<String> instance_id;
    std::optional<String> rack_id;
    std::int32_t rebalance_timeout_ms = -1;
    std::optional<Array<String>> subscribed_topic_names;
    std::optional<String> subscribed_topic_regex;
    std::optional<String> server_assignor;
    std::optional<Array<TopicPartitions>> topic_partitions;
    TaggedFields unknown_tags;
    friend bool operator==(const ConsumerGroupHeartbeatRequest&, const ConsumerGroupHeartbeatRequest&) = default;
};

struct ConsumerGroupHeartbeatResponse {
    struct TopicPartitions {
        TopicId topic_id;
        Array<PartitionId> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const TopicPartitions&, const TopicPartitions&) = default;
    };
    struct Assignment {
        Array<TopicPartitions> topic_partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const Assignment&, const Assignment&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    std::optional<String> error_message;
    std::optional<String> member_id;
    GroupEpoch member_epoch;
    std::int32_t heartbeat_interval_ms = 0;
    std::optional<Assignment> assignment;
    TaggedFields unknown_tags;
    friend bool operator==(const ConsumerGroupHeartbeatResponse&, const ConsumerGroupHeartbeatResponse&) = default;
};

template <>
struct Schema<ConsumerGroupHeartbeatRequest::TopicPartitions> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupHeartbeatRequest::TopicPartitions;
        field("TopicId", &T::topic_id, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupHeartbeatRequest::TopicPartitions>);

template <>
struct Schema<ConsumerGroupHeartbeatRequest> {
    static constexpr MessageInfo message =
        request_info("ConsumerGroupHeartbeatRequest", ApiKey::consumer_group_heartbeat);
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupHeartbeatRequest;
        field("GroupId", &T::group_id, since(0));
        field("MemberId", &T::member_id, since(0));
        field("MemberEpoch", &T::member_epoch, since(0));
        field("InstanceId", &T::instance_id, since(0), nullable_since(0));
        field("RackId", &T::rack_id, since(0), nullable_since(0));
        field("RebalanceTimeoutMs", &T::rebalance_timeout_ms, since(0));
        field("SubscribedTopicNames", &T::subscribed_topic_names, since(0), nullable_since(0));
        field("SubscribedTopicRegex", &T::subscribed_topic_regex, since(1), nullable_since(1));
        field("ServerAssignor", &T::server_assignor, since(0), nullable_since(0));
        field("TopicPartitions", &T::topic_partitions, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupHeartbeatRequest>);

template <>
struct Schema<ConsumerGroupHeartbeatResponse::TopicPartitions> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupHeartbeatResponse::TopicPartitions;
        field("TopicId", &T::topic_id, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupHeartbeatResponse::TopicPartitions>);

template <>
struct Schema<ConsumerGroupHeartbeatResponse::Assignment> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupHeartbeatResponse::Assignment;
        field("TopicPartitions", &T::topic_partitions, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupHeartbeatResponse::Assignment>);

template <>
struct Schema<ConsumerGroupHeartbeatResponse> {
    static constexpr MessageInfo message =
        response_info("ConsumerGroupHeartbeatResponse", ApiKey::consumer_group_heartbeat);
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupHeartbeatResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("ErrorCode", &T::error_code, since(0));
        field("ErrorMessage", &T::error_message, since(0), nullable_since(0));
        field("MemberId", &T::member_id, since(0), nullable_since(0));
        field("MemberEpoch", &T::member_epoch, since(0));
        field("HeartbeatIntervalMs", &T::heartbeat_interval_ms, since(0));
        field("Assignment", &T::assignment, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupHeartbeatResponse>);

}  // namespace highwater::wire
