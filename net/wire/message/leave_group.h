#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct LeaveGroupRequest {
    struct MemberIdentity {
        String member_id;
        std::optional<String> group_instance_id;
        std::optional<String> reason;
        TaggedFields unknown_tags;
        friend bool operator==(const MemberIdentity&, const MemberIdentity&) = default;
    };

    String group_id;
    String member_id;
    Array<MemberIdentity> members;
    TaggedFields unknown_tags;
    friend bool operator==(const LeaveGroupRequest&, const LeaveGroupRequest&) = default;
};

struct LeaveGroupResponse {
    struct MemberResponse {
        String member_id;
        std::optional<String> group_instance_id{String{}};
        ErrorCode error_code = ErrorCode::none;
        TaggedFields unknown_tags;
        friend bool operator==(const MemberResponse&, const MemberResponse&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    Array<MemberResponse> members;
    TaggedFields unknown_tags;
    friend bool operator==(const LeaveGroupResponse&, const LeaveGroupResponse&) = default;
};

template <>
struct Schema<LeaveGroupRequest::MemberIdentity> {
    static constexpr void describe(auto&& field) {
        using T = LeaveGroupRequest::MemberIdentity;
        field("MemberId", &T::member_id, since(3));
        field("GroupInstanceId", &T::group_instance_id, since(3), nullable_since(3));
        field("Reason", &T::reason, since(5), nullable_since(5), ignorable);
    }
};
static_assert(describes_every_member<LeaveGroupRequest::MemberIdentity>);

template <>
struct Schema<LeaveGroupRequest> {
    static constexpr MessageInfo message = request_info("LeaveGroupRequest", ApiKey::leave_group);
    static constexpr void describe(auto&& field) {
        using T = LeaveGroupRequest;
        field("GroupId", &T::group_id, since(0));
        field("MemberId", &T::member_id, versions(0, 2));
        field("Members", &T::members, since(3));
    }
};
static_assert(describes_every_member<LeaveGroupRequest>);

template <>
struct Schema<LeaveGroupResponse::MemberResponse> {
    static constexpr void describe(auto&& field) {
        using T = LeaveGroupResponse::MemberResponse;
        field("MemberId", &T::member_id, since(3));
        field("GroupInstanceId", &T::group_instance_id, since(3), nullable_since(3));
        field("ErrorCode", &T::error_code, since(3));
    }
};
static_assert(describes_every_member<LeaveGroupResponse::MemberResponse>);

template <>
struct Schema<LeaveGroupResponse> {
    static constexpr MessageInfo message = response_info("LeaveGroupResponse", ApiKey::leave_group);
    static constexpr void describe(auto&& field) {
        using T = LeaveGroupResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(1), ignorable);
        field("ErrorCode", &T::error_code, since(0));
        field("Members", &T::members, since(3));
    }
};
static_assert(describes_every_member<LeaveGroupResponse>);

}  // namespace highwater::wire
