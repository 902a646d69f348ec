#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "broker/storage/compaction_plan.h"
#include "broker/storage/file_system.h"
#include "broker/storage/flush_plan.h"
#include "broker/storage/leader_epoch_checkpoint.h"
#include "broker/storage/log_settings.h"
#include "broker/storage/producer_snapshot.h"
#include "broker/storage/transaction_index.h"
#include "core/base/offset.h"
#include "core/base/time.h"
#include "core/log/batch_facts.h"
#include "core/log/replica_log.h"

namespace highwater::storage {

/// A piece of a segment file. The file stays readable although the segment may be deleted meanwhile.
struct FileSlice {
    std::shared_ptr<File> file;
    std::uint64_t position = 0;
    std::uint64_t length = 0;
};

/// Whole batches, in offset order.
struct LogSlices {
    std::vector<FileSlice> slices;
    std::uint64_t total_bytes = 0;
    /// Offset after the last one in the slices; where the read began when they are empty.
    Offset end_offset;
};

/// Copies the slices into `into`. Requires: into.size() == slices.total_bytes. Damage when a file is shorter.
IoResult<void> read_slices(const LogSlices& slices, std::span<std::byte> into);

/// An answer to a lookup by time.
struct TimestampOffset {
    Timestamp timestamp;
    Offset offset;
    LeaderEpoch leader_epoch;
    friend auto operator<=>(const TimestampOffset&, const TimestampOffset&) = default;
};

/// Offsets whose bytes are there but damaged or missing, although they were durable once: reads of them answer
/// CORRUPT_MESSAGE, the rest stays readable (storage-faults S3, S17).
struct DamagedRange {
    Offset first;
    /// Exclusive.
    Offset end;
    friend auto operator<=>(const DamagedRange&, const DamagedRange&) = default;
};

/// What opening a log found. checkpoint() is what a ReplicaLog is loaded from, together with the batches that
/// PartitionLog::replay(snapshot.offset, ...) gives.
struct OpenedState {
    Offset log_start;
    /// Exclusive. All of it is durable when open returns.
    Offset log_end;
    std::vector<EpochEntry> epochs;
    /// Producers below snapshot.offset, which is the high watermark's checkpoint or the log's end. Folded from the
    /// batches since an older snapshot file where there is one, so they know more than the last batch.
    ProducerSnapshot snapshot;
    /// Aborted transactions with a marker below snapshot.offset.
    std::vector<AbortedTransaction> aborted;
    std::vector<DamagedRange> damaged;
    /// Bytes that were checked batch by batch.
    std::uint64_t scanned_bytes = 0;
    /// Bytes that were cut off the end: a torn tail.
    std::uint64_t cut_bytes = 0;
    /// True when the log ends below the recovery point that its checkpoint names: durable data is gone.
    bool ends_below_recovery_point = false;
    /// What recovery did, one line each, for the log.
    std::vector<std::string> notes;

    /// Points into this object.
    [[nodiscard]] LogCheckpoint checkpoint() const {
        return {.log_start_offset = log_start,
                .replay_from = snapshot.offset,
                .epochs = epochs,
                .producers = snapshot.producers,
                .aborted = aborted};
    }
};

struct OpenParameters {
    /// The partition's directory; exists.
    std::string path;
    LogSettings settings = {};
    /// The log directory was closed by a clean shutdown: nothing is scanned.
    bool clean_shutdown = false;
    /// From the checkpoints; zero when they don't say. Everything below the recovery point was synced.
    Offset recovery_point = {};
    /// nullopt: where the first segment begins.
    std::optional<Offset> log_start = {};
    /// From the checkpoint: below it the log was compacted. nullopt: it never was.
    std::optional<Offset> clean_end = {};
    /// From the checkpoint; what is at or above it may have to be truncated. nullopt: nothing may.
    std::optional<Offset> high_watermark = {};
    /// Called before the recovery point moves back, which it does when the log is truncated below it: must make the
    /// checkpoint say so before it returns, or what is appended afterwards would be trusted unseen. May be empty in
    /// tests of a log that is never truncated.
    std::function<IoResult<void>(Offset)> lower_recovery_point = {};
};

/// A batch for the log: what is known of it, and all of its bytes.
struct BatchToWrite {
    BatchFacts facts;
    Bytes bytes;
};

/// The files of one replica: segments with their indexes, producer snapshots, leader epochs. Kafka's format, byte for
/// byte. It never decides what may be appended or read (that is core's Replica); it keeps what it is told. One thread
/// owns it; only FlushPlan::run and reads of handed-out slices happen elsewhere.
///
/// A failed write, truncation or flush is final: failed() stays true, every further change answers EIO, and what was
/// durable is found again by the next open.
class PartitionLog {
  public:
    struct Opened;

