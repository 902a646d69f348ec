#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "core/base/error_code.h"
#include "core/base/offset.h"
#include "core/base/result.h"
#include "core/base/ring.h"
#include "core/log/batch_facts.h"
#include "core/log/leader_epoch_cache.h"
#include "core/log/producer_state.h"
#include "core/log/producer_table.h"
#include "core/log/transactions.h"

namespace highwater {

/// How long producers are remembered, and how many.
struct ProducerLimits {
    /// `producer.id.expiration.ms`.
    Duration expiration = std::chrono::hours{24};
    /// At most this many producer ids are remembered. When they are all in use, a leader refuses new ones.
    std::uint32_t max_producers = 100'000;
    /// A producer that appended within this time is never forgotten to make room.
    Duration protected_for = std::chrono::minutes{15};

    static constexpr void describe(auto&& field) { field("max_producers", &ProducerLimits::max_producers); }
    friend bool operator==(const ProducerLimits&, const ProducerLimits&) = default;
};

/// The retry of a batch that the log already has: where the original stands.
struct DuplicateBatch {
    Offset base_offset;
    Offset end_offset;  ///< exclusive
    std::optional<Timestamp> timestamp;

    static constexpr void describe(auto&& field) {
        field("base_offset", &DuplicateBatch::base_offset);
        field("end_offset", &DuplicateBatch::end_offset);
        field("timestamp", &DuplicateBatch::timestamp);
    }
};

/// What an append brought besides the batch itself, for the driver to write down.
struct Appended {
    /// The batch as it stands in the log: base offset and leader epoch set.
    BatchFacts facts;
    /// The leader epoch history got this entry.
    std::optional<EpochEntry> epoch_started;
    /// The batch is the abort marker of a transaction with records here: an entry for the transaction index.
    std::optional<AbortedTransaction> aborted;
};

/// What a restart knows before it replays batches. Everything at and above `replay_from` comes from the batches.
struct LogCheckpoint {
    Offset log_start_offset;
    /// Where replay begins, and the offset of the producer snapshot. Not below log_start_offset.
    Offset replay_from;
    /// The leader-epoch-checkpoint; entries that do not rise, or start above the log's end, are dropped.
    std::span<const EpochEntry> epochs;
    /// The producers of the log below `replay_from`. A `.snapshot` file has only the last batch of each: to know the
    /// whole window, replay from a place that is five batches of each producer back, or keep the window elsewhere.
    std::span<const ProducerState> producers;
    /// The transaction index below `replay_from`, in offset order.
    std::span<const AbortedTransaction> aborted;
};

/// What a replica's log holds, without its bytes. A value: copying it copies the log's whole state.
///
///     log start <= high watermark <= log end       durable end <= written end <= log end
///
/// Offsets below the high watermark never change while the replica keeps its state; what is at or above it may be
/// truncated, and the state of producers and transactions then goes back with it.
class ReplicaLog {
  public:
    /// An empty log that starts (and ends) at `start_offset`.
    explicit ReplicaLog(Offset start_offset = Offset{0}, ProducerLimits limits = {});

    /// Recovery: the state at `checkpoint.replay_from`. The caller then gives each batch from there on to
    /// append_replicated(), raises the high watermark as far as it is known (best while replaying: what is above it is
    /// kept for truncation), calls mark_written() and mark_durable(), and last finish_load().
    /// Errors: CORRUPT_MESSAGE when the checkpoint contradicts itself (replay below the log start).
    [[nodiscard]] static Result<ReplicaLog> load(const LogCheckpoint& checkpoint, Time now, ProducerLimits limits = {});
    /// Ends recovery: drops leader epochs that start at or above the log end.
    void finish_load();

    // What the log is.

