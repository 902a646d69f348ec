#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct OffsetDeleteRequest {
    struct OffsetDeleteRequestPartition {
        PartitionId partition_index;
        friend bool operator==(const OffsetDeleteRequestPartition&, const OffsetDeleteRequestPartition&) = default;
    };
    struct OffsetDeleteRequestTopic {
        String name;
        Array<OffsetDeleteRequestPartition> partitions;
        friend bool operator==(const OffsetDeleteRequestTopic&, const OffsetDeleteRequestTopic&) = default;
    };

    String group_id;
    Array<OffsetDeleteRequestTopic> topics;
    friend bool operator==(const OffsetDeleteRequest&, const OffsetDeleteRequest&) = default;
};

struct OffsetDeleteResponse {
    struct OffsetDeleteResponsePartition {
        PartitionId partition_index;
        ErrorCode error_code = ErrorCode::none;
        friend bool operator==(const OffsetDeleteResponsePartition&, const OffsetDeleteResponsePartition&) = default;
    };
    struct OffsetDeleteResponseTopic {
        String name;
        Array<OffsetDeleteResponsePartition> partitions;
        friend bool operator==(const OffsetDeleteResponseTopic&, const OffsetDeleteResponseTopic&) = default;
    };

    ErrorCode error_code = ErrorCode::none;
    std::int32_t throttle_time_ms = 0;
    Array<OffsetDeleteResponseTopic> topics;
    friend bool operator==(const OffsetDeleteResponse&, const OffsetDeleteResponse&) = default;
};

template <>
struct Schema<OffsetDeleteRequest::OffsetDeleteRequestPartition> {
    static constexpr void describe(auto&& field) {
        using T = OffsetDeleteRequest::OffsetDeleteRequestPartition;
        field("PartitionIndex", &T::partition_index, since(0));
    }
};
static_assert(describes_every_member<OffsetDeleteRequest::OffsetDeleteRequestPartition>);

template <>
struct Schema<OffsetDeleteRequest::OffsetDeleteRequestTopic> {
    static constexpr void describe(auto&& field) {
        using T = OffsetDeleteRequest::OffsetDeleteRequestTopic;
        field("Name", &T::name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<OffsetDeleteRequest::OffsetDeleteRequestTopic>);

template <>
struct Schema<OffsetDeleteRequest> {
    static constexpr MessageInfo message = request_info("OffsetDeleteRequest", ApiKey::offset_delete);
    static constexpr void describe(auto&& field) {
        using T = OffsetDeleteRequest;
        field("GroupId", &T::group_id, since(0));
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<OffsetDeleteRequest>);

template <>
struct Schema<OffsetDeleteResponse::OffsetDeleteResponsePartition> {
    static constexpr void describe(auto&& field) {
        using T = OffsetDeleteResponse::OffsetDeleteResponsePartition;
        field("PartitionIndex", &T::partition_index, since(0));
        field("ErrorCode", &T::error_code, since(0));
    }
};
static_assert(describes_every_member<OffsetDeleteResponse::OffsetDeleteResponsePartition>);

template <>
struct Schema<OffsetDeleteResponse::OffsetDeleteResponseTopic> {
    static constexpr void describe(auto&& field) {
        using T = OffsetDeleteResponse::OffsetDeleteResponseTopic;
        field("Name", &T::name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<OffsetDeleteResponse::OffsetDeleteResponseTopic>);

template <>
struct Schema<OffsetDeleteResponse> {
    static constexpr MessageInfo message = response_info("OffsetDeleteResponse", ApiKey::offset_delete);
    static constexpr void describe(auto&& field) {
        using T = OffsetDeleteResponse;
        field("ErrorCode", &T::error_code, since(0));
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0), ignorable);
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<OffsetDeleteResponse>);

}  // namespace highwater::wire
