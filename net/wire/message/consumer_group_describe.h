#pragma once

#include "core/group/group_records.h"
#include "net/wire/schema.h"

namespace highwater::wire {

struct ConsumerGroupDescribeRequest {
    Array<String> group_ids;
    bool include_authorized_operations = false;
    TaggedFields unknown_tags;
    friend bool operator==(const ConsumerGroupDescribeRequest&, const ConsumerGroupDescribeRequest&) = default;
};

struct ConsumerGroupDescribeResponse {
    struct TopicPartitions {
        TopicId topic_id;
        String topic_name;
        Array<PartitionId> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const TopicPartitions&, const TopicPartitions&) = default;
    };
    struct Assignment {
        Array<TopicPartitions> topic_partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const Assignment&, const Assignment&) = default;
    };
    struct Member {
        String member_id;
        std::optional<String> instance_id;
        std::optional<String> rack_id;
        GroupEpoch member_epoch;
        String client_id;
        String client_host;
        Array<String> subscribed_topic_names;
        std::optional<String> subscribed_topic_regex;
        Assignment assignment;
        Assignment target_assignment;
        std::int8_t member_type = -1;
        TaggedFields unknown_tags;
        friend bool operator==(const Member&, const Member&) = default;
    };
    struct DescribedGroup {
        ErrorCode error_code = ErrorCode::none;
        std::optional<String> error_message;
        String group_id;
        String group_state;
        GroupEpoch group_epoch;
        GroupEpoch assignment_epoch;
        String assignor_name;
        Array<Member> members;
        std::int32_t authorized_operations = -2147483648;
        TaggedFields unknown_tags;
        friend bool operator==(const DescribedGroup&, const DescribedGroup&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<DescribedGroup> groups;
    TaggedFields unknown_tags;
    friend bool operator==(const ConsumerGroupDescribeResponse&, const ConsumerGroupDescribeResponse&) = default;
};

template <>
struct Schema<ConsumerGroupDescribeRequest> {
    static constexpr MessageInfo message =
        request_info("ConsumerGroupDescribeRequest", ApiKey::consumer_group_describe);
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupDescribeRequest;
        field("GroupIds", &T::group_ids, since(0));
        field("IncludeAuthorizedOperations", &T::include_authorized_operations, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupDescribeRequest>);

template <>
struct Schema<ConsumerGroupDescribeResponse::TopicPartitions> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupDescribeResponse::TopicPartitions;
        field("TopicId", &T::topic_id, since(0));
        field("TopicName", &T::topic_name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupDescribeResponse::TopicPartitions>);

template <>
struct Schema<ConsumerGroupDescribeResponse::Assignment> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupDescribeResponse::Assignment;
        field("TopicPartitions", &T::topic_partitions, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupDescribeResponse::Assignment>);

template <>
struct Schema<ConsumerGroupDescribeResponse::Member> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupDescribeResponse::Member;
        field("MemberId", &T::member_id, since(0));
        field("InstanceId", &T::instance_id, since(0), nullable_since(0));
        field("RackId", &T::rack_id, since(0), nullable_since(0));
        field("MemberEpoch", &T::member_epoch, since(0));
        field("ClientId", &T::client_id, since(0));
        field("ClientHost", &T::client_host, since(0));
        field("SubscribedTopicNames", &T::subscribed_topic_names, since(0));
        field("SubscribedTopicRegex", &T::subscribed_topic_regex, since(0), nullable_since(0));
        field("Assignment", &T::assignment, since(0));
        field("TargetAssignment", &T::target_assignment, since(0));
        field("MemberType", &T::member_type, since(1), ignorable);
    }
};
static_assert(describes_every_member<ConsumerGroupDescribeResponse::Member>);

template <>
struct Schema<ConsumerGroupDescribeResponse::DescribedGroup> {
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupDescribeResponse::DescribedGroup;
        field("ErrorCode", &T::error_code, since(0));
        field("ErrorMessage", &T::error_message, since(0), nullable_since(0));
        field("GroupId", &T::group_id, since(0));
        field("GroupState", &T::group_state, since(0));
        field("GroupEpoch", &T::group_epoch, since(0));
        field("AssignmentEpoch", &T::assignment_epoch, since(0));
        field("AssignorName", &T::assignor_name, since(0));
        field("Members", &T::members, since(0));
        field("AuthorizedOperations", &T::authorized_operations, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupDescribeResponse::DescribedGroup>);

template <>
struct Schema<ConsumerGroupDescribeResponse> {
    static constexpr MessageInfo message =
        response_info("ConsumerGroupDescribeResponse", ApiKey::consumer_group_describe);
    static constexpr void describe(auto&& field) {
        using T = ConsumerGroupDescribeResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("Groups", &T::groups, since(0));
    }
};
static_assert(describes_every_member<ConsumerGroupDescribeResponse>);

}  // namespace highwater::wire
