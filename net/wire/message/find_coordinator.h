#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct FindCoordinatorRequest {
    String key;
    std::int8_t key_type = 0;
    Array<String> coordinator_keys;
    TaggedFields unknown_tags;
    friend bool operator==(const FindCoordinatorRequest&, const FindCoordinatorRequest&) = default;
};

struct FindCoordinatorResponse {
    struct Coordinator {
        String key;
        NodeId node_id;
        String host;
        std::int32_t port = 0;
        ErrorCode error_code = ErrorCode::none;
        std::optional<String> error_message{String{}};
        TaggedFields unknown_tags;
        friend bool operator==(const Coordinator&, const Coordinator&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    std::optional<String> error_message{String{}};
    NodeId node_id;
    String host;
    std::int32_t port = 0;
    Array<Coordinator> coordinators;
    TaggedFields unknown_tags;
    friend bool operator==(const FindCoordinatorResponse&, const FindCoordinatorResponse&) = default;
};

template <>
struct Schema<FindCoordinatorRequest> {
    static constexpr MessageInfo message = request_info("FindCoordinatorRequest", ApiKey::find_coordinator);
    static constexpr void describe(auto&& field) {
        using T = FindCoordinatorRequest;
        field("Key", &T::key, versions(0, 3));
        field("KeyType", &T::key_type, since(1));
        field("CoordinatorKeys", &T::coordinator_keys, since(4));
    }
};
static_assert(describes_every_member<FindCoordinatorRequest>);

template <>
struct Schema<FindCoordinatorResponse::Coordinator> {
    static constexpr void describe(auto&& field) {
        using T = FindCoordinatorResponse::Coordinator;
        field("Key", &T::key, since(4));
        field("NodeId", &T::node_id, since(4));
        field("Host", &T::host, since(4));
        field("Port", &T::port, since(4));
        field("ErrorCode", &T::error_code, since(4));
        field("ErrorMessage", &T::error_message, since(4), nullable_since(4), ignorable);
    }
};
static_assert(describes_every_member<FindCoordinatorResponse::Coordinator>);

template <>
struct Schema<FindCoordinatorResponse> {
    static constexpr MessageInfo message = response_info("FindCoordinatorResponse", ApiKey::find_coordinator);
    static constexpr void describe(auto&& field) {
        using T = FindCoordinatorResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(1), ignorable);
        field("ErrorCode", &T::error_code, versions(0, 3));
        field("ErrorMessage", &T::error_message, versions(1, 3), nullable_in(versions(1, 3)), ignorable);
        field("NodeId", &T::node_id, versions(0, 3));
        field("Host", &T::host, versions(0, 3));
        field("Port", &T::port, versions(0, 3));
        field("Coordinators", &T::coordinators, since(4));
    }
};
static_assert(describes_every_member<FindCoordinatorResponse>);

}  // namespace highwater::wire
