#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "broker/storage/batch_compactor.h"
#include "broker/storage/file_system.h"
#include "broker/storage/log_settings.h"
#include "broker/storage/segment.h"
#include "broker/storage/segment_reader.h"
#include "core/log/transaction_retention.h"
#include "core/log/transactions.h"

namespace highwater::storage {

/// Segments that became one: written, synced, and not in place yet.
struct CompactedSegment {
    /// Under names that end in `.cleaned`.
    std::unique_ptr<Segment> segment;
    /// Bases of the segments that it takes the place of, ascending; the first is its own.
    std::vector<Offset> replaces;
};

/// What a pass wrote.
struct CompactionResult {
    std::vector<CompactedSegment> segments;
    /// Below it the log has each key once (exclusive).
    Offset clean_end;
    std::uint64_t bytes_before = 0;
    std::uint64_t bytes_after = 0;
    std::uint64_t records_before = 0;
    std::uint64_t records_after = 0;

    /// The same without the segments.
    [[nodiscard]] CompactionResult summary() const {
        return {.segments = {},
                .clean_end = clean_end,
                .bytes_before = bytes_before,
                .bytes_after = bytes_after,
                .records_before = records_before,
                .records_after = records_after};
    }
};

/// One pass of compaction over a log, made by the log's owner (PartitionLog::plan_compaction), run by any thread while
/// the owner goes on, then handed back with compaction_completed. Reads segments that are no longer written, and writes
/// new ones beside them.
class CompactionPlan {
  public:
    /// A segment that is whole, durable and no longer written.
    struct Source {
        Offset base;
        /// Exclusive.
        Offset end;
        std::uint64_t size_bytes = 0;
    };
    struct Parameters {
        std::string path;
        LogSettings settings;
        /// From the log's first one on, ascending.
        std::vector<Source> sources;
        /// Below it each key is there once already.
        Offset first_dirty;
        std::vector<AbortedTransaction> aborted;
        /// Last offsets of batches by which a producer's retries are recognised.
        std::set<Offset> kept_for_producers;
        Timestamp now;
        std::chrono::milliseconds delete_retention{};
        /// For the offsets of keys. More keys than fit are left to the next pass.
        std::uint64_t key_memory_bytes = 0;
        /// Of the log when the plan was made: a truncation since then voids it.
        std::uint64_t generation = 0;
    };

    CompactionPlan(FileSystem& files, Parameters parameters) : files_(&files), parameters_(std::move(parameters)) {}

    /// Asked between batches: whether the pass is to end, to no effect.
    using IsCancelled = std::function<bool()>;
    /// Damage when a batch cannot be read; ECANCELED. After an error nothing is left of what it wrote.
    [[nodiscard]] IoResult<CompactionResult> run(const IsCancelled& is_cancelled = [] { return false; }) const;

    [[nodiscard]] const Parameters& parameters() const { return parameters_; }

  private:
    struct Pass;
    /// Given each batch and whether it is its segment's last one; false: no more of this segment.
    using Visit = std::function<IoResult<bool>(const wire::BatchView&, bool)>;

    IoResult<void> each_batch(const Source& source, const IsCancelled& is_cancelled, const Visit& visit) const;
    /// Maps the keys of the dirty part. Returns where the map ends (exclusive).
    IoResult<Offset> map_keys(KeyOffsets& latest, const IsCancelled& is_cancelled) const;
    [[nodiscard]] std::vector<std::vector<Source>> groups(Offset end) const;
    IoResult<CompactedSegment> compact(const std::vector<Source>& group, Pass& pass) const;

    FileSystem* files_;
    Parameters parameters_;
};

}  // namespace highwater::storage
