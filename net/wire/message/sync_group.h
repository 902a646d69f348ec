#pragma once

#include "core/group/group_records.h"
#include "net/wire/schema.h"

namespace highwater::wire {

struct SyncGroupRequest {
    struct SyncGroupRequestAssignment {
        String member_id;
        Bytes assignment;
        TaggedFields unknown_tags;
        friend bool operator==(const SyncGroupRequestAssignment&, const SyncGroupRequestAssignment&) = default;
    };

    String group_id;
    Generation generation_id;
    String member_id;
    std::optional<String> group_instance_id;
    std::optional<String> protocol_type;
    std::optional<String> protocol_name;
    Array<SyncGroupRequestAssignment> assignments;
    TaggedFields unknown_tags;
    friend bool operator==(const SyncGroupRequest&, const SyncGroupRequest&) = default;
};

struct SyncGroupResponse {
    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    std::optional<String> protocol_type;
    std::optional<String> protocol_name;
    Bytes assignment;
    TaggedFields unknown_tags;
    friend bool operator==(const SyncGroupResponse&, const SyncGroupResponse&) = default;
};

template <>
struct Schema<SyncGroupRequest::SyncGroupRequestAssignment> {
    static constexpr void describe(auto&& field) {
        using T = SyncGroupRequest::SyncGroupRequestAssignment;
        field("MemberId", &T::member_id, since(0));
        field("Assignment", &T::assignment, since(0));
    }
};
static_assert(describes_every_member<SyncGroupRequest::SyncGroupRequestAssignment>);

template <>
struct Schema<SyncGroupRequest> {
    static constexpr MessageInfo message = request_info("SyncGroupRequest", ApiKey::sync_group);
    static constexpr void describe(auto&& field) {
        using T = SyncGroupRequest;
        field("GroupId", &T::group_id, since(0));
        field("GenerationId", &T::generation_id, since(0));
        field("MemberId", &T::member_id, since(0));
        field("GroupInstanceId", &T::group_instance_id, since(3), nullable_since(3));
        field("ProtocolType", &T::protocol_type, since(5), nullable_since(5), ignorable);
        field("ProtocolName", &T::protocol_name, since(5), nullable_since(5), ignorable);
        field("Assignments", &T::assignments, since(0));
    }
};
static_assert(describes_every_member<SyncGroupRequest>);

template <>
struct Schema<SyncGroupResponse> {
    static constexpr MessageInfo message = response_info("SyncGroupResponse", ApiKey::sync_group);
    static constexpr void describe(auto&& field) {
        using T = SyncGroupResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(1), ignorable);
        field("ErrorCode", &T::error_code, since(0));
        field("ProtocolType", &T::protocol_type, since(5), nullable_since(5), ignorable);
        field("ProtocolName", &T::protocol_name, since(5), nullable_since(5), ignorable);
        field("Assignment", &T::assignment, since(0));
    }
};
static_assert(describes_every_member<SyncGroupResponse>);

}  // namespace highwater::wire
