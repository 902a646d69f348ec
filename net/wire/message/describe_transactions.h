#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct DescribeTransactionsRequest {
    Array<String> transactional_ids;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeTransactionsRequest&, const DescribeTransactionsRequest&) = default;
};

struct DescribeTransactionsResponse {
    struct TopicData {
        String topic;
        Array<PartitionId> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const TopicData&, const TopicData&) = default;
    };
    struct TransactionState {
        ErrorCode error_code = ErrorCode::none;
        String transactional_id;
        String transaction_state;
        std::int32_t transaction_timeout_ms = 0;
        std::int64_t transaction_start_time_ms = 0;
        ProducerId producer_id;
        ProducerEpoch producer_epoch;
        Array<TopicData> topics;
        TaggedFields unknown_tags;
        friend bool operator==(const TransactionState&, const TransactionState&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<TransactionState> transaction_states;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeTransactionsResponse&, const DescribeTransactionsResponse&) = default;
};

template <>
struct Schema<DescribeTransactionsRequest> {
    static constexpr MessageInfo message = request_info("DescribeTransactionsRequest", ApiKey::describe_transactions);
    static constexpr void describe(auto&& field) {
        using T = DescribeTransactionsRequest;
        field("TransactionalIds", &T::transactional_ids, since(0));
    }
};
static_assert(describes_every_member<DescribeTransactionsRequest>);

template <>
struct Schema<DescribeTransactionsResponse::TopicData> {
    static constexpr void describe(auto&& field) {
        using T = DescribeTransactionsResponse::TopicData;
        field("Topic", &T::topic, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<DescribeTransactionsResponse::TopicData>);

template <>
struct Schema<DescribeTransactionsResponse::TransactionState> {
    static constexpr void describe(auto&& field) {
        using T = DescribeTransactionsResponse::TransactionState;
        field("ErrorCode", &T::error_code, since(0));
        field("TransactionalId", &T::transactional_id, since(0));
        field("TransactionState", &T::transaction_state, since(0));
        field("TransactionTimeoutMs", &T::transaction_timeout_ms, since(0));
        field("TransactionStartTimeMs", &T::transaction_start_time_ms, since(0));
        field("ProducerId", &T::producer_id, since(0));
        field("ProducerEpoch", &T::producer_epoch, since(0));
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<DescribeTransactionsResponse::TransactionState>);

template <>
struct Schema<DescribeTransactionsResponse> {
    static constexpr MessageInfo message = response_info("DescribeTransactionsResponse", ApiKey::describe_transactions);
    static constexpr void describe(auto&& field) {
        using T = DescribeTransactionsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("TransactionStates", &T::transaction_states, since(0));
    }
};
static_assert(describes_every_member<DescribeTransactionsResponse>);

}  // namespace highwater::wire
