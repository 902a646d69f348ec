#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/storage/gathered_write.h"
#include "broker/storage/partition_log.h"
#include "broker/storage/producer_fold.h"
#include "broker/storage/segment.h"
#include "core/log/leader_epoch_cache.h"

namespace highwater::storage {

using Segments = std::map<Offset, std::unique_ptr<Segment>>;

/// The state of a PartitionLog; for the files that implement it.
class PartitionLog::Impl {
  public:
    Impl(FileSystem& files, OpenParameters parameters, Timestamp now)
        : files_(files), parameters_(std::move(parameters)), now_(now), clean_end_(parameters_.clean_end) {}

    // Opening: recovery.cc.
    IoResult<OpenedState> open();

    // Changes: partition_log.cc.
    IoResult<void> append(std::span<const BatchToWrite> batches, Timestamp now);
    void start_epoch(EpochEntry entry);
    IoResult<void> truncate_to(Offset end_offset, Timestamp now);
    IoResult<void> truncate_fully_and_start_at(Offset start_offset, Timestamp now);
    IoResult<void> advance_log_start(Offset log_start, Timestamp now);
    IoResult<void> remove_deleted_files(Timestamp renamed_before);
    Offset retention_offset(const RetentionSettings& retention, Timestamp now, Offset high_watermark);
    // Compaction: partition_log_compaction.cc.
    CompactionNeed compaction_need(const CompactionSettings& settings, Timestamp now, Offset last_stable_offset);
    CompactionPlan plan_compaction(const CompactionSettings& settings, Timestamp now, Offset last_stable_offset,
                                   std::uint64_t key_memory_bytes);
    IoResult<bool> compaction_completed(const CompactionPlan& plan, CompactionResult result, Timestamp now);
    [[nodiscard]] Offset clean_end() const { return std::max(clean_end_.value_or(log_start_), log_start_); }

    FlushPlan plan_flush();
    void flush_completed(const FlushPlan& plan);
    IoResult<void> flush();
    IoResult<void> close();

    // Reading: partition_log_read.cc.
    IoResult<void> replay(Offset from, const std::function<void(const BatchFacts&)>& apply);
    IoResult<LogSlices> locate(Offset from, Offset end, std::uint64_t max_bytes, bool at_least_one_batch);
    IoResult<std::optional<TimestampOffset>> find_timestamp(Timestamp timestamp, Offset end);
    IoResult<std::optional<TimestampOffset>> find_max_timestamp(Offset end);
    IoResult<std::optional<TimestampOffset>> first_record_at(Segment& segment, std::uint64_t position,
                                                             Timestamp timestamp);

    /// The segments that may be compacted, from the first one on.
    std::vector<CompactionPlan::Source> compactable(const CompactionSettings& settings, Timestamp now,
                                                    Offset last_stable_offset);
    [[nodiscard]] bool is_still_there(const CompactionPlan& plan) const;
    IoResult<void> swap(CompactedSegment compacted, Timestamp now);
    /// A gap in the offsets is no damage: compaction leaves them, also where the topic is not compacted any more.
    [[nodiscard]] bool allows_gaps() const { return parameters_.settings.compacted || clean_end_.has_value(); }

    // Used by both.
    [[nodiscard]] std::string path_of(std::string_view name) const { return join(parameters_.path, name); }
    Segment& active() { return *segments_.rbegin()->second; }
    /// The segment that would hold `offset`. Requires: there is one at or below it.
    Segments::iterator floor_segment(Offset offset) { return std::prev(segments_.upper_bound(offset)); }
    /// The offset at which the segment's successor begins, or the log's end.
    [[nodiscard]] Offset end_of(Segments::const_iterator segment) const {
        const auto next = std::next(segment);
        return next == segments_.end() ? log_end_ : next->first;
    }
    /// Loads the indexes, and lets go of those of the segment for which this was done before: only those of the active
    /// segment, of damaged ones and of one other stay in memory.
    IoResult<void> use_indexes(Segment& segment);
    /// Position of the first batch in the segment whose last offset is at or above `offset`, and its base offset; its
    /// size when there is none.
    struct Found {
        std::uint64_t position = 0;
        std::optional<BatchPlace> batch;
    };
    IoResult<Found> find_batch(Segment& segment, Offset offset);
    /// Where to begin reading headers so as to meet the first batch at or above `offset`; the segment's beginning where
    /// damage is in the way.
    IoResult<std::uint64_t> position_of(Segment& segment, Offset offset);
    /// Leader epoch of the last batch below `end`; nullopt when there is none that can be read.
    IoResult<std::optional<LeaderEpoch>> epoch_before(Offset end);
    /// The damaged range that holds `offset`, or the first one that begins in [offset, end).
    [[nodiscard]] const DamagedRange* damage_in(Offset offset, Offset end) const;

