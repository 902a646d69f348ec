#pragma once

#include "core/group/group_records.h"
#include "net/wire/schema.h"

namespace highwater::wire {

struct JoinGroupRequest {
    struct JoinGroupRequestProtocol {
        String name;
        Bytes metadata;
        TaggedFields unknown_tags;
        friend bool operator==(const JoinGroupRequestProtocol&, const JoinGroupRequestProtocol&) = default;
    };

    String group_id;
    std::int32_t session_timeout_ms = 0;
    std::int32_t rebalance_timeout_ms = -1;
    String member_id;
    std::optional<String> group_instance_id;
    String protocol_type;
    Array<JoinGroupRequestProtocol> protocols;
    std::optional<String> reason;
    TaggedFields unknown_tags;
    friend bool operator==(const JoinGroupRequest&, const JoinGroupRequest&) = default;
};

struct JoinGroupResponse {
    struct JoinGroupResponseMember {
        String member_id;
        std::optional<String> group_instance_id;
        Bytes metadata;
        TaggedFields unknown_tags;
        friend bool operator==(const JoinGroupResponseMember&, const JoinGroupResponseMember&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    Generation generation_id{-1};
    std::optional<String> protocol_type;
    std::optional<String> protocol_name{String{}};
    String leader;
    bool skip_assignment = false;
    String member_id;
    Array<JoinGroupResponseMember> members;
    TaggedFields unknown_tags;
    friend bool operator==(const JoinGroupResponse&, const JoinGroupResponse&) = default;
};

template <>
struct Schema<JoinGroupRequest::JoinGroupRequestProtocol> {
    static constexpr void describe(auto&& field) {
        using T = JoinGroupRequest::JoinGroupRequestProtocol;
        field("Name", &T::name, since(0));
        field("Metadata", &T::metadata, since(0));
    }
};
static_assert(describes_every_member<JoinGroupRequest::JoinGroupRequestProtocol>);

template <>
struct Schema<JoinGroupRequest> {
    static constexpr MessageInfo message = request_info("JoinGroupRequest", ApiKey::join_group);
    static constexpr void describe(auto&& field) {
        using T = JoinGroupRequest;
        field("GroupId", &T::group_id, since(0));
        field("SessionTimeoutMs", &T::session_timeout_ms, since(0));
        field("RebalanceTimeoutMs", &T::rebalance_timeout_ms, since(1), ignorable);
        field("MemberId", &T::member_id, since(0));
        field("GroupInstanceId", &T::group_instance_id, since(5), nullable_since(5));
        field("ProtocolType", &T::protocol_type, since(0));
        field("Protocols", &T::protocols, since(0));
        field("Reason", &T::reason, since(8), nullable_since(8), ignorable);
    }
};
static_assert(describes_every_member<JoinGroupRequest>);

template <>
struct Schema<JoinGroupResponse::JoinGroupResponseMember> {
    static constexpr void describe(auto&& field) {
        using T = JoinGroupResponse::JoinGroupResponseMember;
        field("MemberId", &T::member_id, since(0));
        field("GroupInstanceId", &T::group_instance_id, since(5), nullable_since(5), ignorable);
        field("Metadata", &T::metadata, since(0));
    }
};
static_assert(describes_every_member<JoinGroupResponse::JoinGroupResponseMember>);

template <>
struct Schema<JoinGroupResponse> {
    static constexpr MessageInfo message = response_info("JoinGroupResponse", ApiKey::join_group);
    static constexpr void describe(auto&& field) {
        using T = JoinGroupResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(2), ignorable);
        field("ErrorCode", &T::error_code, since(0));
        field("GenerationId", &T::generation_id, since(0));
        field("ProtocolType", &T::protocol_type, since(7), nullable_since(7), ignorable);
        field("ProtocolName", &T::protocol_name, since(0), nullable_since(7));
        field("Leader", &T::leader, since(0));
        field("SkipAssignment", &T::skip_assignment, since(9));
        field("MemberId", &T::member_id, since(0));
        field("Members", &T::members, since(0));
    }
};
static_assert(describes_every_member<JoinGroupResponse>);

}  // namespace highwater::wire
