#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct DeleteGroupsRequest {
    Array<String> groups_names;
    TaggedFields unknown_tags;
    friend bool operator==(const DeleteGroupsRequest&, const DeleteGroupsRequest&) = default;
};

struct DeleteGroupsResponse {
    struct DeletableGroupResult {
        String group_id;
        ErrorCode error_code = ErrorCode::none;
        TaggedFields unknown_tags;
        friend bool operator==(const DeletableGroupResult&, const DeletableGroupResult&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<DeletableGroupResult> results;
    TaggedFields unknown_tags;
    friend bool operator==(const DeleteGroupsResponse&, const DeleteGroupsResponse&) = default;
};

template <>
struct Schema<DeleteGroupsRequest> {
    static constexpr MessageInfo message = request_info("DeleteGroupsRequest", ApiKey::delete_groups);
    static constexpr void describe(auto&& field) {
        using T = DeleteGroupsRequest;
        field("GroupsNames", &T::groups_names, since(0));
    }
};
static_assert(describes_every_member<DeleteGroupsRequest>);

template <>
struct Schema<DeleteGroupsResponse::DeletableGroupResult> {
    static constexpr void describe(auto&& field) {
        using T = DeleteGroupsResponse::DeletableGroupResult;
        field("GroupId", &T::group_id, since(0));
        field("ErrorCode", &T::error_code, since(0));
    }
};
static_assert(describes_every_member<DeleteGroupsResponse::DeletableGroupResult>);

template <>
struct Schema<DeleteGroupsResponse> {
    static constexpr MessageInfo message = response_info("DeleteGroupsResponse", ApiKey::delete_groups);
    static constexpr void describe(auto&& field) {
        using T = DeleteGroupsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("Results", &T::results, since(0));
    }
};
static_assert(describes_every_member<DeleteGroupsResponse>);

}  // namespace highwater::wire
