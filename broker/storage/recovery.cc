// Opening a log. What a crash may leave, and what is done about it:
//
// - Below the recovery point everything was synced. It is not read again, but for the segments that reach above the
//   recovery point, and the last one. Damage found there (a wrong CRC, a wrong offset, a missing segment) is not the
//   end of the log: the offsets are noted as damaged, what follows stays readable, nothing is cut (storage-faults S3).
// - Above it writes may be lost, torn or out of order, so a valid batch after a damaged one proves nothing. The log is
//   cut at the first defect (S1, S2). If a valid batch or a segment follows the cut, its bytes are kept in `.cut`
//   files, in case the damage was not the crash's.
// - Indexes, epochs, producers and transactions of what was scanned are made anew from the batches (S10, S12, S13,
// S15).
// - What was recovered is synced before anybody may rely on it (S22).
// - A log that ends below its recovery point lost durable data, or its checkpoint lies: then everything is scanned.
#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "broker/storage/byte_order.h"
#include "broker/storage/partition_log_impl.h"
#include "broker/storage/segment_reader.h"
#include "net/wire/record/crc32c.h"

namespace highwater::storage {

namespace {

constexpr std::size_t kScanBytes = std::size_t{1024} * 1024;
constexpr std::uint64_t kLargestSnapshotBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kLargestTextBytes = std::uint64_t{64} << 20;
constexpr Offset kHighestOffset{std::numeric_limits<std::int64_t>::max()};

/// The offset in a name that ends with any of a segment's suffixes, followed by `extra`.
std::optional<Offset> offset_of_segment_file(std::string_view name, std::string_view extra) {
    for (const auto suffix : {kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix, kTransactionIndexSuffix}) {
        if (const auto offset = offset_of_file(name, std::string(suffix) + std::string(extra))) return offset;
    }
    return std::nullopt;
}

/// A whole message of magic 0 or 1 with a right CRC stands at the start of `bytes`.
bool is_legacy_message(wire::RecordBytes bytes) {
    constexpr std::size_t kMessageAt = 16;  // offset, size, CRC
    const auto magic = wire::entry_magic(bytes);
    if (magic != 0 && magic != 1) return false;
    const auto size = load<std::int32_t>(bytes, 8);
    if (size < 6 || wire::kLogOverheadBytes + static_cast<std::size_t>(size) > bytes.size()) return false;
    return wire::crc32_ieee(bytes.subspan(kMessageAt, static_cast<std::size_t>(size) - 4)) ==
           load<std::uint32_t>(bytes, 12);
}

}  // namespace

IoResult<OpenedState> PartitionLog::Impl::open() {
    if (auto tidied = tidy_files(); !tidied) return refuse(tidied.error());
    if (auto found = find_segments(); !found) return refuse(found.error());
    const bool is_new = segments_.empty();
    bool is_clean = is_new;
    if (is_new) {
        log_end_ = parameters_.log_start.value_or(Offset{0});
        state_.ends_below_recovery_point = parameters_.recovery_point > log_end_;
        if (auto created = new_segment(log_end_, now_); !created) return refuse(created.error());
        parent_is_dirty_ = true;
        remove_snapshots([](Offset) { return true; });
        if (wrote_while_opening_) {
            if (auto synced = files_.sync_directory(parameters_.path); !synced) return refuse(synced.error());
        }
    } else if (parameters_.clean_shutdown) {
        const auto clean = open_last_segment();
        if (!clean) return refuse(clean.error());
        is_clean = *clean;
    }
    if (!is_clean) {
        if (auto scanned = scan_segments(parameters_.recovery_point); !scanned) return refuse(scanned.error());
        if (log_end_ < parameters_.recovery_point) {
            note(fmt::format("the log ends at {}, below its recovery point {}", log_end_, parameters_.recovery_point));
            state_.ends_below_recovery_point = true;
            if (!scanned_all_) {
                if (auto scanned = scan_segments(Offset{0}); !scanned) return refuse(scanned.error());
            }
        }
    }

    const Offset first = segments_.begin()->first;
    log_start_ = std::max(first, parameters_.log_start.value_or(first));
    if (log_start_ > log_end_) {
        note(fmt::format("log start {} in the checkpoint is beyond the end {}: ignored", log_start_, log_end_));
        log_start_ = first;
    }
    std::erase_if(damaged_, [&](const DamagedRange& range) { return range.end <= log_start_; });
    if (auto loaded = load_epochs(); !loaded) return refuse(loaded.error());
    if (auto loaded = load_producers(); !loaded) return refuse(loaded.error());
    if (is_new && epochs_are_dirty_) {
        // A checkpoint without segments that did not fit: nothing of it may be found by the next opening.
        if (auto flushed = flush(); !flushed) return refuse(flushed.error());
    }
    if (is_clean) {
        recovery_point_ = log_end_;
    } else if (auto durable = make_recovered_durable(); !durable) {
        return refuse(durable.error());
    }
    if (auto deleted = delete_below_log_start(); !deleted) return refuse(deleted.error());

    state_.log_start = log_start_;
    state_.log_end = log_end_;
    state_.epochs.assign(epochs_.entries().begin(), epochs_.entries().end());
    for (const AbortedTransaction& aborted : aborted_) {
        if (aborted.marker_offset < state_.snapshot.offset) state_.aborted.push_back(aborted);
    }
    state_.damaged = damaged_;
    return std::move(state_);
}

/// Not before the producers are known: of those that wrote nothing later, these batches are the last word.
IoResult<void> PartitionLog::Impl::delete_below_log_start() {
    if (auto synced = sync_snapshot_at(floor_segment(log_start_)->first); !synced) return synced;
    const std::size_t before = segments_.size();
    while (segments_.size() > 1 && end_of(segments_.begin()) <= log_start_) {
        if (auto deleted = delete_segment(segments_.begin(), true, now_); !deleted) return deleted;
    }
    return segments_.size() == before ? IoResult<void>{} : files_.sync_directory(parameters_.path);
}

// Files.

IoResult<void> PartitionLog::Impl::tidy_files() {
    const auto entries = files_.list(parameters_.path);
    if (!entries) return refuse(entries.error());
    std::optional<Offset> lowest_cleaned;
    std::vector<std::string> swaps;
    for (const DirectoryEntry& entry : *entries) {
        if (entry.is_directory) continue;
        if (const auto offset = offset_of_segment_file(entry.name, kCleanedSuffix))
            lowest_cleaned = std::min(lowest_cleaned.value_or(*offset), *offset);
        if (offset_of_segment_file(entry.name, kSwapSuffix)) swaps.push_back(entry.name);
        if (entry.name.ends_with(kDeletedSuffix) || entry.name.ends_with(kCleanedSuffix) ||
            entry.name.ends_with(".tmp")) {
            if (auto removed = files_.remove(path_of(entry.name)); !removed) return removed;
            wrote_while_opening_ = true;
        }
    }
    // A swap that was begun after a cleaning that did not end is not complete.
    for (const std::string& name : swaps) {
        if (!lowest_cleaned || *offset_of_segment_file(name, kSwapSuffix) < *lowest_cleaned) continue;
        if (auto removed = files_.remove(path_of(name)); !removed) return removed;
    }
    std::erase_if(swaps, [&](const std::string& name) {
        return lowest_cleaned && *offset_of_segment_file(name, kSwapSuffix) >= *lowest_cleaned;
    });
    if (swaps.empty()) return {};
    return finish_swaps(swaps);
}

IoResult<void> PartitionLog::Impl::finish_swaps(const std::vector<std::string>& swaps) {
    wrote_while_opening_ = true;
    for (const std::string& name : swaps) {
        const auto base = offset_of_file(name, std::string(kLogSuffix) + std::string(kSwapSuffix));
        if (!base) continue;
        auto file = files_.open(path_of(name), OpenMode::read);
        if (!file) return refuse(file.error());
        const auto size = (*file)->size();
        if (!size) return refuse(size.error());
        SegmentReader reader(**file, *size, kScanBytes);
        Offset end = *base;
        const auto walked = walk_headers(reader, 0, path_of(name), [&](const auto& header, std::uint64_t) {
            end = header.last_offset().next();
            return true;
        });
        if (!walked) return refuse(walked.error());
        const auto entries = files_.list(parameters_.path);
        if (!entries) return refuse(entries.error());
        for (const DirectoryEntry& entry : *entries) {
            const auto covered = offset_of_segment_file(entry.name, "");
            if (!covered || *covered < *base || *covered >= end) continue;
            if (auto removed = files_.remove(path_of(entry.name)); !removed) return removed;
        }
    }
    for (const std::string& name : swaps) {
        const std::string target = name.substr(0, name.size() - kSwapSuffix.size());
        if (auto renamed = files_.rename(path_of(name), path_of(target)); !renamed) return renamed;
    }
    note(fmt::format("finished the swap of {} compacted files", swaps.size()));
    return files_.sync_directory(parameters_.path);
}

IoResult<void> PartitionLog::Impl::find_segments() {
    const auto entries = files_.list(parameters_.path);
    if (!entries) return refuse(entries.error());
    for (const DirectoryEntry& entry : *entries) {
        if (entry.is_directory) continue;
        if (const auto base = offset_of_file(entry.name, kLogSuffix)) {
            const auto size = files_.file_size(path_of(entry.name));
            if (!size) return refuse(size.error());
            segments_.emplace(*base, std::make_unique<Segment>(files_, parameters_.path, *base, *size, now_));
        } else if (const auto snapshot = offset_of_file(entry.name, kSnapshotSuffix)) {
            snapshots_.push_back(*snapshot);
        }
    }
    for (const DirectoryEntry& entry : *entries) {
        const auto base = offset_of_segment_file(entry.name, "");
        if (!base) continue;
        if (!segments_.contains(*base)) {
            if (auto removed = files_.remove(path_of(entry.name)); !removed) return removed;
            wrote_while_opening_ = true;
        } else if (offset_of_file(entry.name, kTransactionIndexSuffix)) {
            transaction_indexes_.push_back(*base);
        }
    }
    return {};
}

// Batches.

IoResult<bool> PartitionLog::Impl::open_last_segment() {
    Segment& last = active();
    if (auto loaded = last.load_indexes(parameters_.settings); !loaded) return refuse(loaded.error());
    log_end_ = last.end_offset();
    if (last.is_intact() && log_end_ >= parameters_.recovery_point) return true;
    note(fmt::format("{} does not look like a clean shutdown left it", last.path(kLogSuffix)));
    return false;
}

IoResult<void> PartitionLog::Impl::scan_segments(Offset trusted_below) {
    damaged_.clear();
    scanned_epochs_.clear();
    auto it = segments_.begin();
    // A recovery point that is exactly where the next segment begins may be from before the roll, and then the flush
    // did not cover what the roll leaves behind: the transaction index.
    while (std::next(it) != segments_.end() && std::next(it)->first < trusted_below) ++it;
    scanned_from_ = it->first;
    scanned_all_ = it == segments_.begin();
    Offset expected = it->first;
    for (; it != segments_.end(); ++it) {
        const auto whole = scan_segment(it, parameters_.recovery_point, expected);
        if (!whole) return refuse(whole.error());
        if (!*whole) break;
    }
    log_end_ = expected;
    for (auto scanned = segments_.find(*scanned_from_); std::next(scanned) != segments_.end(); ++scanned)
        write_indexes(*scanned->second);
    return {};
}

/// False when the log was cut there.
IoResult<bool> PartitionLog::Impl::scan_segment(Segments::iterator it, Offset trusted_below, Offset& expected) {
    Segment& segment = *it->second;
    const bool gaps_are_allowed = allows_gaps();
    const bool is_last = std::next(it) == segments_.end();
    const Offset below = is_last ? kHighestOffset : std::next(it)->first;
    const bool was_deleted = segment.base() <= parameters_.log_start.value_or(Offset{0});
    if (segment.base() > expected && !gaps_are_allowed && !was_deleted) {
        if (expected >= trusted_below) {
            note(fmt::format("no segment holds {}: cut there", expected));
            const auto previous = std::prev(it);
            if (auto cut = cut_log(previous, previous->second->size(), expected); !cut) return refuse(cut.error());
            return false;
        }
        note(fmt::format("the segment with {} is missing", expected));
        damaged_.push_back({.first = expected, .end = segment.base()});
    }
    expected = segment.base();

    const auto file = segment.file();
    if (!file) return refuse(file.error());
    const std::uint64_t bytes = segment.size();
    segment.begin_scan();
    state_.scanned_bytes += bytes;
    SegmentReader reader(**file, bytes, kScanBytes);
    for (std::uint64_t position = 0; position < bytes;) {
        const auto batch = reader.batch_at(position);
        if (!batch) return refuse(batch.error());
        std::string defect;
        if (!**batch) {
            defect = (*batch)->error().what;
        } else {
            const wire::BatchHeader& header = (*batch)->value().header;
            const bool in_order = gaps_are_allowed ? header.base_offset >= expected : header.base_offset == expected;
            if (in_order && header.last_offset() < below) {
                segment.note_batch(place_of(header, position), parameters_.settings.index_interval_bytes);
                const bool begins_epoch = scanned_epochs_.empty() || scanned_epochs_.back().epoch < header.leader_epoch;
                if (begins_epoch && header.leader_epoch.value() >= 0)
                    scanned_epochs_.push_back({header.leader_epoch, header.base_offset});
                expected = header.last_offset().next();
                position += header.size_bytes();
                continue;
            }
            defect = fmt::format("offsets {} to {} where {} was expected", header.base_offset, header.last_offset(),
                                 expected);
        }

        const auto entry = reader.view(position, static_cast<std::size_t>(std::min<std::uint64_t>(
                                                     bytes - position, std::numeric_limits<std::int32_t>::max())));
        if (!entry) return refuse(entry.error());
        if (is_legacy_message(*entry)) {
            return refuse(IoError{.error_number = ENOTSUP,
                                  .operation = "open",
                                  .path = segment.path(kLogSuffix),
                                  .detail = "holds messages of the format before Kafka 0.11 (magic 0 or 1)",
                                  .held_by = {}});
        }
        const auto next = find_intact_batch(reader, position + 1, expected, below);
        if (!next) return refuse(next.error());
        const bool resumes = *next || !is_last;
        if (expected < trusted_below && resumes) {
            segment.mark_damaged();
            Offset resume = below;
            if (*next) {
                const auto header = reader.header_at(**next);
                if (!header) return refuse(header.error());
                resume = (*header)->value().base_offset;
            }
            note(fmt::format("{} at byte {}: {}; offsets {} to {} are damaged", segment.path(kLogSuffix), position,
                             defect, expected, resume));
            if (resume > expected) damaged_.push_back({.first = expected, .end = resume});
            expected = resume;
            if (!*next) break;
            position = **next;
            continue;
        }
        note(fmt::format("{} at byte {}: {}; cut at offset {}", segment.path(kLogSuffix), position, defect, expected));
        const bool something_follows = *next || std::any_of(std::next(it), segments_.end(),
                                                            [](const auto& later) { return later.second->size() > 0; });
        if (something_follows) {
            if (auto kept = keep_cut_bytes(segment, position, expected); !kept)
                note(fmt::format("the cut bytes could not be kept: {}", kept.error().text()));
        }
        segment.adopt_indexes();
        if (auto cut = cut_log(it, position, expected); !cut) return refuse(cut.error());
        return false;
    }
    segment.end_scan(bytes);
    return true;
}

IoResult<void> PartitionLog::Impl::keep_cut_bytes(Segment& segment, std::uint64_t position, Offset offset) {
    // Only the latest cut is kept, so that crash after crash can't fill the disk.
    const auto entries = files_.list(parameters_.path);
    if (!entries) return refuse(entries.error());
    for (const DirectoryEntry& entry : *entries) {
        if (offset_of_file(entry.name, kCutSuffix)) static_cast<void>(files_.remove(path_of(entry.name)));
    }
    const auto from = files_.open(segment.path(kLogSuffix), OpenMode::read);
    if (!from) return refuse(from.error());
    const std::string path = path_of(segment_file_name(offset, kCutSuffix));
    const auto to = files_.open(path, OpenMode::replace);
    if (!to) return refuse(to.error());
    std::vector<std::byte> buffer(kScanBytes);
    for (std::uint64_t done = 0;;) {
        const auto read = (*from)->read_at(position + done, buffer);
        if (!read) return refuse(read.error());
        if (*read == 0) break;
        const std::array<Bytes, 1> pieces{Bytes(buffer).first(*read)};
        if (auto written = (*to)->write_at(done, pieces); !written) return written;
        done += *read;
    }
    note(fmt::format("a valid batch follows the cut: the bytes are kept in {}", path));
    return (*to)->sync_data();
}

IoResult<void> PartitionLog::Impl::cut_log(Segments::iterator segment, std::uint64_t position, Offset end) {
    wrote_while_opening_ = true;
    while (std::prev(segments_.end()) != segment) {
        const auto later = std::prev(segments_.end());
        state_.cut_bytes += later->second->size();
        if (later->second->size() > 0) {
            const std::string kept = path_of(segment_file_name(later->first, kCutSuffix));
            if (auto renamed = files_.rename(later->second->path(kLogSuffix), kept); !renamed) return renamed;
            note(fmt::format("a later segment is kept in {}", kept));
        }
        if (auto deleted = delete_segment(later, true, now_); !deleted) return deleted;
    }
    const auto file = segment->second->file();
    if (!file) return refuse(file.error());
    const auto size = (*file)->size();
    if (!size) return refuse(size.error());
    state_.cut_bytes += *size - std::min(*size, position);
    if (*size == position) return {};
    return segment->second->truncate(position, end);
}

// What follows from the batches.

IoResult<void> PartitionLog::Impl::load_epochs() {
    const std::string path = path_of(kLeaderEpochFile);
    const auto text = read_text(files_, path, kLargestTextBytes);
    std::optional<std::vector<EpochEntry>> stored;
    if (text) {
        auto decoded = decode_leader_epochs(*text, path);
        if (decoded)
            stored = std::move(*decoded);
        else
            note(fmt::format("{}; made anew", decoded.error().text()));
    } else if (!text.error().is_not_found()) {
        note(fmt::format("{}; made anew", text.error().text()));
    }
    for (const EpochEntry& entry : stored.value_or(std::vector<EpochEntry>{}))
        epochs_.assign(entry.epoch, entry.start_offset);

    if (scanned_from_) {
        epochs_.truncate_from_end(*scanned_from_);
    } else {
        epochs_.truncate_from_end(log_end_);
    }
    // What it says of the part that is not read again must agree with the last batch there.
    bool from_all_batches = false;
    if (!scanned_all_ && log_start_ < log_end_) {
        const auto in_log = epoch_before(scanned_from_.value_or(log_end_));
        if (!in_log) return refuse(in_log.error());
        const auto latest = epochs_.latest();
        from_all_batches = *in_log && (*in_log)->value() >= 0 && (!latest || latest->epoch != **in_log);
        if (from_all_batches && stored) note(fmt::format("{} does not fit the log; made anew", path));
    }
    for (const EpochEntry& entry : scanned_epochs_) {
        if (const auto last = epochs_.latest(); !last || last->epoch < entry.epoch)
            epochs_.assign(entry.epoch, entry.start_offset);
    }
    if (from_all_batches) {
        epochs_ = LeaderEpochCache();
        const auto replayed = replay(segments_.begin()->first, [&](const BatchFacts& facts) {
            const auto last = epochs_.latest();
            if (facts.leader_epoch.value() >= 0 && (!last || last->epoch < facts.leader_epoch))
                epochs_.assign(facts.leader_epoch, facts.base_offset);
        });
        if (!replayed) return replayed;
    }
    epochs_.truncate_from_start(log_start_);
    epochs_.truncate_from_end(log_end_);  // KAFKA-10706: also one that starts there
    const auto entries = epochs_.entries();
    epochs_are_dirty_ = stored ? !std::ranges::equal(*stored, entries) : text.has_value() || !entries.empty();
    return {};
}

std::optional<ProducerSnapshot> PartitionLog::Impl::newest_snapshot(Offset at_most) {
    for (auto it = std::ranges::upper_bound(snapshots_, at_most); it != snapshots_.begin();) {
        --it;
        const std::string path = path_of(segment_file_name(*it, kSnapshotSuffix));
        const auto content = read_file(files_, path, kLargestSnapshotBytes);
        auto producers = content ? decode_producer_snapshot(*content, path)
                                 : IoResult<std::vector<ProducerState>>(refuse(content.error()));
        const bool fits = producers && std::ranges::all_of(*producers, [&](const ProducerState& producer) {
                              return (producer.batches.empty() || producer.batches.back().last_offset < *it) &&
                                     (!producer.transaction_first_offset || *producer.transaction_first_offset < *it);
                          });
        if (fits) return ProducerSnapshot{.offset = *it, .producers = std::move(*producers)};
        note(fmt::format("{} is not usable; the batches tell", path));
        static_cast<void>(files_.remove(path));
        it = snapshots_.erase(it);
    }
    return std::nullopt;
}

std::uint64_t PartitionLog::Impl::bytes_from(Offset offset) const {
    auto it = segments_.upper_bound(offset);
    if (it != segments_.begin()) --it;
    return std::accumulate(it, segments_.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& segment) { return sum + segment.second->size(); });
}

