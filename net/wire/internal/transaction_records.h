#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct TransactionLogKey {
    String transactional_id;
    friend bool operator==(const TransactionLogKey&, const TransactionLogKey&) = default;
};

struct TransactionLogValue {
    struct PartitionsSchema {
        String topic;
        Array<PartitionId> partition_ids;
        TaggedFields unknown_tags;
        friend bool operator==(const PartitionsSchema&, const PartitionsSchema&) = default;
    };

    ProducerId producer_id;
    ProducerId previous_producer_id{-1};
    ProducerId next_producer_id{-1};
    ProducerEpoch producer_epoch;
    ProducerEpoch next_producer_epoch{-1};
    std::int32_t transaction_timeout_ms = 0;
    std::int8_t transaction_status = 0;
    std::optional<Array<PartitionsSchema>> transaction_partitions{Array<PartitionsSchema>{}};
    std::int64_t transaction_last_update_timestamp_ms = 0;
    std::int64_t transaction_start_timestamp_ms = 0;
    std::int16_t client_transaction_version = 0;
    TaggedFields unknown_tags;
    friend bool operator==(const TransactionLogValue&, const TransactionLogValue&) = default;
};

template <>
struct Schema<TransactionLogKey> {
    static constexpr MessageInfo message = coordinator_key_info("TransactionLogKey", 0, kTransactionStateTopic);
    static constexpr void describe(auto&& field) {
        using T = TransactionLogKey;
        field("TransactionalId", &T::transactional_id, versions(0, 0));
    }
};
static_assert(describes_every_member<TransactionLogKey>);

template <>
struct Schema<TransactionLogValue::PartitionsSchema> {
    static constexpr void describe(auto&& field) {
        using T = TransactionLogValue::PartitionsSchema;
        field("Topic", &T::topic, since(0));
        field("PartitionIds", &T::partition_ids, since(0));
    }
};
static_assert(describes_every_member<TransactionLogValue::PartitionsSchema>);

template <>
struct Schema<TransactionLogValue> {
    static constexpr MessageInfo message =
        coordinator_value_info("TransactionLogValue", 0, versions(0, 1), since(1), kTransactionStateTopic);
    static constexpr void describe(auto&& field) {
        using T = TransactionLogValue;
        field("ProducerId", &T::producer_id, since(0));
        field("PreviousProducerId", &T::previous_producer_id, since(1), tagged_since(1, 0));
        field("NextProducerId", &T::next_producer_id, since(1), tagged_since(1, 1));
        field("ProducerEpoch", &T::producer_epoch, since(0));
        field("NextProducerEpoch", &T::next_producer_epoch, since(1), tagged_since(1, 3));
        field("TransactionTimeoutMs", &T::transaction_timeout_ms, since(0));
        field("TransactionStatus", &T::transaction_status, since(0));
        field("TransactionPartitions", &T::transaction_partitions, since(0), nullable_since(0));
        field("TransactionLastUpdateTimestampMs", &T::transaction_last_update_timestamp_ms, since(0));
        field("TransactionStartTimestampMs", &T::transaction_start_timestamp_ms, since(0));
        field("ClientTransactionVersion", &T::client_transaction_version, since(1), tagged_since(1, 2));
    }
};
static_assert(describes_every_member<TransactionLogValue>);

}  // namespace highwater::wire
