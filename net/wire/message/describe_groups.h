#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct DescribeGroupsRequest {
    Array<String> groups;
    bool include_authorized_operations = false;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeGroupsRequest&, const DescribeGroupsRequest&) = default;
};

struct DescribeGroupsResponse {
    struct DescribedGroupMember {
        String member_id;
        std::optional<String> group_instance_id;
        String client_id;
        String client_host;
        Bytes member_metadata;
        Bytes member_assignment;
        TaggedFields unknown_tags;
        friend bool operator==(const DescribedGroupMember&, const DescribedGroupMember&) = default;
    };
    struct DescribedGroup {
        ErrorCode error_code = ErrorCode::none;
        std::optional<String> error_message;
        String group_id;
        String group_state;
        String protocol_type;
        String protocol_data;
        Array<DescribedGroupMember> members;
        std::int32_t authorized_operations = -2147483648;
        TaggedFields unknown_tags;
        friend bool operator==(const DescribedGroup&, const DescribedGroup&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<DescribedGroup> groups;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeGroupsResponse&, const DescribeGroupsResponse&) = default;
};

template <>
struct Schema<DescribeGroupsRequest> {
    static constexpr MessageInfo message = request_info("DescribeGroupsRequest", ApiKey::describe_groups);
    static constexpr void describe(auto&& field) {
        using T = DescribeGroupsRequest;
        field("Groups", &T::groups, since(0));
        field("IncludeAuthorizedOperations", &T::include_authorized_operations, since(3));
    }
};
static_assert(describes_every_member<DescribeGroupsRequest>);

template <>
struct Schema<DescribeGroupsResponse::DescribedGroupMember> {
    static constexpr void describe(auto&& field) {
        using T = DescribeGroupsResponse::DescribedGroupMember;
        field("MemberId", &T::member_id, since(0));
        field("GroupInstanceId", &T::group_instance_id, since(4), nullable_since(4), ignorable);
        field("ClientId", &T::client_id, since(0));
        field("ClientHost", &T::client_host, since(0));
        field("MemberMetadata", &T::member_metadata, since(0));
        field("MemberAssignment", &T::member_assignment, since(0));
    }
};
static_assert(describes_every_member<DescribeGroupsResponse::DescribedGroupMember>);

template <>
struct Schema<DescribeGroupsResponse::DescribedGroup> {
    static constexpr void describe(auto&& field) {
        using T = DescribeGroupsResponse::DescribedGroup;
        field("ErrorCode", &T::error_code, since(0));
        field("ErrorMessage", &T::error_message, since(6), nullable_since(6));
        field("GroupId", &T::group_id, since(0));
        field("GroupState", &T::group_state, since(0));
        field("ProtocolType", &T::protocol_type, since(0));
        field("ProtocolData", &T::protocol_data, since(0));
        field("Members", &T::members, since(0));
        field("AuthorizedOperations", &T::authorized_operations, since(3));
    }
};
static_assert(describes_every_member<DescribeGroupsResponse::DescribedGroup>);

template <>
struct Schema<DescribeGroupsResponse> {
    static constexpr MessageInfo message = response_info("DescribeGroupsResponse", ApiKey::describe_groups);
    static constexpr void describe(auto&& field) {
        using T = DescribeGroupsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(1), ignorable);
        field("Groups", &T::groups, since(0));
    }
};
static_assert(describes_every_member<DescribeGroupsResponse>);

}  // namespace highwater::wire
