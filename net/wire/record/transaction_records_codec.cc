#include "net/wire/record/transaction_records_codec.h"

#include <chrono>

#include "net/wire/internal/transaction_records.h"

namespace highwater::wire {

namespace {

constexpr const char* kRecord = "TransactionRecord";
constexpr std::int16_t kKey = Schema<TransactionLogKey>::message.key;
constexpr ProducerId kNoProducerId{-1};
constexpr Timestamp kNoTimestamp{-1};

// Lives as long as `partitions`: its texts are views.
Array<TransactionLogValue::PartitionsSchema> by_topic(const std::set<TopicPartition>& partitions) {
    Array<TransactionLogValue::PartitionsSchema> topics;
    TransactionLogValue::PartitionsSchema* last = nullptr;
    for (const TopicPartition& partition : partitions) {
        if (last == nullptr || last->topic != partition.topic) {
            last = &topics.emplace_back();
            last->topic = String::borrowed(partition.topic);
        }
        last->partition_ids.push_back(partition.partition);
    }
    return topics;
}

// As above.
TransactionLogValue value_of(const TransactionMetadata& transaction) {
    TransactionLogValue value;
    value.producer_id = transaction.producer_id;
    value.previous_producer_id = transaction.previous_producer_id.value_or(kNoProducerId);
    value.next_producer_id = transaction.next_producer_id.value_or(kNoProducerId);
    value.producer_epoch = transaction.producer_epoch;
    value.transaction_timeout_ms =
        static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(transaction.timeout).count());
    value.transaction_status = static_cast<std::int8_t>(transaction.state);
    value.transaction_partitions.reset();
    if (transaction.state != TransactionState::empty) value.transaction_partitions = by_topic(transaction.partitions);
    value.transaction_last_update_timestamp_ms = transaction.last_update.value();
    value.transaction_start_timestamp_ms = transaction.started.value_or(kNoTimestamp).value();
    value.client_transaction_version = transaction.client_version.value();
    return value;
}

std::optional<TransactionState> state_of(std::int8_t status) {
    if (status < 0 || status > static_cast<std::int8_t>(TransactionState::complete_abort)) return std::nullopt;
    return static_cast<TransactionState>(status);
}

std::optional<ProducerId> optional_id(ProducerId id) {
    return id == kNoProducerId ? std::nullopt : std::optional(id);
}

Result<TransactionMetadata, DecodeError> from_value(const TransactionLogValue& value) {
    TransactionMetadata transaction;
    transaction.producer_id = value.producer_id;
    transaction.previous_producer_id = optional_id(value.previous_producer_id);
    transaction.next_producer_id = optional_id(value.next_producer_id);
    transaction.producer_epoch = value.producer_epoch;
    transaction.timeout = std::chrono::milliseconds(value.transaction_timeout_ms);
    const auto state = state_of(value.transaction_status);
    if (!state)
        return std::unexpected(DecodeError{DecodeErrorKind::unsupported_version, kRecord, "TransactionStatus", 0});
    transaction.state = *state;
    if (value.transaction_partitions && transaction.state != TransactionState::empty) {
        for (const TransactionLogValue::PartitionsSchema& topic : *value.transaction_partitions) {
            for (const PartitionId partition : topic.partition_ids) {
                transaction.partitions.insert({topic.topic.to_string(), partition});
            }
        }
    }
    transaction.last_update = Timestamp{value.transaction_last_update_timestamp_ms};
    const Timestamp started{value.transaction_start_timestamp_ms};
    if (started != kNoTimestamp) transaction.started = started;
    transaction.client_version = TransactionVersion{value.client_transaction_version};
    return transaction;
}

}  // namespace

Result<CoordinatorRecordBytes, EncodeError> encode_transaction_record(const TransactionRecord& record,
                                                                      TransactionVersion finalized) {
    TransactionLogKey key;
    key.transactional_id = String::borrowed(record.transactional_id);
    auto key_bytes = encode_after(kKey, key, 0);
    if (!key_bytes) return std::unexpected(key_bytes.error());
    CoordinatorRecordBytes bytes{*std::move(key_bytes), std::nullopt};
    if (!record.value) return bytes;
    const std::int16_t version = finalized >= kTransactionV1 ? 1 : 0;
    auto value_bytes = encode_after(version, value_of(*record.value), version);
    if (!value_bytes) return std::unexpected(value_bytes.error());
    bytes.value = *std::move(value_bytes);
    return bytes;
}

Result<TransactionRecord, DecodeError> decode_transaction_record(RecordBytes key, std::optional<RecordBytes> value) {
    const auto id = take_number(key, kRecord, "key");
    if (!id) return std::unexpected(id.error());
    if (*id != kKey) return std::unexpected(DecodeError{DecodeErrorKind::unknown_record_type, kRecord, "key", 0});
    const auto key_body = decode<TransactionLogKey>(key, 0, kCoordinatorRecordOptions);
    if (!key_body) return std::unexpected(key_body.error());
    TransactionRecord record{key_body->transactional_id.to_string(), std::nullopt};
    if (!value) return record;
    const auto version = take_number(*value, kRecord, "value");
    if (!version) return std::unexpected(version.error());
    const auto body = decode<TransactionLogValue>(*value, *version, kCoordinatorRecordOptions);
    if (!body) return std::unexpected(body.error());
    auto metadata = from_value(*body);
    if (!metadata) return std::unexpected(metadata.error());
    record.value = *std::move(metadata);
    return record;
}

}  // namespace highwater::wire