IoResult<void> PartitionLog::Impl::load_producers() {
    remove_snapshots([&](Offset offset) { return offset > log_end_ || offset < segments_.begin()->first; });
    const Offset target = std::max(log_start_, std::min(parameters_.high_watermark.value_or(log_end_), log_end_));

    // Aborted transactions: of what was scanned from the batches, of the rest from the index files.
    Offset regenerate_from = scanned_from_.value_or(log_end_);
    for (const Offset base : transaction_indexes_) {
        const auto segment = segments_.find(base);
        if (segment == segments_.end()) continue;
        const std::string path = segment->second->path(kTransactionIndexSuffix);
        if (scanned_from_ && base >= *scanned_from_) {
            if (auto removed = files_.remove(path); !removed) return removed;
            wrote_while_opening_ = true;
            continue;
        }
        if (base >= regenerate_from) continue;
        const auto content = read_file(files_, path, kLargestSnapshotBytes);
        const auto entries = content ? decode_transaction_index(*content, path)
                                     : IoResult<std::vector<AbortedTransaction>>(refuse(content.error()));
        const bool fits = entries && std::ranges::all_of(*entries, [&](const AbortedTransaction& aborted) {
                              return aborted.marker_offset >= base && aborted.marker_offset < end_of(segment);
                          });
        if (fits) {
            aborted_.insert(aborted_.end(), entries->begin(), entries->end());
        } else {
            note(fmt::format("{} is not usable; the batches tell", path));
            regenerate_from = base;
        }
    }
    for (auto it = segments_.lower_bound(regenerate_from); it != segments_.end(); ++it) {
        if (std::next(it) != segments_.end()) rolled_.emplace_back(it->first, end_of(it));
    }

    auto snapshot = newest_snapshot(std::min(target, regenerate_from));
    if (snapshot && !snapshot->producers.empty()) {
        // It remembers one batch of each producer; the batches before it tell of the five that a retry may repeat. So
        // the fold begins as early as is cheap.
        if (segments_.begin()->first == Offset{0} &&
            bytes_from(Offset{0}) <= parameters_.settings.window_replay_bytes) {
            snapshot.reset();
        } else {
            const auto earliest = std::ranges::find_if(snapshots_, [&](Offset offset) {
                return bytes_from(offset) <= parameters_.settings.window_replay_bytes;
            });
            if (earliest != snapshots_.end() && *earliest < snapshot->offset) {
                if (auto earlier = newest_snapshot(*earliest)) snapshot = std::move(earlier);
            }
        }
    }
    producers_ = snapshot ? ProducerFold(snapshot->producers) : ProducerFold();
    const Offset from = snapshot ? snapshot->offset : segments_.begin()->first;

    bool reached = false;
    const auto reach = [&](Offset offset) {
        reached = true;
        state_.snapshot = {.offset = offset, .producers = producers_.states()};
    };
    // The snapshots of what was scanned may be torn, or of batches that are gone. One day a segment is the first, and
    // then its snapshot is all that is known of the producers before it.
    auto unsure = segments_.upper_bound(scanned_from_.value_or(log_end_));
    const auto renew_snapshots = [&](Offset up_to) {
        for (; unsure != segments_.end() && unsure->first <= up_to; ++unsure) write_snapshot(unsure->first);
    };
    const auto replayed = replay(from, [&](const BatchFacts& facts) {
        if (!reached && facts.base_offset >= target) reach(facts.base_offset);
        renew_snapshots(facts.base_offset);
        const auto aborted = producers_.apply(facts);
        if (aborted && aborted->marker_offset >= regenerate_from) aborted_.push_back(*aborted);
    });
    if (!replayed) return replayed;
    if (!reached) reach(log_end_);
    renew_snapshots(log_end_);
    return {};
}

IoResult<void> PartitionLog::Impl::make_recovered_durable() {
    for (auto it = segments_.lower_bound(*scanned_from_); it != segments_.end(); ++it) {
        const auto file = it->second->file();
        if (!file) return refuse(file.error());
        if (it->second->size() > 0 || wrote_while_opening_) dirty_files_.push_back(*file);
    }
    directory_is_dirty_ = true;
    parent_is_dirty_ = true;
    recovery_point_ = Offset{0};
    return flush();
}

}  // namespace highwater::storage
