#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct DeleteRecordsRequest {
    struct DeleteRecordsPartition {
        PartitionId partition_index;
        std::int64_t offset = 0;
        TaggedFields unknown_tags;
        friend bool operator==(const DeleteRecordsPartition&, const DeleteRecordsPartition&) = default;
    };
    struct DeleteRecordsTopic {
        String name;
        Array<DeleteRecordsPartition> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const DeleteRecordsTopic&, const DeleteRecordsTopic&) = default;
    };

    Array<DeleteRecordsTopic> topics;
    std::int32_t timeout_ms = 0;
    TaggedFields unknown_tags;
    friend bool operator==(const DeleteRecordsRequest&, const DeleteRecordsRequest&) = default;
};

struct DeleteRecordsResponse {
    struct DeleteRecordsPartitionResult {
        PartitionId partition_index;
        std::int64_t low_watermark = 0;
        ErrorCode error_code = ErrorCode::none;
        TaggedFields unknown_tags;
        friend bool operator==(const DeleteRecordsPartitionResult&, const DeleteRecordsPartitionResult&) = default;
    };
    struct DeleteRecordsTopicResult {
        String name;
        Array<DeleteRecordsPartitionResult> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const DeleteRecordsTopicResult&, const DeleteRecordsTopicResult&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<DeleteRecordsTopicResult> topics;
    TaggedFields unknown_tags;
    friend bool operator==(const DeleteRecordsResponse&, const DeleteRecordsResponse&) = default;
};

template <>
struct Schema<DeleteRecordsRequest::DeleteRecordsPartition> {
    static constexpr void describe(auto&& field) {
        using T = DeleteRecordsRequest::DeleteRecordsPartition;
        field("PartitionIndex", &T::partition_index, since(0));
        field("Offset", &T::offset, since(0));
    }
};
static_assert(describes_every_member<DeleteRecordsRequest::DeleteRecordsPartition>);

template <>
struct Schema<DeleteRecordsRequest::DeleteRecordsTopic> {
    static constexpr void describe(auto&& field) {
        using T = DeleteRecordsRequest::DeleteRecordsTopic;
        field("Name", &T::name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<DeleteRecordsRequest::DeleteRecordsTopic>);

template <>
struct Schema<DeleteRecordsRequest> {
    static constexpr MessageInfo message = request_info("DeleteRecordsRequest", ApiKey::delete_records);
    static constexpr void describe(auto&& field) {
        using T = DeleteRecordsRequest;
        field("Topics", &T::topics, since(0));
        field("TimeoutMs", &T::timeout_ms, since(0));
    }
};
static_assert(describes_every_member<DeleteRecordsRequest>);

template <>
struct Schema<DeleteRecordsResponse::DeleteRecordsPartitionResult> {
    static constexpr void describe(auto&& field) {
        using T = DeleteRecordsResponse::DeleteRecordsPartitionResult;
        field("PartitionIndex", &T::partition_index, since(0));
        field("LowWatermark", &T::low_watermark, since(0));
        field("ErrorCode", &T::error_code, since(0));
    }
};
static_assert(describes_every_member<DeleteRecordsResponse::DeleteRecordsPartitionResult>);

template <>
struct Schema<DeleteRecordsResponse::DeleteRecordsTopicResult> {
    static constexpr void describe(auto&& field) {
        using T = DeleteRecordsResponse::DeleteRecordsTopicResult;
        field("Name", &T::name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<DeleteRecordsResponse::DeleteRecordsTopicResult>);

template <>
struct Schema<DeleteRecordsResponse> {
    static constexpr MessageInfo message = response_info("DeleteRecordsResponse", ApiKey::delete_records);
    static constexpr void describe(auto&& field) {
        using T = DeleteRecordsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<DeleteRecordsResponse>);

}  // namespace highwater::wire
