#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct AddPartitionsToTxnRequest {
    struct AddPartitionsToTxnTopic {
        String name;
        Array<PartitionId> partitions;
        TaggedFields unknown_tags;
        friend bool operator==(const AddPartitionsToTxnTopic&, const AddPartitionsToTxnTopic&) = default;
    };
    struct AddPartitionsToTxnTransaction {
        String transactional_id;
        ProducerId producer_id;
        ProducerEpoch producer_epoch;
        bool verify_only = false;
        Array<AddPartitionsToTxnTopic> topics;
        TaggedFields unknown_tags;
        friend bool operator==(const AddPartitionsToTxnTransaction&, const AddPartitionsToTxnTransaction&) = default;
    };

    Array<AddPartitionsToTxnTransaction> transactions;
    String v3_and_below_transactional_id;
    ProducerId v3_and_below_producer_id;
    ProducerEpoch v3_and_below_producer_epoch;
    Array<AddPartitionsToTxnTopic> v3_and_below_topics;
    TaggedFields unknown_tags;
    friend bool operator==(const AddPartitionsToTxnRequest&, const AddPartitionsToTxnRequest&) = default;
};

struct AddPartitionsToTxnResponse {
    struct AddPartitionsToTxnPartitionResult {
        PartitionId partition_index;
        ErrorCode partition_error_code = ErrorCode::none;
        TaggedFields unknown_tags;
        friend bool operator==(const AddPartitionsToTxnPartitionResult&,
                               const AddPartitionsToTxnPartitionResult&) = default;
    };
    struct AddPartitionsToTxnTopicResult {
        String name;
        Array<AddPartitionsToTxnPartitionResult> results_by_partition;
        TaggedFields unknown_tags;
        friend bool operator==(const AddPartitionsToTxnTopicResult&, const AddPartitionsToTxnTopicResult&) = default;
    };
    struct AddPartitionsToTxnResult {
        String transactional_id;
        Array<AddPartitionsToTxnTopicResult> topic_results;
        TaggedFields unknown_tags;
        friend bool operator==(const AddPartitionsToTxnResult&, const AddPartitionsToTxnResult&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    Array<AddPartitionsToTxnResult> results_by_transaction;
    Array<AddPartitionsToTxnTopicResult> results_by_topic_v3_and_below;
    TaggedFields unknown_tags;
    friend bool operator==(const AddPartitionsToTxnResponse&, const AddPartitionsToTxnResponse&) = default;
};

template <>
struct Schema<AddPartitionsToTxnRequest::AddPartitionsToTxnTopic> {
    static constexpr void describe(auto&& field) {
        using T = AddPartitionsToTxnRequest::AddPartitionsToTxnTopic;
        field("Name", &T::name, since(0));
        field("Partitions", &T::partitions, since(0));
    }
};
static_assert(describes_every_member<AddPartitionsToTxnRequest::AddPartitionsToTxnTopic>);

template <>
struct Schema<AddPartitionsToTxnRequest::AddPartitionsToTxnTransaction> {
    static constexpr void describe(auto&& field) {
        using T = AddPartitionsToTxnRequest::AddPartitionsToTxnTransaction;
        field("TransactionalId", &T::transactional_id, since(4));
        field("ProducerId", &T::producer_id, since(4));
        field("ProducerEpoch", &T::producer_epoch, since(4));
        field("VerifyOnly", &T::verify_only, since(4));
        field("Topics", &T::topics, since(4));
    }
};
static_assert(describes_every_member<AddPartitionsToTxnRequest::AddPartitionsToTxnTransaction>);

template <>
struct Schema<AddPartitionsToTxnRequest> {
    static constexpr MessageInfo message = request_info("AddPartitionsToTxnRequest", ApiKey::add_partitions_to_txn);
    static constexpr void describe(auto&& field) {
        using T = AddPartitionsToTxnRequest;
        field("Transactions", &T::transactions, since(4));
        field("V3AndBelowTransactionalId", &T::v3_and_below_transactional_id, versions(0, 3));
        field("V3AndBelowProducerId", &T::v3_and_below_producer_id, versions(0, 3));
        field("V3AndBelowProducerEpoch", &T::v3_and_below_producer_epoch, versions(0, 3));
        field("V3AndBelowTopics", &T::v3_and_below_topics, versions(0, 3));
    }
};
static_assert(describes_every_member<AddPartitionsToTxnRequest>);

template <>
struct Schema<AddPartitionsToTxnResponse::AddPartitionsToTxnPartitionResult> {
    static constexpr void describe(auto&& field) {
        using T = AddPartitionsToTxnResponse::AddPartitionsToTxnPartitionResult;
        field("PartitionIndex", &T::partition_index, since(0));
        field("PartitionErrorCode", &T::partition_error_code, since(0));
    }
};
static_assert(describes_every_member<AddPartitionsToTxnResponse::AddPartitionsToTxnPartitionResult>);

template <>
struct Schema<AddPartitionsToTxnResponse::AddPartitionsToTxnTopicResult> {
    static constexpr void describe(auto&& field) {
        using T = AddPartitionsToTxnResponse::AddPartitionsToTxnTopicResult;
        field("Name", &T::name, since(0));
        field("ResultsByPartition", &T::results_by_partition, since(0));
    }
};
static_assert(describes_every_member<AddPartitionsToTxnResponse::AddPartitionsToTxnTopicResult>);

template <>
struct Schema<AddPartitionsToTxnResponse::AddPartitionsToTxnResult> {
    static constexpr void describe(auto&& field) {
        using T = AddPartitionsToTxnResponse::AddPartitionsToTxnResult;
        field("TransactionalId", &T::transactional_id, since(4));
        field("TopicResults", &T::topic_results, since(4));
    }
};
static_assert(describes_every_member<AddPartitionsToTxnResponse::AddPartitionsToTxnResult>);

template <>
struct Schema<AddPartitionsToTxnResponse> {
    static constexpr MessageInfo message = response_info("AddPartitionsToTxnResponse", ApiKey::add_partitions_to_txn);
    static constexpr void describe(auto&& field) {
        using T = AddPartitionsToTxnResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("ErrorCode", &T::error_code, since(4), ignorable);
        field("ResultsByTransaction", &T::results_by_transaction, since(4));
        field("ResultsByTopicV3AndBelow", &T::results_by_topic_v3_and_below, versions(0, 3));
    }
};
static_assert(describes_every_member<AddPartitionsToTxnResponse>);

}  // namespace highwater::wire
