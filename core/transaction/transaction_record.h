#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/base/describe.h"
#include "core/base/producer.h"
#include "core/base/producer_claim.h"
#include "core/base/time.h"
#include "core/base/transaction_version.h"
#include "core/coordinator/topic_partition.h"

// What a partition of `__transaction_state` holds, without its bytes: the durable truth about transactional ids. Only
// TransactionCoordinator::apply() of such a record changes what a coordinator knows for good.

namespace highwater {

/// Where a transactional id stands. The numbers are those on disk.
enum class TransactionState : std::uint8_t {
    empty = 0,            ///< It has a producer id, and no transaction since.
    ongoing = 1,          ///< Partitions were added.
    prepare_commit = 2,   ///< Decided: its markers are on their way.
    prepare_abort = 3,    ///< Decided: its markers are on their way.
    complete_commit = 4,  ///< Every partition has its marker.
    complete_abort = 5,   ///< Every partition has its marker.
};

/// As Kafka's tools call it: "Empty", "Ongoing", "PrepareCommit", …
[[nodiscard]] std::string_view name_of(TransactionState state);

[[nodiscard]] constexpr bool is_prepared(TransactionState state) {
    return state == TransactionState::prepare_commit || state == TransactionState::prepare_abort;
}
[[nodiscard]] constexpr bool is_complete(TransactionState state) {
    return state == TransactionState::complete_commit || state == TransactionState::complete_abort;
}

/// The last epoch that a client is given; the one after it is for fencing (KIP-360).
inline constexpr ProducerEpoch kLastClientEpoch{32'766};

[[nodiscard]] constexpr bool is_exhausted(ProducerEpoch epoch) {
    return epoch >= kLastClientEpoch;
}

/// What is known of a transactional id for good.
struct TransactionMetadata {
    ProducerId producer_id;
    /// The one before the present one, when its epochs were exhausted.
    std::optional<ProducerId> previous_producer_id;
    /// The one that comes with the completion of this transaction, whose end exhausted the epochs.
    std::optional<ProducerId> next_producer_id;
    ProducerEpoch producer_epoch;
    /// Whole milliseconds.
    Duration timeout{};
    TransactionState state = TransactionState::empty;
    /// That have, or may have, records of the transaction, and no marker yet.
    std::set<TopicPartition> partitions;
    Timestamp last_update;
    /// Of the transaction; nullopt before the first one.
    std::optional<Timestamp> started;
    /// What the client spoke that last changed this.
    TransactionVersion client_version;

    [[nodiscard]] ProducerClaim producer() const { return {producer_id, producer_epoch}; }

    static constexpr void describe(auto&& field) {
        field("producer_id", &TransactionMetadata::producer_id);
        field("previous_producer_id", &TransactionMetadata::previous_producer_id);
        field("next_producer_id", &TransactionMetadata::next_producer_id);
        field("producer_epoch", &TransactionMetadata::producer_epoch);
        field("timeout", &TransactionMetadata::timeout);
        field("state", &TransactionMetadata::state);
        field("partitions", &TransactionMetadata::partitions);
        field("last_update", &TransactionMetadata::last_update);
        field("started", &TransactionMetadata::started);
        field("client_version", &TransactionMetadata::client_version);
    }
    friend bool operator==(const TransactionMetadata&, const TransactionMetadata&) = default;
};

/// value nullopt: a tombstone, the id has expired.
struct TransactionRecord {
    std::string transactional_id;
    std::optional<TransactionMetadata> value;

    static constexpr void describe(auto&& field) {
        field("transactional_id", &TransactionRecord::transactional_id);
        field("value", &TransactionRecord::value);
    }
    friend bool operator==(const TransactionRecord&, const TransactionRecord&) = default;
};

}  // namespace highwater