    /// First offset that can be read (inclusive).
    [[nodiscard]] Offset start_offset() const { return start_; }
    /// Offset that the next record gets (exclusive end). Counts appends that are still under way.
    [[nodiscard]] Offset end_offset() const { return end_; }
    /// Below it the bytes are where a read finds them (exclusive).
    [[nodiscard]] Offset written_offset() const { return written_; }
    /// Below it everything survives a power loss (exclusive).
    [[nodiscard]] Offset durable_offset() const { return durable_; }
    /// Below it every in-sync replica has the record (exclusive). The replica decides; the log remembers.
    [[nodiscard]] Offset high_watermark() const { return high_watermark_; }
    /// First offset of the earliest transaction that is open, or whose marker is not yet below the high watermark;
    /// nullopt when there is none (KIP-98).
    [[nodiscard]] std::optional<Offset> first_unstable_offset() const;
    /// min(high watermark, first unstable offset): the exclusive end of what a read_committed consumer may read.
    [[nodiscard]] Offset last_stable_offset() const;
    [[nodiscard]] const LeaderEpochCache& epochs() const { return epochs_; }
    /// See LeaderEpochCache::end_offset_for().
    [[nodiscard]] std::optional<EpochEndOffset> end_offset_for(LeaderEpoch epoch) const;
    /// Epoch of the batch that holds or would hold `offset`; nullopt below the history.
    [[nodiscard]] std::optional<LeaderEpoch> leader_epoch_at(Offset offset) const { return epochs_.epoch_at(offset); }
    /// All that are remembered, by ascending id, also those whose time has run out but whose place nobody needed yet.
    [[nodiscard]] const ProducerTable& producers() const { return producers_; }
    /// What the log knows of the producer at `now`: nullptr when nothing, or when it has expired.
    [[nodiscard]] const ProducerState* producer(ProducerId id, Time now) const;
    /// What a producer snapshot at the log end holds: every producer that has not expired, by ascending id.
    [[nodiscard]] std::vector<ProducerState> producer_snapshot(Time now) const;
    [[nodiscard]] std::span<const OngoingTransaction> ongoing_transactions() const;
    /// All aborted transactions with a marker at or above the log start, in offset order.
    [[nodiscard]] std::span<const AbortedTransaction> aborted_transactions() const { return aborted_.items(); }
    /// The aborted transactions that a fetch of [from, to) has to report (both ends as offsets of the log).
    [[nodiscard]] std::vector<AbortedTransaction> aborted_transactions(Offset from, Offset to) const;

    // Appending. First the check, which changes nothing; then the append, which cannot fail.

    /// Whether the leader may append a client's or coordinator's batch: nullopt when it may, or the batch that it
    /// repeats. Errors: those of check_batch() and check_marker(); THROTTLING_QUOTA_EXCEEDED when the producer is new
    /// and no other can be forgotten for it; INVALID_RECORD when the offsets would pass 2^63 - 1 or a field is out of
    /// its range. `version`: of the transaction that the batch is of, or ends.
    [[nodiscard]] Result<std::optional<DuplicateBatch>> check_append(const BatchFacts& batch, Time now,
                                                                     TransactionVersion version = {}) const;
    /// Appends as leader of `epoch`, at the log end. Requires: check_append(batch, now) gave nullopt, and `epoch` is
    /// the latest in the history.
    Appended append_as_leader(LeaderEpoch epoch, const BatchFacts& batch, Time now);

    /// Whether a batch can follow as it stands on the leader: it begins at or after the log end (a gap is compaction's)
    /// and its epoch is not below the log's latest. Errors: CORRUPT_MESSAGE.
    [[nodiscard]] Result<void> check_replicated(const BatchFacts& batch) const;
    /// Appends a batch verbatim; producers are not checked, what is in the log counts.
    /// Requires: check_replicated(batch) has no error.
    Appended append_replicated(const BatchFacts& batch, Time now);

    /// A leader was elected at the log end: records where its epoch starts. Returns whether the history changed.
    bool start_epoch(LeaderEpoch epoch);

    // Progress. Each ignores an offset below the present one.

    /// Clamped to the log end.
    void mark_written(Offset offset);
    /// Clamped to the written end.
    void mark_durable(Offset offset);
    /// Clamped to the log end. What is below can no longer be truncated without loading the log anew.
    void raise_high_watermark(Offset offset);

