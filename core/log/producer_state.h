#pragma once

#include <cstdint>
#include <optional>

#include "core/base/bounded_vector.h"
#include "core/base/describe.h"
#include "core/base/epochs.h"
#include "core/base/error_code.h"
#include "core/base/offset.h"
#include "core/base/producer.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/base/transaction_version.h"
#include "core/log/batch_facts.h"

namespace highwater {

/// What is remembered of one appended batch of a producer: enough to recognise its retry and to answer it (KIP-98).
struct SequencedBatch {
    Offset last_offset;
    std::optional<Timestamp> timestamp;
    Sequence last_sequence;
    /// last_offset minus the batch's base offset; also last minus first sequence. Not negative.
    std::int32_t offset_delta = 0;

    [[nodiscard]] Offset base_offset() const { return last_offset - OffsetDelta{offset_delta}; }
    [[nodiscard]] Sequence first_sequence() const;

    static constexpr void describe(auto&& field) {
        field("last_offset", &SequencedBatch::last_offset);
        field("timestamp", &SequencedBatch::timestamp);
        field("last_sequence", &SequencedBatch::last_sequence);
        field("offset_delta", &SequencedBatch::offset_delta);
    }
    friend auto operator<=>(const SequencedBatch&, const SequencedBatch&) = default;
};

/// Number of batches of a producer whose retry is recognised: as many as it may have in flight (KIP-98, KAFKA-5494).
inline constexpr std::size_t kProducerBatchWindow = 5;

/// What one partition knows of one producer id: the fold of that producer's batches and markers in the log.
struct ProducerState {
    ProducerId id;
    ProducerEpoch epoch;
    /// The last batches of this epoch, oldest first. Empty after a marker that began the epoch.
    BoundedVector<SequencedBatch, kProducerBatchWindow> batches;
    /// Of the last marker; nullopt before the first one.
    std::optional<CoordinatorEpoch> coordinator_epoch;
    /// First offset of the transaction that is open here; nullopt when none is.
    std::optional<Offset> transaction_first_offset;
    /// Record time of the last batch or marker, for the producer snapshot and DescribeProducers.
    std::optional<Timestamp> last_timestamp;
    /// When this node last appended or loaded something of this producer. Expiry counts from here, never from record
    /// times, which anyone may write and which replay cannot trust.
    Time last_active;

    static constexpr void describe(auto&& field) {
        field("id", &ProducerState::id);
        field("epoch", &ProducerState::epoch);
        field("batches", &ProducerState::batches);
        field("coordinator_epoch", &ProducerState::coordinator_epoch);
        field("transaction_first_offset", &ProducerState::transaction_first_offset);
        field("last_timestamp", &ProducerState::last_timestamp);
        field("last_active", &ProducerState::last_active);
    }
};

// The rules, one predicate each. `known` is the state of the batch's producer id, nullopt/nullptr when there is none.

/// KIP-98: a batch with the producer's epoch and exactly the sequences of one of its last five batches is a retry of
/// that one. Returns it, or nullptr. Requires: the batch has a producer stamp with a base sequence.
[[nodiscard]] const SequencedBatch* find_duplicate(const ProducerState& known, const BatchFacts& batch);

/// KIP-98: an older instance of the producer is fenced.
[[nodiscard]] bool is_fenced(const ProducerState& known, ProducerEpoch epoch);

/// KIP-98: the first batch of a new epoch has sequence 0 (a lost first batch must not go unseen), or none at all: a
/// group coordinator's.
[[nodiscard]] bool starts_new_epoch_in_order(const BatchFacts& batch);

/// KIP-98: within an epoch a batch begins at the sequence after the last one; after 2^31 - 1 comes 0. An epoch that has
/// no batch yet (a marker began it) begins at 0.
[[nodiscard]] bool is_next_in_sequence(const ProducerState& known, Sequence base_sequence);

/// KIP-98: while a transaction of the producer is open, its epoch's batches belong to that transaction.
[[nodiscard]] bool leaves_open_transaction(const ProducerState& known, const BatchFacts& batch);

/// KIP-98: a marker of an older transaction coordinator is fenced.
[[nodiscard]] bool is_fenced(const ProducerState& known, CoordinatorEpoch epoch);

/// KIP-890: the producer has a transaction open here, of this epoch. One of an older epoch is another transaction,
/// whose marker is still under way (KAFKA-18575).
[[nodiscard]] bool has_open_transaction(const ProducerState& known, ProducerEpoch epoch);

/// KIP-1228: a marker of version 2 is above the epoch of the transaction that it ends. One of the producer's present
/// epoch is a retry, and there is nothing left to end; if there is, it comes late, of the transaction before
/// (KAFKA-19999).
[[nodiscard]] bool is_late_marker(const ProducerState& known, ProducerEpoch marker_epoch, TransactionVersion version);

/// KIP-98, KAFKA-9144: forgotten once nothing of it was appended for `expiration`, but never within a transaction.
[[nodiscard]] bool is_expired(const ProducerState& known, Time now, Duration expiration);

/// Whether a leader may append `batch` of a client after what it knows of the producer (nullptr: nothing; then any
/// sequence is taken, since the state may have expired; but a transaction of `version` 2 begins its epoch, KIP-890).
/// The batch is not a duplicate. Errors: INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_TXN_STATE.
[[nodiscard]] Result<void> check_batch(const ProducerState* known, const BatchFacts& batch,
                                       TransactionVersion version = {});

/// Whether a leader may append a transaction marker, which a coordinator of `version` sent. Errors:
/// INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED.
[[nodiscard]] Result<void> check_marker(const ProducerState* known, const BatchFacts& marker,
                                        TransactionVersion version = {});

/// The state after `batch` (data or marker) stands in the log; never refuses, since what is in the log counts.
/// Requires: the batch has a producer stamp, of this producer.
[[nodiscard]] ProducerState after_batch(const ProducerState* known, const BatchFacts& batch, Time now);

}  // namespace highwater
