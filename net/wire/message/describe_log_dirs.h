#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct DescribeLogDirsRequest {
    struct DescribableLogDirTopic {
        String topic;
        Array<PartitionId> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const DescribableLogDirTopic&, const DescribableLogDirTopic&) = default;
    };

    std::optional<Array<DescribableLogDirTopic>> topics{Array<DescribableLogDirTopic>{}};
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeLogDirsRequest&, const DescribeLogDirsRequest&) = default;
};

struct DescribeLogDirsResponse {
    struct DescribeLogDirsPartition {
        PartitionId partition_index;
        std::int64_t partition_size = 0;
        std::int64_t offset_lag = 0;
        bool is_future_key = false;
        TaggedFields unknown_tags;
        friend bool operator==(const DescribeLogDirsPartition&, const DescribeLogDirsPartition&) = default;
    };
    struct DescribeLogDirsTopic {
        String name;
        Array<DescribeLogDirsPartition> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const DescribeLogDirsTopic&, const DescribeLogDirsTopic&) = default;
    };
    struct DescribeLogDirsResult {
        ErrorCode error_code = ErrorCode::none;
        String log_dir;
        Array<DescribeLogDirsTopic> topics;
        std::int64_t total_bytes = -1;
        std::int64_t usable_bytes = -1;
        bool is_cordoned = false;
        TaggedFields unknown_tags;
        friend bool operator==(const DescribeLogDirsResult&, const DescribeLogDirsResult&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    Array<DescribeLogDirsResult> results;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeLogDirsResponse&, const DescribeLogDirsResponse&) = default;
};

template <>
struct Schema<DescribeLogDirsRequest::DescribableLogDirTopic> {
    static constexpr void describe(auto&& field) {
        using T = DescribeLogDirsRequest::DescribableLogDirTopic;
        field("Topic", &T::topic, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<DescribeLogDirsRequest::DescribableLogDirTopic>);

template <>
struct Schema<DescribeLogDirsRequest> {
    static constexpr MessageInfo message = request_info("DescribeLogDirsRequest", ApiKey::describe_log_dirs);
    static constexpr void describe(auto&& field) {
        using T = DescribeLogDirsRequest;
        field("Topics", &T::topics, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<DescribeLogDirsRequest>);

template <>
struct Schema<DescribeLogDirsResponse::DescribeLogDirsPartition> {
    static constexpr void describe(auto&& field) {
        using T = DescribeLogDirsResponse::DescribeLogDirsPartition;
        field("PartitionIndex", &T::partition_index, since(0));
        field("PartitionSize", &T::partition_size, since(0));
        field("OffsetLag", &T::offset_lag, since(0));
        field("IsFutureKey", &T::is_future_key, since(0));
    }
};
static_assert(describes_every_member<DescribeLogDirsResponse::DescribeLogDirsPartition>);

template <>
struct Schema<DescribeLogDirsResponse::DescribeLogDirsTopic> {
    static constexpr void describe(auto&& field) {
        using T = DescribeLogDirsResponse::DescribeLogDirsTopic;
        field("Name", &T::name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<DescribeLogDirsResponse::DescribeLogDirsTopic>);

template <>
struct Schema<DescribeLogDirsResponse::DescribeLogDirsResult> {
    static constexpr void describe(auto&& field) {
        using T = DescribeLogDirsResponse::DescribeLogDirsResult;
        field("ErrorCode", &T::error_code, since(0));
        field("LogDir", &T::log_dir, since(0));
        field("Topics", &T::topics, since(0));
        field("TotalBytes", &T::total_bytes, since(4), ignorable);
        field("UsableBytes", &T::usable_bytes, since(4), ignorable);
        field("IsCordoned", &T::is_cordoned, since(5), ignorable);
    }
};
static_assert(describes_every_member<DescribeLogDirsResponse::DescribeLogDirsResult>);

template <>
struct Schema<DescribeLogDirsResponse> {
    static constexpr MessageInfo message = response_info("DescribeLogDirsResponse", ApiKey::describe_log_dirs);
    static constexpr void describe(auto&& field) {
        using T = DescribeLogDirsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("ErrorCode", &T::error_code, since(3), ignorable);
        field("Results", &T::results, since(0));
    }
};
static_assert(describes_every_member<DescribeLogDirsResponse>);

}  // namespace highwater::wire