    /// Opens the log, or begins an empty one at log_start. Recovers it unless the shutdown was clean: see recovery.h.
    static IoResult<Opened> open(FileSystem& files, OpenParameters parameters, Timestamp now);
    ~PartitionLog();
    PartitionLog(const PartitionLog&) = delete;
    PartitionLog& operator=(const PartitionLog&) = delete;

    /// Calls `apply` with each batch from the one that holds `from` to the end, in order, skipping damaged ranges.
    IoResult<void> replay(Offset from, const std::function<void(const BatchFacts&)>& apply) const;

    /// Writes the batches at the end, in order, each file with as few calls as it takes. Base offset and leader epoch
    /// are written as the facts say, whatever the bytes hold there (neither is in the CRC); the bytes are not changed.
    /// Rolls to a new segment where Kafka would. Requires: base offsets ascend from log_end() on, facts.size_bytes ==
    /// bytes.size(), batches of magic 2.
    IoResult<void> append(std::span<const BatchToWrite> batches, Timestamp now);
    IoResult<void> append(const BatchFacts& facts, Bytes batch, Timestamp now);

    /// Records that a leadership began (core's EpochStarted). Written by the next flush or close; until then a crash
    /// finds the epoch again if it has a batch.
    void start_epoch(EpochEntry entry);

    /// Where the bytes of [from, end) are: whole batches, first the one that holds `from` (so it may begin below), as
    /// long as they begin below `end` and fit max_bytes. With `at_least_one_batch` the first is given whatever its
    /// size. Stops short of a damaged range; begins in one: error with is_damage(). Requires: log_start() <= from.
    IoResult<LogSlices> locate(Offset from, Offset end, std::uint64_t max_bytes, bool at_least_one_batch) const;

    /// The first record in [log_start, end) whose timestamp is at least `timestamp`; nullopt when there is none.
    IoResult<std::optional<TimestampOffset>> find_timestamp(Timestamp timestamp, Offset end) const;
    /// The first record with the largest timestamp below `end` (ListOffsets -3); nullopt when none has one.
    IoResult<std::optional<TimestampOffset>> find_max_timestamp(Offset end) const;

    /// Aborted transactions that a reader of [from, end) must know (KIP-98): those whose marker is at or above `from`
    /// and which began below `end`.
    IoResult<std::vector<AbortedTransaction>> aborted_transactions(Offset from, Offset end) const;

    /// Cuts the log to `end_offset`, which must be where a batch begins, or the end. Durable when it returns. To below
    /// log_start(): the log begins again, empty, at `end_offset`.
    IoResult<void> truncate_to(Offset end_offset, Timestamp now);
    /// Throws everything away and begins again, empty, at `start_offset`. Durable when it returns.
    IoResult<void> truncate_fully_and_start_at(Offset start_offset, Timestamp now);