    IoResult<void> new_segment(Offset base, Timestamp now);
    IoResult<void> roll(Offset base, Timestamp now);
    void write_snapshot(Offset offset);
    void write_indexes(Segment& segment);
    void remove_snapshots(const std::function<bool(Offset)>& unwanted);
    IoResult<void> delete_segment(Segments::iterator segment, bool at_once, Timestamp now);
    void plan_transaction_index(const Segment& segment, Offset end, FlushPlan& plan);
    /// A flush that was under way while the log was cut put files in place that say what was before: the next one puts
    /// them right. Until then the recovery point stays below, so that a recovery would not trust them.
    void replace_again();
    /// Once the batches below `base` are gone, only the snapshot at `base` knows their producers: makes it durable
    /// first.
    IoResult<void> sync_snapshot_at(Offset base);
    IoResult<void> rebuild_producers(Offset from_at_most);
    /// Remembers that nothing more may be changed, and gives the error on.
    std::unexpected<IoError> fail(const IoError& error);
    IoResult<void> check_alive() const;

    // Recovery's steps, in order: recovery.cc.
    IoResult<void> tidy_files();
    IoResult<void> finish_swaps(const std::vector<std::string>& swaps);
    IoResult<void> find_segments();
    IoResult<bool> open_last_segment();
    IoResult<void> scan_segments(Offset trusted_below);
    IoResult<bool> scan_segment(Segments::iterator segment, Offset trusted_below, Offset& expected);
    IoResult<void> cut_log(Segments::iterator segment, std::uint64_t position, Offset end);
    IoResult<void> keep_cut_bytes(Segment& segment, std::uint64_t position, Offset offset);
    IoResult<void> load_epochs();
    IoResult<void> load_producers();
    IoResult<void> make_recovered_durable();
    IoResult<void> delete_below_log_start();
    std::optional<ProducerSnapshot> newest_snapshot(Offset at_most);
    /// Bytes of the segment that holds `offset` and of those after it.
    std::uint64_t bytes_from(Offset offset) const;
    void note(std::string text) { state_.notes.push_back(std::move(text)); }

    FileSystem& files_;
    OpenParameters parameters_;
    Timestamp now_;
    Segments segments_;
    Offset log_start_;
    Offset log_end_;
    Offset recovery_point_;
    /// nullopt: never compacted.
    std::optional<Offset> clean_end_;
    LeaderEpochCache epochs_;
    ProducerFold producers_;
    std::vector<AbortedTransaction> aborted_;
    std::vector<DamagedRange> damaged_;
    std::optional<IoError> failure_;
    bool closed_ = false;

    // What the next flush plan must hold.
    bool active_is_dirty_ = false;
    std::vector<std::shared_ptr<File>> dirty_files_;
    std::vector<std::pair<std::string, std::shared_ptr<File>>> dirty_shortcuts_;
    std::vector<std::pair<Offset, Offset>> rolled_;  // segments whose transaction index must be put in place: base, end
    bool directory_is_dirty_ = false;
    bool deletion_is_unsynced_ = false;
    bool parent_is_dirty_ = false;
    bool epochs_are_dirty_ = false;
    /// Made, and neither completed nor failed.
    int plans_under_way_ = 0;
    /// Raised by every truncation, so that a plan from before it does not count as durable what came after.
    std::uint64_t generation_ = 0;

    Segment* cold_ = nullptr;  // the segment other than the active one whose indexes were used last
    struct DeletedFile {
        std::string path;
        Timestamp renamed;
    };
    std::vector<DeletedFile> deleted_files_;

    // Only while opening.
    OpenedState state_;
    std::vector<Offset> snapshots_;            // files found, ascending
    std::vector<Offset> transaction_indexes_;  // files found, by segment
    std::optional<Offset> scanned_from_;       // base of the first segment that was scanned
    bool scanned_all_ = false;
    std::vector<EpochEntry> scanned_epochs_;
    bool wrote_while_opening_ = false;
};

}  // namespace highwater::storage
