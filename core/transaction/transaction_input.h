#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>

#include "core/base/describe.h"
#include "core/base/epochs.h"
#include "core/base/error_code.h"
#include "core/base/strong_type.h"
#include "core/base/time.h"
#include "core/transaction/transaction_record.h"

// What a transaction coordinator is told: what became of its log and its markers, requests that are its own (the driver
// has looked where the transactional id belongs), and time.

namespace highwater {

/// A request that waits for its answer: drawn by the driver, unique among those that wait.
struct TransactionToken : StrongType<TransactionToken, std::uint64_t> {
    using StrongType::StrongType;
};

/// A record on its way into the coordinator's partition.
struct TransactionWrite : StrongType<TransactionWrite, std::uint64_t> {
    using StrongType::StrongType;
};

/// One sending of a transaction's markers: an answer counts for the sending that it answers only. Under
/// transaction.version 1 two transactions have the same producer epoch.
struct MarkerRound : StrongType<MarkerRound, std::uint64_t> {
    using StrongType::StrongType;
};

/// A committed record of the coordinator's partition, in order, before TransactionsLoaded.
struct TransactionRecordLoaded {
    TransactionRecord record;
    static constexpr void describe(auto&& field) { field("record", &TransactionRecordLoaded::record); }
};

/// All of them were seen: the coordinator serves, and its markers say that they are of this leadership.
struct TransactionsLoaded {
    CoordinatorEpoch epoch;
    static constexpr void describe(auto&& field) { field("epoch", &TransactionsLoaded::epoch); }
};

/// This broker does not lead the partition any more. Whoever waits is told NOT_COORDINATOR, and nothing is known.
struct TransactionsUnloaded {
    static constexpr void describe(auto&&) {}
};

/// The record is committed. Writes complete in the order in which they were asked for.
struct TransactionWriteCommitted {
    TransactionWrite write;
    static constexpr void describe(auto&& field) { field("write", &TransactionWriteCommitted::write); }
};

/// The record is not in the log and never will be; `error` as the log said it.
struct TransactionWriteFailed {
    TransactionWrite write;
    ErrorCode error = ErrorCode::none;
    static constexpr void describe(auto&& field) {
        field("write", &TransactionWriteFailed::write);
        field("error", &TransactionWriteFailed::error);
    }
};

/// The deadline of the last WakeTransactionsAt has passed.
struct TransactionDeadlineReached {
    static constexpr void describe(auto&&) {}
};

/// A producer id that nobody has: see TransactionCoordinator::wants_producer_id().
struct ProducerIdGranted {
    ProducerId id;
    static constexpr void describe(auto&& field) { field("id", &ProducerIdGranted::id); }
};

/// InitProducerId with a transactional id. Answered by InitProducerIdAnswer.
struct InitProducerIdReceived {
    TransactionToken token;
    std::string transactional_id;
    /// Whole milliseconds.
    Duration timeout{};
    /// The producer goes on after an error and names what it had (KIP-360, version 3 on).
    std::optional<ProducerClaim> expected;

    static constexpr void describe(auto&& field) {
        field("token", &InitProducerIdReceived::token);
        field("transactional_id", &InitProducerIdReceived::transactional_id);
        field("timeout", &InitProducerIdReceived::timeout);
        field("expected", &InitProducerIdReceived::expected);
    }
};

/// AddPartitionsToTxn, AddOffsetsToTxn (the partition of the group's offsets), and what a broker asks for before the
/// first append of a transaction of version 2. Answered by PartitionsAnswer, the same for all partitions.
struct AddPartitionsReceived {
    TransactionToken token;
    std::string transactional_id;
    ProducerClaim producer;
    std::set<TopicPartition> partitions;
    TransactionVersion version;

    static constexpr void describe(auto&& field) {
        field("token", &AddPartitionsReceived::token);
        field("transactional_id", &AddPartitionsReceived::transactional_id);
        field("producer", &AddPartitionsReceived::producer);
        field("partitions", &AddPartitionsReceived::partitions);
        field("version", &AddPartitionsReceived::version);
    }
};

/// Whether the transaction that is open has these partitions (KIP-890): a broker asks before the first append of a
/// transaction of version 1. Answered by PartitionsAnswer at once.
struct VerifyPartitionsReceived {
    TransactionToken token;
    std::string transactional_id;
    ProducerClaim producer;
    std::set<TopicPartition> partitions;

    static constexpr void describe(auto&& field) {
        field("token", &VerifyPartitionsReceived::token);
        field("transactional_id", &VerifyPartitionsReceived::transactional_id);
        field("producer", &VerifyPartitionsReceived::producer);
        field("partitions", &VerifyPartitionsReceived::partitions);
    }
};

/// EndTxn. Answered by EndTransactionAnswer when it is decided for good; the markers follow.
struct EndTransactionReceived {
    TransactionToken token;
    std::string transactional_id;
    ProducerClaim producer;
    bool commit = false;
    TransactionVersion version;

    static constexpr void describe(auto&& field) {
        field("token", &EndTransactionReceived::token);
        field("transactional_id", &EndTransactionReceived::transactional_id);
        field("producer", &EndTransactionReceived::producer);
        field("commit", &EndTransactionReceived::commit);
        field("version", &EndTransactionReceived::version);
    }
};

/// What became of one marker of a SendMarkers. `none`: it is committed there, or the partition is no more. Any other
/// error than INVALID_PRODUCER_EPOCH and TRANSACTION_COORDINATOR_FENCED: it is sent again a little later.
struct MarkerAnswered {
    std::string transactional_id;
    MarkerRound round;
    TopicPartition partition;
    ErrorCode error = ErrorCode::none;

    static constexpr void describe(auto&& field) {
        field("transactional_id", &MarkerAnswered::transactional_id);
        field("round", &MarkerAnswered::round);
        field("partition", &MarkerAnswered::partition);
        field("error", &MarkerAnswered::error);
    }
};

/// Time to look for transactional ids that nobody used for `transactional.id.expiration.ms`.
struct ExpireTransactionalIds {
    static constexpr void describe(auto&&) {}
};

using TransactionInput =
    std::variant<TransactionRecordLoaded, TransactionsLoaded, TransactionsUnloaded, TransactionWriteCommitted,
                 TransactionWriteFailed, TransactionDeadlineReached, ProducerIdGranted, InitProducerIdReceived,
                 AddPartitionsReceived, VerifyPartitionsReceived, EndTransactionReceived, MarkerAnswered,
                 ExpireTransactionalIds>;

}  // namespace highwater
