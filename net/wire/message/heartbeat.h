#pragma once

#include "core/group/group_records.h"
#include "net/wire/schema.h"

namespace highwater::wire {

struct HeartbeatRequest {
    String group_id;
    Generation generation_id;
    String member_id;
    std::optional<String> group_instance_id;
    TaggedFields unknown_tags;
    friend bool operator==(const HeartbeatRequest&, const HeartbeatRequest&) = default;
};

struct HeartbeatResponse {
    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    TaggedFields unknown_tags;
    friend bool operator==(const HeartbeatResponse&, const HeartbeatResponse&) = default;
};

template <>
struct Schema<HeartbeatRequest> {
    static constexpr MessageInfo message = request_info("HeartbeatRequest", ApiKey::heartbeat);
    static constexpr void describe(auto&& field) {
        using T = HeartbeatRequest;
        field("GroupId", &T::group_id, since(0));
        field("GenerationId", &T::generation_id, since(0));
        field("MemberId", &T::member_id, since(0));
        field("GroupInstanceId", &T::group_instance_id, since(3), nullable_since(3));
    }
};
static_assert(describes_every_member<HeartbeatRequest>);

template <>
struct Schema<HeartbeatResponse> {
    static constexpr MessageInfo message = response_info("HeartbeatResponse", ApiKey::heartbeat);
    static constexpr void describe(auto&& field) {
        using T = HeartbeatResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(1), ignorable);
        field("ErrorCode", &T::error_code, since(0));
    }
};
static_assert(describes_every_member<HeartbeatResponse>);

}  // namespace highwater::wire
