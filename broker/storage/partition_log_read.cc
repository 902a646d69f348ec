#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "broker/storage/partition_log_impl.h"
#include "broker/storage/segment_reader.h"
#include "net/wire/record/compression/decompressor.h"
#include "net/wire/record/record.h"

namespace highwater::storage {

namespace {

constexpr std::size_t kShortReadBytes = std::size_t{8} * 1024;
constexpr std::size_t kLongReadBytes = std::size_t{256} * 1024;
/// A batch that expands further than this is not looked into: its first record stands for it.
constexpr std::size_t kLargestClearBytes = std::size_t{256} * 1024 * 1024;

/// The facts of the batch at `position`. Only a control batch is read beyond its header.
IoResult<BatchFacts> facts_at(SegmentReader& reader, const wire::BatchHeader& header, std::uint64_t position) {
    const std::size_t wanted = header.is_control() ? header.size_bytes() : wire::kBatchHeaderBytes;
    const auto bytes = reader.view(position, wanted);
    if (!bytes) return refuse(bytes.error());
    return wire::facts(wire::BatchView{.header = header, .bytes = *bytes});
}

}  // namespace

IoResult<void> read_slices(const LogSlices& slices, std::span<std::byte> into) {
    for (const FileSlice& slice : slices.slices) {
        const auto read = slice.file->read_at(slice.position, into.first(slice.length));
        if (!read) return refuse(read.error());
        if (*read != slice.length) return damaged("segment", fmt::format("{} of {} bytes", *read, slice.length));
        into = into.subspan(slice.length);
    }
    return {};
}

IoResult<void> PartitionLog::Impl::use_indexes(Segment& segment) {
    if (auto loaded = segment.load_indexes(parameters_.settings); !loaded) return loaded;
    if (&segment == cold_ || segments_.empty() || &segment == &active()) return {};
    if (cold_ && cold_->is_intact() && cold_ != &active()) cold_->release_indexes();
    cold_ = &segment;
    return {};
}

const DamagedRange* PartitionLog::Impl::damage_in(Offset offset, Offset end) const {
    for (const DamagedRange& range : damaged_) {
        if (range.end > offset) return range.first < end ? &range : nullptr;
    }
    return nullptr;
}

IoResult<PartitionLog::Impl::Found> PartitionLog::Impl::find_batch(Segment& segment, Offset offset) {
    const auto file = segment.file();
    if (!file) return refuse(file.error());
    for (bool rebuilt = false;; rebuilt = true) {
        const OffsetIndexEntry entry = segment.floor_entry(offset);
        SegmentReader reader(**file, segment.size(), kShortReadBytes);
        Found found{.position = segment.size(), .batch = {}};
        bool entry_is_true = entry.position == 0;
        const auto walked = walk_headers(reader, entry.position, segment.path(kLogSuffix),
                                         [&](const auto& header, std::uint64_t position) {
                                             if (position == entry.position && entry.position > 0)
                                                 entry_is_true = header.last_offset() == entry.last_offset;
                                             if (!entry_is_true) return false;
                                             if (header.last_offset() < offset) return true;
                                             found = {.position = position, .batch = place_of(header, position)};
                                             return false;
                                         });
        if (!walked && !walked.error().is_damage()) return refuse(walked.error());
        if (entry_is_true) {
            if (!walked) return refuse(walked.error());
            return found;
        }
        // The index is a cache: in doubt it is made anew, once.
        if (rebuilt) return damaged(segment.path(kLogSuffix), fmt::format("no batch at byte {}", entry.position));
        if (auto done = segment.rebuild_indexes(parameters_.settings); !done) return refuse(done.error());
    }
}

IoResult<std::uint64_t> PartitionLog::Impl::position_of(Segment& segment, Offset offset) {
    if (offset <= segment.base()) return std::uint64_t{0};
    const auto found = find_batch(segment, offset);
    if (found) return found->position;
    return found.error().is_damage() ? IoResult<std::uint64_t>(0) : refuse(found.error());
}

IoResult<std::optional<LeaderEpoch>> PartitionLog::Impl::epoch_before(Offset end) {
    std::optional<LeaderEpoch> epoch;
    for (auto it = segments_.lower_bound(end); it != segments_.begin();) {
        Segment& segment = *(--it)->second;
        if (segment.size() == 0) continue;
        if (auto loaded = use_indexes(segment); !loaded) return refuse(loaded.error());
        const auto file = segment.file();
        if (!file) return refuse(file.error());
        const auto& entries = segment.offset_index().entries();
        SegmentReader reader(**file, segment.size(), kShortReadBytes);
        const auto walked = walk_headers(reader, entries.empty() ? 0 : entries.back().position,
                                         segment.path(kLogSuffix), [&](const auto& header, std::uint64_t) {
                                             epoch = header.leader_epoch;
                                             return true;
                                         });
        if (!walked && !walked.error().is_damage()) return refuse(walked.error());
        break;
    }
    return epoch;
}

IoResult<LogSlices> PartitionLog::Impl::locate(Offset from, Offset end, std::uint64_t max_bytes,
                                               bool at_least_one_batch) {
    LogSlices answer{.slices = {}, .total_bytes = 0, .end_offset = from};
    end = std::min(end, log_end_);
    if (from >= end) return answer;
    if (const DamagedRange* range = damage_in(from, end)) {
        if (range->first <= from)
            return damaged(parameters_.path, fmt::format("offsets {} to {} are damaged", range->first, range->end));
        end = range->first;
    }
    if (segments_.begin()->first > from) return damaged(parameters_.path, fmt::format("no segment holds {}", from));

    for (auto it = floor_segment(from); it != segments_.end(); ++it) {
        Segment& segment = *it->second;
        if (segment.base() >= end) break;
        if (!answer.slices.empty() && !allows_gaps() && segment.base() != answer.end_offset) break;
        if (auto loaded = use_indexes(segment); !loaded) return refuse(loaded.error());
        const auto found = find_batch(segment, std::max(from, answer.end_offset));
        if (!found) {
            if (!answer.slices.empty() && found.error().is_damage()) break;
            return refuse(found.error());
        }
        if (!found->batch) {
            if (!allows_gaps() && answer.slices.empty())
                return damaged(parameters_.path,
                               fmt::format("offsets {} to {} are missing", segment.end_offset(), end_of(it)));
            continue;
        }
        if (found->batch->base_offset >= end) break;
        if (answer.slices.empty() && found->batch->base_offset > from && !allows_gaps())
            return damaged(parameters_.path,
                           fmt::format("offsets {} to {} are missing", from, found->batch->base_offset));

        const std::uint64_t start = found->position;
        const std::uint64_t room = max_bytes - std::min(max_bytes, answer.total_bytes);
        const bool must_take_one = at_least_one_batch && answer.slices.empty();
        std::uint64_t stop = start;
        if (segment.is_intact() && end_of(it) <= end && segment.size() - start <= room) {
            stop = segment.size();
            answer.end_offset = segment.end_offset();
        } else {
            const auto file = segment.file();
            if (!file) return refuse(file.error());
            // Jump to the index entry before the last one that surely belongs to the answer, then batch by batch.
            SegmentReader reader(**file, segment.size(), kShortReadBytes);
            OffsetIndexEntry jump = segment.offset_index().lookup_before(end, start + room);
            jump = segment.offset_index().lookup_before(jump.last_offset, jump.position);
            if (jump.position > start) {
                const auto header = reader.header_at(jump.position);
                if (!header) return refuse(header.error());
                if (!*header || !**header || (*header)->value().last_offset() != jump.last_offset) jump.position = 0;
            }
            const auto walked = walk_headers(reader, std::max<std::uint64_t>(jump.position, start),
                                             segment.path(kLogSuffix), [&](const auto& header, std::uint64_t position) {
                                                 const std::uint64_t batch_end = position + header.size_bytes();
                                                 const bool is_forced = must_take_one && position == start;
                                                 if (header.base_offset >= end) return false;
                                                 if (batch_end - start > room && !is_forced) return false;
                                                 stop = batch_end;
                                                 answer.end_offset = header.last_offset().next();
                                                 return true;
                                             });
            if (!walked && !(walked.error().is_damage() && stop > start)) return refuse(walked.error());
        }
        if (stop == start) break;
        const auto file = segment.file();
        if (!file) return refuse(file.error());
        answer.slices.push_back({.file = *file, .position = start, .length = stop - start});
        answer.total_bytes += stop - start;
        if (stop < segment.size() || answer.total_bytes >= max_bytes) break;
    }
    return answer;
}

IoResult<void> PartitionLog::Impl::replay(Offset from, const std::function<void(const BatchFacts&)>& apply) {
    if (segments_.empty()) return {};
    auto it = from < segments_.begin()->first ? segments_.begin() : floor_segment(from);
    for (; it != segments_.end(); ++it) {
        Segment& segment = *it->second;
        if (segment.size() == 0) continue;
        const auto file = segment.file();
        if (!file) return refuse(file.error());
        if (auto loaded = use_indexes(segment); !loaded) return loaded;
        SegmentReader reader(**file, segment.size(), kLongReadBytes);
        const auto begin = position_of(segment, from);
        if (!begin) return refuse(begin.error());
        std::uint64_t position = *begin;
        Offset expected = segment.base();
        while (position < segment.size()) {
            IoResult<void> broken;
            const auto walked =
                walk_headers(reader, position, segment.path(kLogSuffix), [&](const auto& header, std::uint64_t at) {
                    // Offsets are outside the CRC: what the log cannot hold there is damage.
                    if (header.base_offset < expected || header.last_offset() >= log_end_) return false;
                    // Nor is the length of a damaged batch to be believed: the next one is looked for byte by byte.
                    if (damage_in(header.base_offset, header.last_offset().next())) return false;
                    expected = header.last_offset().next();
                    position = at + header.size_bytes();
                    if (header.last_offset() < from) return true;
                    const auto facts = facts_at(reader, header, at);
                    if (!facts) {
                        broken = refuse(facts.error());
                        return false;
                    }
                    apply(*facts);
                    return true;
                });
            if (!broken) return broken;
            if (walked && *walked == segment.size()) break;
            if (!walked && !walked.error().is_damage()) return refuse(walked.error());
            const auto next = find_intact_batch(reader, position + 1, expected, log_end_);
            if (!next) return refuse(next.error());
            if (!*next) break;
            position = **next;
        }
    }
    return {};
}

IoResult<std::optional<TimestampOffset>> PartitionLog::Impl::first_record_at(Segment& segment, std::uint64_t position,
                                                                             Timestamp timestamp) {
    const auto file = segment.file();
    if (!file) return refuse(file.error());
    SegmentReader reader(**file, segment.size(), kShortReadBytes);
    const auto batch = reader.batch_at(position);
    if (!batch) return refuse(batch.error());
    if (!*batch || !**batch)
        return damaged(segment.path(kLogSuffix), fmt::format("the batch at byte {} is not intact", position));
    const wire::BatchView& view = (*batch)->value();
    const wire::BatchHeader& header = view.header;
    wire::Decompressor decompressor;
    wire::RecordBuffer scratch;
    const auto records = wire::clear_records(view, decompressor, kLargestClearBytes, scratch);
    if (!records)
        return damaged(segment.path(kLogSuffix), fmt::format("{} at byte {}", records.error().what, position));
    wire::RecordReader record_reader(*records, header.record_count);
    while (const auto record = record_reader.next()) {
        const Timestamp time = wire::record_timestamp(header, *record);
        const Offset offset = header.base_offset + OffsetDelta{record->offset_delta};
        if (time >= timestamp && offset >= log_start_)
            return TimestampOffset{.timestamp = time, .offset = offset, .leader_epoch = header.leader_epoch};
    }
    return std::optional<TimestampOffset>{};
}

IoResult<std::optional<TimestampOffset>> PartitionLog::Impl::find_timestamp(Timestamp timestamp, Offset end) {
    end = std::min(end, log_end_);
    std::optional<TimestampOffset> answer;
    for (auto it = floor_segment(std::max(log_start_, segments_.begin()->first)); it != segments_.end(); ++it) {
        Segment& segment = *it->second;
        if (segment.base() >= end) break;
        if (auto loaded = use_indexes(segment); !loaded) return refuse(loaded.error());
        const auto largest = segment.largest_timestamp();
        if (!largest || largest->timestamp < timestamp) continue;
        // Nothing up to that entry's offset is as late as what is asked for.
        const auto below = segment.time_index().lookup_below(timestamp);
        const Offset from = std::max(below ? below->last_offset : segment.base(), log_start_);
        const auto file = segment.file();
        if (!file) return refuse(file.error());
        SegmentReader reader(**file, segment.size(), kShortReadBytes);
        const auto begin = position_of(segment, from);
        if (!begin) return refuse(begin.error());
        std::uint64_t position = *begin;
        while (position < segment.size()) {
            std::optional<std::uint64_t> candidate;
            const auto walked =
                walk_headers(reader, position, segment.path(kLogSuffix), [&](const auto& header, std::uint64_t at) {
                    if (header.base_offset >= end) return false;
                    if (header.last_offset() < from || header.max_timestamp < timestamp) return true;
                    candidate = at;
                    position = at + header.size_bytes();
                    return false;
                });
            if (!walked) return refuse(walked.error());
            if (!candidate) break;
            auto found = first_record_at(segment, *candidate, timestamp);
            if (!found) return refuse(found.error());
            if (*found) {
                if ((*found)->offset < end) answer = **found;
                return answer;
            }
        }
    }
    return answer;
}

IoResult<std::optional<TimestampOffset>> PartitionLog::Impl::find_max_timestamp(Offset end) {
    end = std::min(end, log_end_);
    std::optional<Timestamp> largest;
    for (auto it = floor_segment(std::max(log_start_, segments_.begin()->first)); it != segments_.end(); ++it) {
        Segment& segment = *it->second;
        if (segment.base() >= end || segment.size() == 0) break;
        if (auto loaded = use_indexes(segment); !loaded) return refuse(loaded.error());
        std::optional<Timestamp> here;
        const bool all_counts = end_of(it) <= end && segment.base() >= log_start_;
        if (all_counts) {
            if (const auto entry = segment.largest_timestamp()) here = entry->timestamp;
        } else {
            const auto file = segment.file();
            if (!file) return refuse(file.error());
            SegmentReader reader(**file, segment.size(), kLongReadBytes);
            const auto walked =
                walk_headers(reader, segment.floor_entry(log_start_).position, segment.path(kLogSuffix),
                             [&](const auto& header, std::uint64_t position) {
                                 if (header.base_offset >= end) return false;
                                 const BatchPlace place = place_of(header, position);
                                 if (place.last_offset >= log_start_ && place.max_timestamp)
                                     here = here ? std::max(*here, *place.max_timestamp) : *place.max_timestamp;
                                 return true;
                             });
            if (!walked) return refuse(walked.error());
        }
        if (here && (!largest || *here > *largest)) largest = here;
    }
    if (!largest) return std::optional<TimestampOffset>{};
    return find_timestamp(*largest, end);
}

}  // namespace highwater::storage
