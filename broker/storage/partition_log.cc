#include "broker/storage/partition_log.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "broker/storage/partition_log_impl.h"
#include "broker/storage/segment_reader.h"
#include "core/base/invariant.h"

namespace highwater::storage {

namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
    return {bytes.begin(), bytes.end()};
}

std::string_view parent_of(std::string_view path) {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

// Appending.

IoResult<void> PartitionLog::Impl::append(std::span<const BatchToWrite> batches, Timestamp now) {
    if (auto alive = check_alive(); !alive) return alive;
    GatheredWrite gathered;
    const auto write = [&]() -> IoResult<void> {
        if (gathered.empty()) return {};
        const auto file = active().file();
        if (!file) return fail(file.error());
        if (auto written = gathered.write(**file); !written) return fail(written.error());
        return {};
    };
    for (const auto& [facts, bytes] : batches) {
        HIGHWATER_INVARIANT(facts.base_offset >= log_end_, "append at {} to a log that ends at {}", facts.base_offset,
                            log_end_);
        HIGHWATER_INVARIANT(facts.size_bytes == bytes.size() && bytes.size() >= wire::kBatchHeaderBytes,
                            "{} bytes for a batch of {}", bytes.size(), facts.size_bytes);
        if (active().should_roll(facts, parameters_.settings, now)) {
            if (auto written = write(); !written) return written;
            if (auto rolled = roll(facts.base_offset, now); !rolled) return rolled;
        }
        if (gathered.full()) {
            if (auto written = write(); !written) return written;
        }
        gathered.add(active().size(), facts, bytes);
        active().note_appended(facts, parameters_.settings);
        active_is_dirty_ = true;
        log_end_ = facts.end_offset();
        const auto latest = epochs_.latest();
        if (!latest || latest->epoch < facts.leader_epoch)
            epochs_are_dirty_ |= epochs_.assign(facts.leader_epoch, facts.base_offset);
        if (const auto aborted = producers_.apply(facts)) aborted_.push_back(*aborted);
    }
    return write();
}

void PartitionLog::Impl::start_epoch(EpochEntry entry) {
    const auto latest = epochs_.latest();
    if (latest && latest->epoch >= entry.epoch) return;
    epochs_are_dirty_ |= epochs_.assign(entry.epoch, entry.start_offset);
}

IoResult<void> PartitionLog::Impl::new_segment(Offset base, Timestamp now) {
    auto segment = std::make_unique<Segment>(files_, parameters_.path, base, 0, now);
    if (auto created = segment->create(parameters_.settings); !created) return fail(created.error());
    directory_is_dirty_ = true;
    segments_.insert_or_assign(base, std::move(segment));
    return {};
}

IoResult<void> PartitionLog::Impl::roll(Offset base, Timestamp now) {
    Segment& old = active();
    if (old.base() >= recovery_point_) {
        // No flush has made its name durable yet. If a power loss could keep the next segment's name and lose this one,
        // a log would seem to begin, or to go on, where it does not.
        if (auto synced = files_.sync_directory(parameters_.path); !synced) return fail(synced.error());
    }
    write_indexes(old);
    if (active_is_dirty_) {
        const auto file = old.file();
        if (!file) return fail(file.error());
        dirty_files_.push_back(*file);
        active_is_dirty_ = false;
    }
    rolled_.emplace_back(old.base(), base);
    write_snapshot(base);
    // The snapshot that a clean close left between segments is of no more use.
    remove_snapshots([&](Offset offset) { return offset != base && !segments_.contains(offset); });
    old.release_indexes();
    return new_segment(base, now);
}

void PartitionLog::Impl::write_snapshot(Offset offset) {
    const std::string path = path_of(segment_file_name(offset, kSnapshotSuffix));
    const auto content = encode_producer_snapshot(producers_.states());
    auto file = files_.open(path, OpenMode::replace);
    const std::array<Bytes, 1> pieces{content};
    // A snapshot is a shortcut: a missing or torn one is found out by its CRC, and the log is read instead.
    if (!file || !(*file)->write_at(0, pieces)) {
        static_cast<void>(files_.remove(path));
        return;
    }
    dirty_shortcuts_.emplace_back(path, *file);
    if (!std::ranges::binary_search(snapshots_, offset))
        snapshots_.insert(std::ranges::upper_bound(snapshots_, offset), offset);
}

void PartitionLog::Impl::write_indexes(Segment& segment) {
    for (auto& written : segment.write_indexes()) dirty_shortcuts_.push_back(std::move(written));
}

void PartitionLog::Impl::remove_snapshots(const std::function<bool(Offset)>& unwanted) {
    std::erase_if(snapshots_, [&](Offset offset) {
        return unwanted(offset) && files_.remove(path_of(segment_file_name(offset, kSnapshotSuffix))).has_value();
    });
}

// Durability.

FlushPlan PartitionLog::Impl::plan_flush() {
    FlushPlan plan(files_, log_end_, generation_);
    ++plans_under_way_;
    for (auto& file : dirty_files_) plan.sync(std::move(file));
    dirty_files_.clear();
    for (auto& [path, file] : std::exchange(dirty_shortcuts_, {})) plan.sync_or_remove(path, std::move(file));
    if (active_is_dirty_) {
        if (const auto file = active().file()) plan.sync(*file);
        active_is_dirty_ = false;
    }
    for (const auto& [base, end] : std::exchange(rolled_, {})) {
        if (const auto segment = segments_.find(base); segment != segments_.end())
            plan_transaction_index(*segment->second, end, plan);
    }
    if (epochs_are_dirty_) {
        plan.replace({path_of(kLeaderEpochFile), bytes_of(encode_leader_epochs(epochs_.entries()))});
        epochs_are_dirty_ = false;
        directory_is_dirty_ = true;
    }
    if (directory_is_dirty_) plan.sync_directory(parameters_.path);
    if (parent_is_dirty_) plan.sync_directory(std::string(parent_of(parameters_.path)));
    directory_is_dirty_ = false;
    parent_is_dirty_ = false;
    return plan;
}

void PartitionLog::Impl::plan_transaction_index(const Segment& segment, Offset end, FlushPlan& plan) {
    const auto first = std::ranges::lower_bound(aborted_, segment.base(), {}, &AbortedTransaction::marker_offset);
    const auto last = std::ranges::lower_bound(aborted_, end, {}, &AbortedTransaction::marker_offset);
    if (first == last) return;
    plan.replace({segment.path(kTransactionIndexSuffix), encode_transaction_index(std::span(first, last))});
    directory_is_dirty_ = true;
}

void PartitionLog::Impl::flush_completed(const FlushPlan& plan) {
    --plans_under_way_;
    if (plan.generation() == generation_) {
        recovery_point_ = std::max(recovery_point_, plan.end_offset());
    } else {
        replace_again();
    }
}

void PartitionLog::Impl::replace_again() {
    ++generation_;
    for (auto it = floor_segment(std::max(recovery_point_, segments_.begin()->first)); it != segments_.end(); ++it) {
        static_cast<void>(files_.remove(it->second->path(kTransactionIndexSuffix)));
        if (std::next(it) != segments_.end()) rolled_.emplace_back(it->first, std::next(it)->first);
    }
    epochs_are_dirty_ = directory_is_dirty_ = true;
}

IoResult<void> PartitionLog::Impl::flush() {
    if (auto alive = check_alive(); !alive) return alive;
    const bool is_alone = plans_under_way_ == 0;
    const FlushPlan plan = plan_flush();
    if (auto done = plan.run(); !done) return fail(done.error());
    if (is_alone) {
        flush_completed(plan);
    } else {
        // An earlier plan has taken what is still to be synced; the recovery point rises with those after it.
        --plans_under_way_;
    }
    return {};
}

IoResult<void> PartitionLog::Impl::close() {
    if (auto alive = check_alive(); !alive) return alive;
    Segment& last = active();
    if (auto loaded = use_indexes(last); !loaded) return fail(loaded.error());
    write_indexes(last);
    write_snapshot(log_end_);
    remove_snapshots([&](Offset offset) { return offset != log_end_ && !segments_.contains(offset); });
    rolled_.emplace_back(last.base(), log_end_);
    for (const DeletedFile& file : deleted_files_) static_cast<void>(files_.remove(file.path));
    deleted_files_.clear();
    directory_is_dirty_ = true;
    if (auto flushed = flush(); !flushed) return flushed;
    closed_ = true;
    segments_.clear();
    return {};
}

// Cutting at the end.

IoResult<void> PartitionLog::Impl::truncate_to(Offset end_offset, Timestamp now) {
    if (auto alive = check_alive(); !alive) return alive;
    if (end_offset >= log_end_) return {};
    if (end_offset < log_start_) return truncate_fully_and_start_at(end_offset, now);
    const auto segment = floor_segment(end_offset);
    if (auto loaded = use_indexes(*segment->second); !loaded) return loaded;
    const auto found = find_batch(*segment->second, end_offset);
    if (!found) return refuse(found.error());
    if (found->batch && found->batch->base_offset < end_offset) {
        return refuse(IoError{.error_number = EINVAL,
                              .operation = "truncate",
                              .path = segment->second->path(kLogSuffix),
                              .detail = fmt::format("{} is inside a batch", end_offset),
                              .held_by = {}});
    }

    // The checkpoint must not vouch for what will be written over the cut.
    if (end_offset < recovery_point_) {
        if (parameters_.lower_recovery_point) {
            if (auto lowered = parameters_.lower_recovery_point(end_offset); !lowered) return fail(lowered.error());
        }
        recovery_point_ = end_offset;
    }
    ++generation_;
    while (std::prev(segments_.end()) != segment) {
        if (auto deleted = delete_segment(std::prev(segments_.end()), true, now); !deleted)
            return fail(deleted.error());
    }
    Segment& last = *segment->second;
    if (cold_ == &last) cold_ = nullptr;
    if (auto cut = last.truncate(found->position, end_offset); !cut) return fail(cut.error());
    log_end_ = end_offset;
    if (clean_end_) clean_end_ = std::min(*clean_end_, end_offset);
    std::erase_if(aborted_, [&](const AbortedTransaction& aborted) { return aborted.marker_offset >= end_offset; });
    std::erase_if(rolled_, [&](const auto& rolled) { return rolled.first >= last.base(); });
    std::erase_if(damaged_, [&](const DamagedRange& range) { return range.first >= end_offset; });
    remove_snapshots([&](Offset offset) { return offset > end_offset; });
    for (const std::string_view suffix : {kOffsetIndexSuffix, kTimeIndexSuffix, kTransactionIndexSuffix})
        static_cast<void>(files_.remove(last.path(suffix)));
    epochs_.truncate_from_end(end_offset);
    epochs_are_dirty_ = true;
    active_is_dirty_ = true;
    directory_is_dirty_ = true;
    if (auto rebuilt = rebuild_producers(end_offset); !rebuilt) return fail(rebuilt.error());
    return flush();
}

IoResult<void> PartitionLog::Impl::rebuild_producers(Offset from_at_most) {
    const auto snapshot = newest_snapshot(from_at_most);
    producers_ = snapshot ? ProducerFold(snapshot->producers) : ProducerFold();
    const Offset from = snapshot ? snapshot->offset : segments_.begin()->first;
    return replay(from, [&](const BatchFacts& facts) { producers_.apply(facts); });
}

IoResult<void> PartitionLog::Impl::truncate_fully_and_start_at(Offset start_offset, Timestamp now) {
    if (auto alive = check_alive(); !alive) return alive;
    if (parameters_.lower_recovery_point && recovery_point_ > Offset{0}) {
        // Zero rather than the new start: until all segments are gone an old one may come back and be believed.
        if (auto lowered = parameters_.lower_recovery_point(Offset{0}); !lowered) return fail(lowered.error());
    }
    ++generation_;
    recovery_point_ = Offset{0};
    dirty_files_.clear();
    dirty_shortcuts_.clear();
    rolled_.clear();
    active_is_dirty_ = false;
    while (!segments_.empty()) {
        if (auto deleted = delete_segment(std::prev(segments_.end()), true, now); !deleted)
            return fail(deleted.error());
    }
    remove_snapshots([](Offset) { return true; });
    aborted_.clear();
    damaged_.clear();
    producers_ = ProducerFold();
    epochs_ = LeaderEpochCache();
    epochs_are_dirty_ = true;
    log_start_ = log_end_ = start_offset;
    clean_end_.reset();
    if (auto created = new_segment(start_offset, now); !created) return created;
    return flush();
}

// Cutting at the beginning.

IoResult<void> PartitionLog::Impl::delete_segment(Segments::iterator segment, bool at_once, Timestamp now) {
    Segment& old = *segment->second;
    for (const std::string_view suffix : kSegmentSuffixes) {
        const std::string path = old.path(suffix);
        IoResult<void> done;
        if (at_once) {
            done = files_.remove(path);
        } else {
            const std::string renamed = path + std::string(kDeletedSuffix);
            done = files_.rename(path, renamed);
            if (done) deleted_files_.push_back({renamed, now});
        }
        if (!done && !done.error().is_not_found()) return done;
    }
    remove_snapshots([&](Offset offset) { return offset == old.base(); });
    directory_is_dirty_ = true;
    if (cold_ == &old) cold_ = nullptr;
    segments_.erase(segment);
    return {};
}

IoResult<void> PartitionLog::Impl::advance_log_start(Offset log_start, Timestamp now) {
    if (auto alive = check_alive(); !alive) return alive;
    if (log_start <= log_start_) return {};
    HIGHWATER_INVARIANT(log_start <= log_end_, "log start {} beyond the end {}", log_start, log_end_);
    log_start_ = log_start;
    epochs_.truncate_from_start(log_start);
    epochs_are_dirty_ = true;
    if (log_start == log_end_ && active().size() > 0 && active().base() < log_end_) {
        if (auto rolled = roll(log_end_, now); !rolled) return rolled;
        // Once the batches are gone, only the snapshot of this roll knows the producers.
        if (auto flushed = flush(); !flushed) return flushed;
    }
    if (auto synced = sync_snapshot_at(floor_segment(log_start)->first); !synced) return fail(synced.error());
    while (segments_.size() > 1 && end_of(segments_.begin()) <= log_start) {
        // Oldest first, also on the disk: a power loss must not bring back one below a hole.
        if (deletion_is_unsynced_) {
            if (auto synced = files_.sync_directory(parameters_.path); !synced) return fail(synced.error());
        }
        deletion_is_unsynced_ = true;
        if (auto deleted = delete_segment(segments_.begin(), false, now); !deleted) return fail(deleted.error());
    }
    const Offset first = segments_.begin()->first;
    std::erase_if(aborted_, [&](const AbortedTransaction& aborted) { return aborted.marker_offset < first; });
    std::erase_if(damaged_, [&](const DamagedRange& range) { return range.end <= log_start; });
    return {};
}

IoResult<void> PartitionLog::Impl::sync_snapshot_at(Offset base) {
    const bool will_be_first = base > segments_.begin()->first;
    const bool was_synced = base < recovery_point_;
    if (!will_be_first || was_synced || !std::ranges::binary_search(snapshots_, base)) return {};
    const auto file = files_.open(path_of(segment_file_name(base, kSnapshotSuffix)), OpenMode::read_write);
    if (!file) return refuse(file.error());
    if (auto synced = (*file)->sync_data(); !synced) return synced;
    return files_.sync_directory(parameters_.path);
}

IoResult<void> PartitionLog::Impl::remove_deleted_files(Timestamp renamed_before) {
    for (auto file = deleted_files_.begin(); file != deleted_files_.end();) {
        if (file->renamed > renamed_before) {
            ++file;
            continue;
        }
        if (auto removed = files_.remove(file->path); !removed && !removed.error().is_not_found()) return removed;
        file = deleted_files_.erase(file);
    }
    return {};
}

Offset PartitionLog::Impl::retention_offset(const RetentionSettings& retention, Timestamp now, Offset high_watermark) {
    if (failure_ || closed_) return log_start_;
    std::uint64_t excess = 0;
    if (retention.bytes) {
        std::uint64_t total = 0;
        for (const auto& [base, segment] : segments_) total += segment->size();
        excess = total > *retention.bytes ? total - *retention.bytes : 0;
    }
    Offset offset = log_start_;
    for (auto it = segments_.begin(); it != segments_.end(); ++it) {
        Segment& segment = *it->second;
        const Offset end = end_of(it);
        if (end > high_watermark || segment.size() == 0) break;
        const bool is_active = std::next(it) == segments_.end();
        const bool too_much = !is_active && excess >= segment.size();
        bool too_old = false;
        if (retention.time && !too_much) {
            if (!use_indexes(segment) || !segment.is_intact()) break;
            const auto largest = segment.largest_timestamp();
            const Timestamp written = largest ? largest->timestamp : segment.opened();
            too_old = now.value() - written.value() > retention.time->count();
        }
        if (!too_much && !too_old) break;
        excess -= std::min(excess, segment.size());
        offset = std::max(offset, end);
    }
    return offset;
}

std::unexpected<IoError> PartitionLog::Impl::fail(const IoError& error) {
    if (!failure_) failure_ = error;
    return refuse(error);
}

IoResult<void> PartitionLog::Impl::check_alive() const {
    if (!failure_ && !closed_) return {};
    return refuse(IoError{.error_number = EIO,
                          .operation = "write",
                          .path = parameters_.path,
                          .detail = closed_ ? "the log is closed" : fmt::format("after: {}", failure_->text()),
                          .held_by = {}});
}

// The public face.

PartitionLog::PartitionLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PartitionLog::~PartitionLog() = default;

IoResult<PartitionLog::Opened> PartitionLog::open(FileSystem& files, OpenParameters parameters, Timestamp now) {
    auto impl = std::make_unique<Impl>(files, std::move(parameters), now);
    auto state = impl->open();
    if (!state) return refuse(state.error());
    return Opened{.log = std::unique_ptr<PartitionLog>(new PartitionLog(std::move(impl))), .state = std::move(*state)};
}

IoResult<void> PartitionLog::replay(Offset from, const std::function<void(const BatchFacts&)>& apply) const {
    return impl_->replay(from, apply);
}
IoResult<void> PartitionLog::append(const BatchFacts& facts, Bytes batch, Timestamp now) {
    const BatchToWrite one{facts, batch};
    return impl_->append({&one, 1}, now);
}
IoResult<void> PartitionLog::append(std::span<const BatchToWrite> batches, Timestamp now) {
    return impl_->append(batches, now);
}
void PartitionLog::start_epoch(EpochEntry entry) {
    impl_->start_epoch(entry);
}
IoResult<LogSlices> PartitionLog::locate(Offset from, Offset end, std::uint64_t max_bytes,
                                         bool at_least_one_batch) const {
    return impl_->locate(from, end, max_bytes, at_least_one_batch);
}
IoResult<std::optional<TimestampOffset>> PartitionLog::find_timestamp(Timestamp timestamp, Offset end) const {
    return impl_->find_timestamp(timestamp, end);
}
IoResult<std::optional<TimestampOffset>> PartitionLog::find_max_timestamp(Offset end) const {
    return impl_->find_max_timestamp(end);
}
IoResult<std::vector<AbortedTransaction>> PartitionLog::aborted_transactions(Offset from, Offset end) const {
    std::vector<AbortedTransaction> found;
    auto it = std::ranges::lower_bound(impl_->aborted_, from, {}, &AbortedTransaction::marker_offset);
    for (; it != impl_->aborted_.end(); ++it) {
        if (it->first_offset < end) found.push_back(*it);
        if (it->last_stable_offset >= end) break;
    }
    return found;
}
IoResult<void> PartitionLog::truncate_to(Offset end_offset, Timestamp now) {
    return impl_->truncate_to(end_offset, now);
}
IoResult<void> PartitionLog::truncate_fully_and_start_at(Offset start_offset, Timestamp now) {
    return impl_->truncate_fully_and_start_at(start_offset, now);
}
IoResult<void> PartitionLog::advance_log_start(Offset log_start, Timestamp now) {
    return impl_->advance_log_start(log_start, now);
}
bool PartitionLog::log_start_is_checkpointed() const {
    return !impl_->segments_.empty() && impl_->log_start_ > impl_->segments_.begin()->first;
}
IoResult<void> PartitionLog::remove_deleted_files(Timestamp renamed_before) {
    return impl_->remove_deleted_files(renamed_before);
}
Offset PartitionLog::retention_offset(const RetentionSettings& retention, Timestamp now, Offset high_watermark) {
    return impl_->retention_offset(retention, now, high_watermark);
}
PartitionLog::CompactionNeed PartitionLog::compaction_need(const CompactionSettings& settings, Timestamp now,
                                                           Offset last_stable_offset) {
    return impl_->compaction_need(settings, now, last_stable_offset);
}
CompactionPlan PartitionLog::plan_compaction(const CompactionSettings& settings, Timestamp now,
                                             Offset last_stable_offset, std::uint64_t key_memory_bytes) {
    return impl_->plan_compaction(settings, now, last_stable_offset, key_memory_bytes);
}
IoResult<bool> PartitionLog::compaction_completed(const CompactionPlan& plan, CompactionResult result, Timestamp now) {
    return impl_->compaction_completed(plan, std::move(result), now);
}
Offset PartitionLog::clean_end() const {
    return impl_->clean_end();
}
FlushPlan PartitionLog::plan_flush() {
    return impl_->plan_flush();
}
void PartitionLog::flush_completed(const FlushPlan& plan) {
    impl_->flush_completed(plan);
}
void PartitionLog::flush_failed(const IoError& error) {
    static_cast<void>(impl_->fail(error));
}
IoResult<void> PartitionLog::flush() {
    return impl_->flush();
}
void PartitionLog::expire_producers(Timestamp before) {
    impl_->producers_.expire(before);
}
void PartitionLog::set_settings(const LogSettings& settings) {
    impl_->parameters_.settings = settings;
}
IoResult<void> PartitionLog::close() {
    return impl_->close();
}
Offset PartitionLog::log_start() const {
    return impl_->log_start_;
}
Offset PartitionLog::log_end() const {
    return impl_->log_end_;
}
Offset PartitionLog::recovery_point() const {
    return impl_->recovery_point_;
}
bool PartitionLog::failed() const {
    return impl_->failure_.has_value();
}
std::uint64_t PartitionLog::size_bytes() const {
    std::uint64_t sum = 0;
    for (const auto& [base, segment] : impl_->segments_) sum += segment->size();
    return sum;
}
std::size_t PartitionLog::segment_count() const {
    return impl_->segments_.size();
}
const std::string& PartitionLog::path() const {
    return impl_->parameters_.path;
}
void PartitionLog::moved_to(std::string path) {
    for (auto& [base, segment] : impl_->segments_) segment->moved_to(path);
    impl_->deleted_files_.clear();
    impl_->parameters_.path = std::move(path);
}
std::vector<ProducerState> PartitionLog::producers() const {
    return impl_->producers_.states();
}
std::span<const EpochEntry> PartitionLog::epochs() const {
    return impl_->epochs_.entries();
}

}  // namespace highwater::storage
