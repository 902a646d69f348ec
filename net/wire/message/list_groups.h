#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct ListGroupsRequest {
    Array<String> states_filter;
    Array<String> types_filter;
    TaggedFields unknown_tags;
    friend bool operator==(const ListGroupsRequest&, const ListGroupsRequest&) = default;
};

struct ListGroupsResponse {
    struct ListedGroup {
        String group_id;
        String protocol_type;
        String group_state;
        String group_type;
        TaggedFields unknown_tags;
        friend bool operator==(const ListedGroup&, const ListedGroup&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    Array<ListedGroup> groups;
    TaggedFields unknown_tags;
    friend bool operator==(const ListGroupsResponse&, const ListGroupsResponse&) = default;
};

template <>
struct Schema<ListGroupsRequest> {
    static constexpr MessageInfo message = request_info("ListGroupsRequest", ApiKey::list_groups);
    static constexpr void describe(auto&& field) {
        using T = ListGroupsRequest;
        field("StatesFilter", &T::states_filter, since(4));
        field("TypesFilter", &T::types_filter, since(5));
    }
};
static_assert(describes_every_member<ListGroupsRequest>);

template <>
struct Schema<ListGroupsResponse::ListedGroup> {
    static constexpr void describe(auto&& field) {
        using T = ListGroupsResponse::ListedGroup;
        field("GroupId", &T::group_id, since(0));
        field("ProtocolType", &T::protocol_type, since(0));
        field("GroupState", &T::group_state, since(4), ignorable);
        field("GroupType", &T::group_type, since(5), ignorable);
    }
};
static_assert(describes_every_member<ListGroupsResponse::ListedGroup>);

template <>
struct Schema<ListGroupsResponse> {
    static constexpr MessageInfo message = response_info("ListGroupsResponse", ApiKey::list_groups);
    static constexpr void describe(auto&& field) {
        using T = ListGroupsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(1), ignorable);
        field("ErrorCode", &T::error_code, since(0));
        field("Groups", &T::groups, since(0));
    }
};
static_assert(describes_every_member<ListGroupsResponse>);

}  // namespace highwater::wire
