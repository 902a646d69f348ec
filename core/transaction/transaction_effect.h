#pragma once

#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/base/error_code.h"
#include "core/transaction/transaction_input.h"
#include "core/transaction/transaction_record.h"

namespace highwater {

/// Append this record to the coordinator's partition with acks=all. Completed by TransactionWriteCommitted or
/// TransactionWriteFailed.
struct WriteTransactionRecord {
    TransactionWrite write;
    TransactionRecord record;

    static constexpr void describe(auto&& field) {
        field("write", &WriteTransactionRecord::write);
        field("record", &WriteTransactionRecord::record);
    }
};

/// Say TransactionDeadlineReached at this time or soon after. Replaces the former one of this coordinator.
struct WakeTransactionsAt {
    Time time;
    static constexpr void describe(auto&& field) { field("time", &WakeTransactionsAt::time); }
};

/// Write the marker of this transaction to each of these partitions, with acks=all; MarkerAnswered says what became of
/// each.
struct SendMarkers {
    std::string transactional_id;
    MarkerRound round;
    ProducerClaim producer;
    bool commit = false;
    CoordinatorEpoch coordinator_epoch;
    TransactionVersion version;
    std::set<TopicPartition> partitions;

    static constexpr void describe(auto&& field) {
        field("transactional_id", &SendMarkers::transactional_id);
        field("round", &SendMarkers::round);
        field("producer", &SendMarkers::producer);
        field("commit", &SendMarkers::commit);
        field("coordinator_epoch", &SendMarkers::coordinator_epoch);
        field("version", &SendMarkers::version);
        field("partitions", &SendMarkers::partitions);
    }
};

/// Of an InitProducerIdReceived. `producer` is of no meaning with an error.
struct InitProducerIdAnswer {
    TransactionToken token;
    ErrorCode error = ErrorCode::none;
    ProducerClaim producer{ProducerId{-1}, ProducerEpoch{-1}};

    static constexpr void describe(auto&& field) {
        field("token", &InitProducerIdAnswer::token);
        field("error", &InitProducerIdAnswer::error);
        field("producer", &InitProducerIdAnswer::producer);
    }
};

/// Of an AddPartitionsReceived or VerifyPartitionsReceived.
struct PartitionsAnswer {
    TransactionToken token;
    /// For all of them.
    ErrorCode error = ErrorCode::none;
    /// Of those that were to be verified, the ones that the transaction does not have: TRANSACTION_ABORTABLE.
    std::set<TopicPartition> missing;

    static constexpr void describe(auto&& field) {
        field("token", &PartitionsAnswer::token);
        field("error", &PartitionsAnswer::error);
        field("missing", &PartitionsAnswer::missing);
    }
};

/// Of an EndTransactionReceived: what the producer goes on with (of version 2; before, what it had).
struct EndTransactionAnswer {
    TransactionToken token;
    ErrorCode error = ErrorCode::none;
    ProducerClaim producer{ProducerId{-1}, ProducerEpoch{-1}};

    static constexpr void describe(auto&& field) {
        field("token", &EndTransactionAnswer::token);
        field("error", &EndTransactionAnswer::error);
        field("producer", &EndTransactionAnswer::producer);
    }
};

using TransactionEffect = std::variant<WriteTransactionRecord, WakeTransactionsAt, SendMarkers, InitProducerIdAnswer,
                                       PartitionsAnswer, EndTransactionAnswer>;
using TransactionEffects = std::vector<TransactionEffect>;

}  // namespace highwater
