#include "broker/storage/segment.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "broker/storage/segment_reader.h"

namespace highwater::storage {

namespace {

/// Index files are at most as large as the configuration ever allowed (an int32).
constexpr std::uint64_t kLargestIndexBytes = std::numeric_limits<std::int32_t>::max();
/// A walk near an index entry reads little; one over a whole segment reads much.
constexpr std::size_t kShortWalkBytes = std::size_t{16} * 1024;
constexpr std::size_t kLongWalkBytes = std::size_t{256} * 1024;
constexpr Offset kHighestOffset{std::numeric_limits<std::int64_t>::max()};

}  // namespace

BatchPlace place_of(const wire::BatchHeader& header, std::uint64_t position) {
    BatchPlace place{.base_offset = header.base_offset,
                     .last_offset = header.last_offset(),
                     .max_timestamp = {},
                     .size_bytes = static_cast<std::uint32_t>(header.size_bytes()),
                     .position = position};
    if (header.max_timestamp.value() >= 0) place.max_timestamp = header.max_timestamp;
    return place;
}

IoResult<void> Segment::create(const LogSettings& settings) {
    auto opened = files_->open(path(kLogSuffix), OpenMode::replace);
    if (!opened) return refuse(opened.error());
    file_ = *opened;
    size_ = 0;
    reset_indexes();
    adopt_indexes();
    // A file system that can't reserve space still takes writes: no error of the log.
    if (settings.preallocate) static_cast<void>(file_->allocate(settings.segment_bytes));
    return {};
}

IoResult<void> Segment::rename_files(std::string_view name_suffix) {
    const std::string before = std::exchange(name_suffix_, std::string(name_suffix));
    for (const std::string_view suffix : kSegmentSuffixes) {
        const std::string to = path(suffix);
        const std::string from = to.substr(0, to.size() - name_suffix.size()) + before;
        const auto renamed = files_->rename(from, to);
        if (!renamed && !(renamed.error().is_not_found() && suffix != kLogSuffix)) return renamed;
    }
    return {};
}

void Segment::remove_files() {
    for (const std::string_view suffix : kSegmentSuffixes) static_cast<void>(files_->remove(path(suffix)));
}

IoResult<std::shared_ptr<File>> Segment::file() {
    if (!file_) {
        auto opened = files_->open(path(kLogSuffix), OpenMode::read_write);
        if (!opened) return refuse(opened.error());
        file_ = *opened;
    }
    return file_;
}

bool Segment::should_roll(const BatchFacts& facts, const LogSettings& settings, Timestamp now) {
    if (size_ == 0) return false;
    if (size_ + facts.size_bytes > settings.segment_bytes) return true;
    if ((facts.last_offset() - base_).value() > std::numeric_limits<std::int32_t>::max()) return true;
    if (offset_index_.is_full(settings.segment_index_bytes) || time_index_.is_full(settings.segment_index_bytes))
        return true;
    const std::chrono::milliseconds waited{first_timestamp_ && facts.max_timestamp
                                               ? facts.max_timestamp->value() - first_timestamp_->value()
                                               : now.value() - opened_.value()};
    return waited > settings.segment_time - settings.segment_jitter;
}

void Segment::note_time(const BatchPlace& place) {
    if (place.max_timestamp && (!largest_timestamp_ || *place.max_timestamp > largest_timestamp_->timestamp))
        largest_timestamp_ = {*place.max_timestamp, place.last_offset};
}

void Segment::note_batch(const BatchPlace& place, std::uint32_t index_interval_bytes) {
    if (size_ == 0) first_timestamp_ = place.max_timestamp;
    note_time(place);
    if (bytes_since_index_entry_ > index_interval_bytes) {
        offset_index_.add({place.last_offset, static_cast<std::uint32_t>(place.position)});
        if (largest_timestamp_) time_index_.add_if_later(*largest_timestamp_);
        bytes_since_index_entry_ = 0;
    }
    bytes_since_index_entry_ += place.size_bytes;
    size_ = place.position + place.size_bytes;
    end_offset_ = place.last_offset.next();
}

void Segment::note_appended(const BatchFacts& facts, const LogSettings& settings) {
    BatchPlace place{.base_offset = facts.base_offset,
                     .last_offset = facts.last_offset(),
                     .max_timestamp = facts.max_timestamp,
                     .size_bytes = facts.size_bytes,
                     .position = size_};
    if (place.max_timestamp && place.max_timestamp->value() < 0) place.max_timestamp.reset();
    note_batch(place, settings.index_interval_bytes);
}

void Segment::release_indexes() {
    reset_indexes();
    file_.reset();
}

void Segment::reset_indexes() {
    has_indexes_ = false;
    is_intact_ = true;
    offset_index_ = OffsetIndex(base_);
    time_index_ = TimeIndex(base_);
    bytes_since_index_entry_ = 0;
    end_offset_ = base_;
    largest_timestamp_.reset();
    first_timestamp_.reset();
}

IoResult<bool> Segment::load_index_files(const LogSettings& settings) {
    reset_indexes();
    const auto load_one = [&](std::string_view suffix, auto decode) -> bool {
        const std::string file_path = path(suffix);
        const auto content = read_file(*files_, file_path, kLargestIndexBytes);
        return content && decode(Bytes(*content), file_path);
    };
    const bool offsets = load_one(kOffsetIndexSuffix, [&](Bytes content, const std::string& file_path) {
        auto index = OffsetIndex::decode(base_, content, size_, file_path);
        if (index) offset_index_ = std::move(*index);
        return index.has_value();
    });
    const bool times = load_one(kTimeIndexSuffix, [&](Bytes content, const std::string& file_path) {
        auto index = TimeIndex::decode(base_, content, file_path);
        if (index) time_index_ = std::move(*index);
        return index.has_value();
    });
    if (!offsets || !times) return false;

    const auto log = file();
    if (!log) return refuse(log.error());
    SegmentReader reader(**log, size_, kShortWalkBytes);
    const auto first = reader.header_at(0);
    if (!first) return refuse(first.error());
    if (*first && **first) first_timestamp_ = place_of((*first)->value(), 0).max_timestamp;

    // The newest entry must be true, and nothing that it leaves uncovered may be large enough for another one.
    const bool any = !offset_index_.entries().empty();
    const std::uint64_t start = any ? offset_index_.entries().back().position : 0;
    bool doubtful = false;
    if (!time_index_.entries().empty()) largest_timestamp_ = time_index_.entries().back();
    const auto end = walk_headers(reader, start, path(kLogSuffix), [&](const auto& header, std::uint64_t position) {
        const BatchPlace place = place_of(header, position);
        doubtful = position - start > settings.index_interval_bytes ||
                   (position == start && any && place.last_offset != offset_index_.entries().back().last_offset);
        note_time(place);
        end_offset_ = place.last_offset.next();
        return !doubtful;
    });
    if (!end) return end.error().is_damage() ? IoResult<bool>(false) : refuse(end.error());
    if (doubtful || *end != size_) return false;
    bytes_since_index_entry_ = size_ - start;
    return time_index_is_complete();
}

/// Its newest entry must be that of the batch it names, and no batch between that one and the newest offset entry may
/// be later: the two indexes grow together.
IoResult<bool> Segment::time_index_is_complete() {
    const auto log = file();
    if (!log) return refuse(log.error());
    if (offset_index_.entries().empty() && time_index_.entries().empty()) return true;
    std::optional<TimeIndexEntry> newest;
    if (!time_index_.entries().empty()) newest = time_index_.entries().back();
    const Offset covered = offset_index_.entries().empty() ? base_ : offset_index_.entries().back().last_offset;
    const std::uint64_t start = newest ? offset_index_.lookup(newest->last_offset).position : 0;
    SegmentReader reader(**log, size_, kShortWalkBytes);
    bool is_true = !newest;
    bool is_complete = true;
    const auto walked = walk_headers(reader, start, path(kLogSuffix), [&](const auto& header, std::uint64_t position) {
        const BatchPlace place = place_of(header, position);
        if (newest && place.last_offset == newest->last_offset) is_true = place.max_timestamp == newest->timestamp;
        if (newest && place.last_offset <= newest->last_offset) return true;
        const bool is_later = place.max_timestamp && (!newest || *place.max_timestamp > newest->timestamp);
        if (is_later && place.last_offset <= covered) is_complete = false;
        return is_complete && place.last_offset < covered;
    });
    if (!walked) return walked.error().is_damage() ? IoResult<bool>(false) : refuse(walked.error());
    return is_true && is_complete;
}

IoResult<void> Segment::rebuild_indexes(const LogSettings& settings) {
    reset_indexes();
    const auto log = file();
    if (!log) return refuse(log.error());
    const std::uint64_t file_bytes = std::exchange(size_, 0);
    SegmentReader reader(**log, file_bytes, kLongWalkBytes);
    for (std::uint64_t position = 0;;) {
        const auto end = walk_headers(reader, position, path(kLogSuffix), [&](const auto& header, std::uint64_t at) {
            if (header.base_offset < end_offset_) return false;
            note_batch(place_of(header, at), settings.index_interval_bytes);
            return true;
        });
        if (!end && !end.error().is_damage()) return refuse(end.error());
        if (end && *end == file_bytes) break;
        is_intact_ = false;
        const auto next = find_intact_batch(reader, size_ + 1, end_offset_, kHighestOffset);
        if (!next) return refuse(next.error());
        if (!*next) break;
        position = **next;
    }
    size_ = file_bytes;
    adopt_indexes();
    return {};
}

IoResult<void> Segment::load_indexes(const LogSettings& settings) {
    if (has_indexes_) return {};
    const auto loaded = load_index_files(settings);
    if (!loaded) return refuse(loaded.error());
    if (*loaded) {
        adopt_indexes();
        return {};
    }
    return rebuild_indexes(settings);
}

std::vector<std::pair<std::string, std::shared_ptr<File>>> Segment::write_indexes() {
    if (largest_timestamp_) time_index_.add_if_later(*largest_timestamp_);
    std::vector<std::pair<std::string, std::shared_ptr<File>>> written;
    const auto write = [&](std::string_view suffix, const std::vector<std::byte>& content) {
        std::string file_path = path(suffix);
        auto index = files_->open(file_path, OpenMode::replace);
        const std::array<Bytes, 1> pieces{content};
        if (index && (content.empty() || (*index)->write_at(0, pieces))) {
            written.emplace_back(std::move(file_path), *index);
        } else {
            static_cast<void>(files_->remove(file_path));
        }
    };
    write(kOffsetIndexSuffix, offset_index_.encode());
    write(kTimeIndexSuffix, time_index_.encode());
    return written;
}

IoResult<void> Segment::truncate(std::uint64_t position, Offset end) {
    const auto log = file();
    if (!log) return refuse(log.error());
    if (auto cut = (*log)->truncate(position); !cut) return cut;
    size_ = position;
    offset_index_.truncate(end);
    time_index_.truncate(end);
    largest_timestamp_.reset();
    if (!time_index_.entries().empty()) largest_timestamp_ = time_index_.entries().back();
    if (position == 0) first_timestamp_.reset();
    end_offset_ = std::max(base_, end);

    // The time index leaves out what was not later than what came before; the rest of the walk finds the others.
    const std::uint64_t start = offset_index_.entries().empty() ? 0 : offset_index_.entries().back().position;
    SegmentReader reader(**log, size_, kShortWalkBytes);
    const auto walked = walk_headers(reader, start, path(kLogSuffix), [&](const auto& header, std::uint64_t at) {
        note_time(place_of(header, at));
        return true;
    });
    bytes_since_index_entry_ = size_ - start;
    // What stays may have damage of its own, below the recovery point: no reason to refuse the log (S3).
    if (!walked && !walked.error().is_damage()) return refuse(walked.error());
    return {};
}

}  // namespace highwater::storage
