#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct DescribeProducersRequest {
    struct TopicRequest {
        String name;
        Array<PartitionId> partition_indexes;
        TaggedFields unknown_tags;
        friend bool operator==(const TopicRequest&, const TopicRequest&) = default;
    };

    Array<TopicRequest> topics;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeProducersRequest&, const DescribeProducersRequest&) = default;
};

struct DescribeProducersResponse {
    struct ProducerState {
        ProducerId producer_id;
        std::int32_t producer_epoch = 0;
        std::int32_t last_sequence = -1;
        std::int64_t last_timestamp = -1;
        CoordinatorEpoch coordinator_epoch;
        std::int64_t current_txn_start_offset = -1;
        TaggedFields unknown_tags;
        friend bool operator==(const ProducerState&, const ProducerState&) = default;
    };
    struct PartitionResponse {
        PartitionId partition_index;
        ErrorCode error_code = ErrorCode::none;
        std::optional<String> error_message;
        Array<ProducerState> active_producers;
        TaggedFields unknown_tags;
        friend bool operator==(const PartitionResponse&, const PartitionResponse&) = default;
    };
    struct TopicResponse {
        String name;
        Array<PartitionResponse> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const TopicResponse&, const TopicResponse&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<TopicResponse> topics;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeProducersResponse&, const DescribeProducersResponse&) = default;
};

template <>
struct Schema<DescribeProducersRequest::TopicRequest> {
    static constexpr void describe(auto&& field) {
        using T = DescribeProducersRequest::TopicRequest;
        field("Name", &T::name, since(0));
        field("PartitionIndexes", &T::partition_indexes, since(0));
    }
};
static_assert(describes_every_member<DescribeProducersRequest::TopicRequest>);

template <>
struct Schema<DescribeProducersRequest> {
    static constexpr MessageInfo message = request_info("DescribeProducersRequest", ApiKey::describe_producers);
    static constexpr void describe(auto&& field) {
        using T = DescribeProducersRequest;
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<DescribeProducersRequest>);

template <>
struct Schema<DescribeProducersResponse::ProducerState> {
    static constexpr void describe(auto&& field) {
        using T = DescribeProducersResponse::ProducerState;
        field("ProducerId", &T::producer_id, since(0));
        field("ProducerEpoch", &T::producer_epoch, since(0));
        field("LastSequence", &T::last_sequence, since(0));
        field("LastTimestamp", &T::last_timestamp, since(0));
        field("CoordinatorEpoch", &T::coordinator_epoch, since(0));
        field("CurrentTxnStartOffset", &T::current_txn_start_offset, since(0));
    }
};
static_assert(describes_every_member<DescribeProducersResponse::ProducerState>);

template <>
struct Schema<DescribeProducersResponse::PartitionResponse> {
    static constexpr void describe(auto&& field) {
        using T = DescribeProducersResponse::PartitionResponse;
        field("PartitionIndex", &T::partition_index, since(0));
        field("ErrorCode", &T::error_code, since(0));
        field("ErrorMessage", &T::error_message, since(0), nullable_since(0));
        field("ActiveProducers", &T::active_producers, since(0));
    }
};
static_assert(describes_every_member<DescribeProducersResponse::PartitionResponse>);

template <>
struct Schema<DescribeProducersResponse::TopicResponse> {
    static constexpr void describe(auto&& field) {
        using T = DescribeProducersResponse::TopicResponse;
        field("Name", &T::name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<DescribeProducersResponse::TopicResponse>);

template <>
struct Schema<DescribeProducersResponse> {
    static constexpr MessageInfo message = response_info("DescribeProducersResponse", ApiKey::describe_producers);
    static constexpr void describe(auto&& field) {
        using T = DescribeProducersResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<DescribeProducersResponse>);

}  // namespace highwater::wire