    /// Readers no longer get offsets below `log_start`; segments wholly below it are renamed to `.deleted`. If all data
    /// is below, a new segment begins at the end. Requires: log_start <= log_end(). A lower one changes nothing.
    /// The caller keeps the log start in the log-start-offset-checkpoint while log_start_is_checkpointed() says so.
    IoResult<void> advance_log_start(Offset log_start, Timestamp now);
    /// True when log_start() is above the first segment's base: only the checkpoint knows it then.
    [[nodiscard]] bool log_start_is_checkpointed() const;
    /// Removes files renamed to `.deleted` at or before `renamed_before` (file.delete.delay.ms).
    IoResult<void> remove_deleted_files(Timestamp renamed_before);

    /// The offset to which retention would advance the log start; log_start() when nothing is due. Only whole segments
    /// that end at or below `high_watermark`. `now` is a wall clock that a RetentionClock vouches for.
    [[nodiscard]] Offset retention_offset(const RetentionSettings& retention, Timestamp now, Offset high_watermark);

    /// How much a pass of compaction would find to do.
    struct CompactionNeed {
        /// Bytes that were not compacted yet, of all that may be: 0 to 1.
        double dirty_ratio = 0;
        /// By ratio or by time a pass is due.
        bool is_due = false;
    };
    /// Only segments that are no longer written, durable, intact, and end at or below `last_stable_offset` may be
    /// compacted.
    [[nodiscard]] CompactionNeed compaction_need(const CompactionSettings& settings, Timestamp now,
                                                 Offset last_stable_offset);
    /// A pass over all that may be compacted. Several may be under way, of which the first to end counts. Requires:
    /// compaction_need() said that there is something.
    [[nodiscard]] CompactionPlan plan_compaction(const CompactionSettings& settings, Timestamp now,
                                                 Offset last_stable_offset, std::uint64_t key_memory_bytes);
    /// Puts what the plan's run wrote in the place of what it read. False: the log has changed meanwhile, and nothing
    /// came of it. The caller keeps clean_end() in the cleaner-offset-checkpoint.
    IoResult<bool> compaction_completed(const CompactionPlan& plan, CompactionResult result, Timestamp now);
    /// Below it each key is there once (exclusive); the log start when it was never compacted.
    [[nodiscard]] Offset clean_end() const;

    /// What to sync so that everything appended so far is durable. Several plans may be under way; report each, in the
    /// order in which they were made.
    FlushPlan plan_flush();
    void flush_completed(const FlushPlan& plan);
    void flush_failed(const IoError& error);
    /// plan_flush, run and flush_completed or flush_failed, on this thread.
    IoResult<void> flush();

    /// Forgets producers that wrote nothing since `before` and have no open transaction.
    void expire_producers(Timestamp before);
    void set_settings(const LogSettings& settings);

    /// Flushes, writes the producer snapshot at the end, the last time index entries and the trimmed indexes, and
    /// closes the files. Nothing may be called afterwards but the destructor. Without it, the next open recovers.
    IoResult<void> close();

    [[nodiscard]] Offset log_start() const;
    /// Exclusive.
    [[nodiscard]] Offset log_end() const;
    /// Everything below survives a power loss.
    [[nodiscard]] Offset recovery_point() const;
    [[nodiscard]] bool failed() const;
    /// Bytes of all segments, without indexes.
    [[nodiscard]] std::uint64_t size_bytes() const;
    [[nodiscard]] std::size_t segment_count() const;
    [[nodiscard]] const std::string& path() const;
    /// The topic's directory was renamed (for deletion): open files stay open, new paths are used from here on.
    void moved_to(std::string path);
    /// State of the producers at log_end(), as the next snapshot will hold it.
    [[nodiscard]] std::vector<ProducerState> producers() const;
    [[nodiscard]] std::span<const EpochEntry> epochs() const;

  private:
    class Impl;
    explicit PartitionLog(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

struct PartitionLog::Opened {
    std::unique_ptr<PartitionLog> log;
    OpenedState state;
};

}  // namespace highwater::storage