    // Cutting.

    /// The lowest end that truncate_to() can cut to with producers and transactions exact: the high watermark, or where
    /// the replay of a recovery began if that is higher (so recovery begins at a snapshot at or below the checkpointed
    /// high watermark where it can).
    [[nodiscard]] Offset settled_offset() const { return settled_; }
    [[nodiscard]] bool can_truncate_to(Offset end_offset) const { return end_offset >= settled_; }
    /// Removes every batch that reaches beyond `end_offset` (exclusive): the log then ends there. Lowers the written
    /// and durable ends with it. Producers and transactions become what the remaining log makes them.
    /// When the log ends at or below it, only leader epochs that start at or above the log's end go (KAFKA-10706).
    /// Requires: can_truncate_to(end_offset).
    void truncate_to(Offset end_offset);
    /// Raises the log start (inclusive). Forgets no producer (KAFKA-7190). Ignored below the present start.
    /// Requires: offset <= high_watermark().
    void advance_start(Offset offset);
    /// The leader's log starts above this log's end: everything goes, the log starts and ends at `offset`.
    void restart_at(Offset offset);
    /// Kept while the state changes. Equal logs have equal hashes; hash_from_scratch() computes the same from nothing.
    [[nodiscard]] std::uint64_t hash() const { return hash_members<HashFrom::kept>(*this); }
    [[nodiscard]] std::uint64_t hash_from_scratch() const { return hash_members<HashFrom::scratch>(*this); }

    static constexpr void describe(auto&& field) {
        field("limits", &ReplicaLog::limits_);
        field("start", &ReplicaLog::start_);
        field("end", &ReplicaLog::end_);
        field("written", &ReplicaLog::written_);
        field("durable", &ReplicaLog::durable_);
        field("high_watermark", &ReplicaLog::high_watermark_);
        field("settled", &ReplicaLog::settled_);
        field("epochs", &ReplicaLog::epochs_);
        field("producers", &ReplicaLog::producers_);
        field("completed", &ReplicaLog::completed_);
        field("aborted", &ReplicaLog::aborted_);
        field("undo", &ReplicaLog::undo_);
    }

  private:
    /// How a batch of a producer at or above the high watermark is taken back.
    struct Undo {
        Offset base_offset;
        Offset end_offset;
        ProducerId producer;
        /// The producer before the batch; nullopt when it was unknown.
        std::optional<ProducerState> before;

        static constexpr void describe(auto&& field) {
            field("base_offset", &Undo::base_offset);
            field("end_offset", &Undo::end_offset);
            field("producer", &Undo::producer);
            field("before", &Undo::before);
        }
    };

    Appended append(const BatchFacts& batch, Time now);
    [[nodiscard]] bool begins_epoch(const BatchFacts& batch) const;
    std::optional<AbortedTransaction> complete_transaction(const ProducerState& known, const BatchFacts& marker);
    void put_producer(const ProducerState& state);
    void forget_producer(ProducerId id);
    [[nodiscard]] bool may_be_forgotten(const ProducerState& producer, Time now) const;
    [[nodiscard]] bool has_room_for_producer(Time now) const;
    void make_room(Time now);
    void note_longest_idle();

    ProducerLimits limits_;
    Offset start_;
    Offset end_;
    Offset written_;
    Offset durable_;
    Offset high_watermark_;
    Offset settled_;
    LeaderEpochCache epochs_;
    ProducerTable producers_;
    SmallVector<OngoingTransaction, 2> ongoing_;  // an index of producers_, by first offset
    SmallVector<CompletedTransaction, 2> completed_;
    AbortedTransactions aborted_;
    Ring<Undo, 2> undo_;
    // No producer is idle long enough to be forgotten before this: spares a search when the table is full. Of no
    // influence on any answer, so it takes no part in equality and hash.
    Time nobody_idle_before_;
};

}  // namespace highwater
