#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace highwater::storage {

/// The topic settings that decide how files look. Initialisers are Kafka's defaults.
struct LogSettings {
    /// `segment.bytes`: a segment gets no batch that would make it larger.
    std::uint64_t segment_bytes = 1'073'741'824;
    /// `segment.ms`: a segment is rolled when its first batch is that much older than the one to append.
    std::chrono::milliseconds segment_time{604'800'000};
    /// Taken off segment_time, so that not all logs roll at once; drawn by the caller from `segment.jitter.ms`.
    std::chrono::milliseconds segment_jitter{0};
    /// `segment.index.bytes`: largest size of one index file.
    std::uint32_t segment_index_bytes = 10'485'760;
    /// `index.interval.bytes`: bytes between two index entries.
    std::uint32_t index_interval_bytes = 4096;
    /// Offsets may be missing (`cleanup.policy` has compact): a gap is no damage.
    bool compacted = false;
    /// Not a topic setting. Loading reads up to this many bytes of batches again to know the five batches of each
    /// producer whose retry is recognised: a producer snapshot has only the last one.
    std::uint64_t window_replay_bytes = std::uint64_t{64} << 20;
    /// `preallocate`: reserve segment_bytes of disk when a segment begins.
    bool preallocate = false;
};

/// `retention.bytes` and `retention.ms`; nullopt: unlimited.
struct RetentionSettings {
    std::optional<std::uint64_t> bytes;
    std::optional<std::chrono::milliseconds> time;
};

/// When a log is compacted. Initialisers are Kafka's defaults.
struct CompactionSettings {
    /// `min.cleanable.dirty.ratio`: of the bytes that may be compacted, the part that was not yet must be larger.
    double min_dirty_ratio = 0.5;
    /// `min.compaction.lag.ms`: records stay at least that long.
    std::chrono::milliseconds min_lag{0};
    /// `max.compaction.lag.ms`: after that long a record is compacted, whatever the ratio.
    std::chrono::milliseconds max_lag = std::chrono::milliseconds::max();
    /// `delete.retention.ms`: how long a tombstone stays after the pass that met it first.
    std::chrono::milliseconds delete_retention{86'400'000};
};

}  // namespace highwater::storage
