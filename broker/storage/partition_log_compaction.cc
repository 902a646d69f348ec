// Compaction of a PartitionLog: what may be compacted, and the swap of what a pass wrote (KIP-58, KIP-354, KIP-534).
#include <algorithm>

#include "broker/storage/partition_log_impl.h"
#include "broker/storage/transaction_index.h"
#include "core/base/invariant.h"

namespace highwater::storage {

std::vector<CompactionPlan::Source> PartitionLog::Impl::compactable(const CompactionSettings& settings, Timestamp now,
                                                                    Offset last_stable_offset) {
    std::vector<CompactionPlan::Source> sources;
    if (failure_ || closed_) return sources;
    const Offset limit = std::min(last_stable_offset, recovery_point_);
    for (auto it = segments_.begin(); std::next(it) != segments_.end(); ++it) {
        Segment& segment = *it->second;
        const Offset end = end_of(it);
        if (end > limit || damage_in(it->first, end) != nullptr) break;
        if (settings.min_lag.count() > 0 && end > clean_end()) {
            if (!use_indexes(segment) || !segment.is_intact()) break;
            const auto largest = segment.largest_timestamp();
            const Timestamp written = largest ? largest->timestamp : segment.opened();
            if (now.value() - written.value() < settings.min_lag.count()) break;
        }
        sources.push_back({.base = it->first, .end = end, .size_bytes = segment.size()});
    }
    return sources;
}

PartitionLog::CompactionNeed PartitionLog::Impl::compaction_need(const CompactionSettings& settings, Timestamp now,
                                                                 Offset last_stable_offset) {
    std::uint64_t clean = 0;
    std::uint64_t dirty = 0;
    std::optional<Offset> first_dirty;
    for (const CompactionPlan::Source& source : compactable(settings, now, last_stable_offset)) {
        const bool is_clean = source.end <= clean_end();
        (is_clean ? clean : dirty) += source.size_bytes;
        if (!is_clean && !first_dirty) first_dirty = source.base;
    }
    if (dirty == 0) return {};
    CompactionNeed need{.dirty_ratio = static_cast<double>(dirty) / static_cast<double>(clean + dirty)};
    need.is_due = need.dirty_ratio > settings.min_dirty_ratio;
    if (!need.is_due && settings.max_lag != std::chrono::milliseconds::max()) {
        Segment& oldest = *segments_.at(*first_dirty);
        const auto largest = use_indexes(oldest) ? oldest.largest_timestamp() : std::nullopt;
        const Timestamp written = largest ? largest->timestamp : oldest.opened();
        need.is_due = now.value() - written.value() > settings.max_lag.count();
    }
    return need;
}

CompactionPlan PartitionLog::Impl::plan_compaction(const CompactionSettings& settings, Timestamp now,
                                                   Offset last_stable_offset, std::uint64_t key_memory_bytes) {
    CompactionPlan::Parameters plan{.path = parameters_.path,
                                    .settings = parameters_.settings,
                                    .sources = compactable(settings, now, last_stable_offset),
                                    .first_dirty = clean_end(),
                                    .aborted = aborted_,
                                    .kept_for_producers = {},
                                    .now = now,
                                    .delete_retention = settings.delete_retention,
                                    .key_memory_bytes = key_memory_bytes,
                                    .generation = generation_};
    HIGHWATER_INVARIANT(!plan.sources.empty(), "nothing in {} may be compacted", parameters_.path);
    for (const ProducerState& producer : producers_.states()) {
        for (const SequencedBatch& batch : producer.batches) plan.kept_for_producers.insert(batch.last_offset);
    }
    return CompactionPlan(files_, std::move(plan));
}

bool PartitionLog::Impl::is_still_there(const CompactionPlan& plan) const {
    const CompactionPlan::Parameters& read = plan.parameters();
    return read.generation == generation_ && read.path == parameters_.path &&
           std::ranges::all_of(read.sources, [&](const CompactionPlan::Source& source) {
               const auto segment = segments_.find(source.base);
               return segment != segments_.end() && segment->second->size() == source.size_bytes &&
                      end_of(segment) == source.end;
           });
}

IoResult<bool> PartitionLog::Impl::compaction_completed(const CompactionPlan& plan, CompactionResult result,
                                                        Timestamp now) {
    const auto alive = check_alive();
    if (!alive || !is_still_there(plan)) {
        for (const CompactedSegment& compacted : result.segments) compacted.segment->remove_files();
        return alive ? IoResult<bool>(false) : refuse(alive.error());
    }
    for (CompactedSegment& compacted : result.segments) {
        if (auto swapped = swap(std::move(compacted), now); !swapped) return fail(swapped.error());
    }
    clean_end_ = std::max(clean_end(), result.clean_end);
    return true;
}

/// At every moment a power loss leaves either what was there, or a `.swap` that recovery puts in place: the directory
/// is synced before the first old file goes, and before a new one takes an old one's name.
IoResult<void> PartitionLog::Impl::swap(CompactedSegment compacted, Timestamp now) {
    Segment& segment = *compacted.segment;
    const auto last = segments_.find(compacted.replaces.back());
    const Offset end = end_of(last);
    const auto first_aborted =
        std::ranges::lower_bound(aborted_, segment.base(), {}, &AbortedTransaction::marker_offset);
    const auto end_aborted = std::ranges::lower_bound(aborted_, end, {}, &AbortedTransaction::marker_offset);
    if (first_aborted != end_aborted) {
        const auto index = encode_transaction_index(std::span(first_aborted, end_aborted));
        if (auto written = replace_file(files_, segment.path(kTransactionIndexSuffix), Bytes(index)); !written)
            return written;
    }
    if (auto renamed = segment.rename_files(kSwapSuffix); !renamed) return renamed;
    if (auto synced = files_.sync_directory(parameters_.path); !synced) return synced;

    for (const Offset base : compacted.replaces) {
        const auto old = segments_.find(base);
        for (const std::string_view suffix : kSegmentSuffixes) {
            const std::string path = old->second->path(suffix);
            const std::string renamed = path + std::string(kDeletedSuffix);
            const auto done = files_.rename(path, renamed);
            if (!done && !done.error().is_not_found()) return done;
            if (done) deleted_files_.push_back({renamed, now});
        }
        // The first one's snapshot is the new one's.
        if (base != segment.base()) remove_snapshots([&](Offset offset) { return offset == base; });
        if (cold_ == old->second.get()) cold_ = nullptr;
        segments_.erase(old);
    }
    if (auto synced = files_.sync_directory(parameters_.path); !synced) return synced;

    if (auto renamed = segment.rename_files({}); !renamed) return renamed;
    directory_is_dirty_ = true;
    segment.release_indexes();
    segments_.insert_or_assign(segment.base(), std::move(compacted.segment));
    return {};
}

}  // namespace highwater::storage
