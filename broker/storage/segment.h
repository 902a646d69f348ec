#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/storage/file_system.h"
#include "broker/storage/log_settings.h"
#include "broker/storage/offset_index.h"
#include "broker/storage/segment_files.h"
#include "broker/storage/time_index.h"
#include "core/base/offset.h"
#include "core/base/time.h"
#include "core/log/batch_facts.h"
#include "net/wire/record/record_batch.h"

namespace highwater::storage {

/// A batch's place in its segment.
struct BatchPlace {
    Offset base_offset;
    Offset last_offset;
    /// Latest record time; nullopt where it is not at least 0.
    std::optional<Timestamp> max_timestamp;
    std::uint32_t size_bytes = 0;
    std::uint64_t position = 0;
};

/// What a header says of its batch's place.
BatchPlace place_of(const wire::BatchHeader& header, std::uint64_t position);

/// One segment: a `.log` file and the two indexes that say where in it things are. The files are opened when they are
/// needed. The indexes are kept in memory while the segment is written and written to disk when it is rolled or closed;
/// a segment that is only read loads them on demand, and rebuilds them from the log whenever they are in doubt.
class Segment {
  public:
    /// A segment that exists, with `size` bytes; or that is to be made, with create(). `name_suffix` stands behind all
    /// of its files' names.
    Segment(FileSystem& files, std::string_view directory, Offset base, std::uint64_t size, Timestamp opened,
            std::string_view name_suffix = {})
        : files_(&files),
          directory_(directory),
          name_suffix_(name_suffix),
          base_(base),
          size_(size),
          opened_(opened),
          offset_index_(base),
          time_index_(base) {}

    /// Makes the empty log file. A file of that name is emptied.
    IoResult<void> create(const LogSettings& settings);

    [[nodiscard]] Offset base() const { return base_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] std::string path(std::string_view suffix) const {
        return join(directory_, segment_file_name(base_, suffix)) + name_suffix_;
    }
    /// Gives all of its files names with another suffix behind them. Durable once the directory is synced.
    IoResult<void> rename_files(std::string_view name_suffix);
    /// Removes those of its files that are there.
    void remove_files();
    void moved_to(std::string_view directory) { directory_ = directory; }

    /// The log file, open for reading and writing.
    IoResult<std::shared_ptr<File>> file();

    /// Whether Kafka would begin a new segment before appending `facts` at `now`.
    [[nodiscard]] bool should_roll(const BatchFacts& facts, const LogSettings& settings, Timestamp now);
    /// Takes note of a batch that stands at place.position, which is at or above size(): counts its bytes, adds index
    /// entries where they are due. Batches come in order. Requires: the indexes are loaded.
    void note_batch(const BatchPlace& place, std::uint32_t index_interval_bytes);
    /// note_batch() for a batch that is written at size().
    void note_appended(const BatchFacts& facts, const LogSettings& settings);

    /// Makes the indexes agree with the log file: loads them if that was not done yet, checks them against the batches
    /// that they point to, and rebuilds them when in doubt. Also finds what the newest entries don't cover: the
    /// largest timestamp and the end offset. Where the headers form no chain the indexes leave out what can't be read,
    /// and is_intact() is false.
    IoResult<void> load_indexes(const LogSettings& settings);
    [[nodiscard]] bool has_indexes() const { return has_indexes_; }
    [[nodiscard]] bool is_intact() const { return is_intact_; }
    /// Forgets the indexes of a segment that is no longer written.
    void release_indexes();
    /// Begins anew with no batches, for a scan that notes them all.
    void begin_scan() {
        reset_indexes();
        size_ = 0;
    }
    /// The scan noted everything in the file of `file_bytes`.
    void end_scan(std::uint64_t file_bytes) {
        size_ = file_bytes;
        adopt_indexes();
    }
    /// Marks the indexes built with note_batch as complete.
    void adopt_indexes() { has_indexes_ = true; }
    /// Something between the batches can't be read.
    void mark_damaged() { is_intact_ = false; }
    /// The indexes contradict the log: makes them anew.
    IoResult<void> rebuild_indexes(const LogSettings& settings);
    /// Adds the final time index entry and writes both index files. Returns those that were written, to be synced. A
    /// failure leaves no index file behind: the next reader rebuilds it.
    std::vector<std::pair<std::string, std::shared_ptr<File>>> write_indexes();

    /// The position from which a walk over headers meets the batch that holds `target`, if there is one.
    /// Requires: the indexes are loaded.
    [[nodiscard]] OffsetIndexEntry floor_entry(Offset target) const { return offset_index_.lookup(target); }
    [[nodiscard]] const OffsetIndex& offset_index() const { return offset_index_; }
    [[nodiscard]] const TimeIndex& time_index() const { return time_index_; }

    /// Cuts the log file at `position`, where the batch of `end` begins, and the indexes with it. Not synced.
    IoResult<void> truncate(std::uint64_t position, Offset end);

    /// Offset after the last batch; the base when there is none. Requires: the indexes are loaded.
    [[nodiscard]] Offset end_offset() const { return end_offset_; }
    /// Largest record time and the last offset of the first batch that has it; nullopt when no batch has a time.
    /// Requires: the indexes are loaded.
    [[nodiscard]] std::optional<TimeIndexEntry> largest_timestamp() const { return largest_timestamp_; }
    /// When this process first saw the segment: stands in for the age of a segment whose batches have no time.
    [[nodiscard]] Timestamp opened() const { return opened_; }

  private:
    IoResult<bool> load_index_files(const LogSettings& settings);
    IoResult<bool> time_index_is_complete();
    void note_time(const BatchPlace& place);
    void reset_indexes();

    FileSystem* files_;
    std::string directory_;
    std::string name_suffix_;
    Offset base_;
    std::uint64_t size_;
    Timestamp opened_;
    std::shared_ptr<File> file_;
    bool has_indexes_ = false;
    bool is_intact_ = true;
    OffsetIndex offset_index_;
    TimeIndex time_index_;
    std::uint64_t bytes_since_index_entry_ = 0;
    Offset end_offset_ = base_;
    std::optional<TimeIndexEntry> largest_timestamp_;
    std::optional<Timestamp> first_timestamp_;  // of the first batch; what the age of the segment counts from
};

}  // namespace highwater::storage
