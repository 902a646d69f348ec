#include "core/log/replica_log.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/invariant.h"

namespace highwater {
namespace {

bool fits_after(Offset end_offset, std::int32_t last_offset_delta) {
    return end_offset.value() <= std::numeric_limits<std::int64_t>::max() - last_offset_delta - 1;
}

/// What the wire cannot promise and the log relies on.
bool is_well_formed(const BatchFacts& batch) {
    if (batch.last_offset_delta < 0) return false;
    if (!batch.producer) return !batch.marker && !batch.transactional;
    const ProducerStamp& stamp = *batch.producer;
    if (stamp.id.value() < 0 || stamp.epoch.value() < 0) return false;
    if (batch.marker) return !stamp.base_sequence;
    // What a group coordinator writes of a transaction has no sequence: the coordinator repeats nothing.
    return stamp.base_sequence ? stamp.base_sequence->value() >= 0 : batch.transactional;
}

}  // namespace

ReplicaLog::ReplicaLog(Offset start_offset, ProducerLimits limits)
    : limits_(limits),
      start_(start_offset),
      end_(start_offset),
      written_(start_offset),
      durable_(start_offset),
      high_watermark_(start_offset),
      settled_(start_offset) {}

Result<ReplicaLog> ReplicaLog::load(const LogCheckpoint& checkpoint, Time now, ProducerLimits limits) {
    if (checkpoint.log_start_offset.value() < 0 || checkpoint.replay_from < checkpoint.log_start_offset) {
        return refuse(ErrorCode::corrupt_message);
    }
    ReplicaLog log{checkpoint.log_start_offset, limits};
    log.end_ = checkpoint.replay_from;
    log.settled_ = checkpoint.replay_from;
    for (const EpochEntry& entry : checkpoint.epochs) {
        const auto latest = log.epochs_.latest();
        if (latest && (entry.epoch <= latest->epoch || entry.start_offset <= latest->start_offset)) continue;
        log.epochs_.assign(entry.epoch, entry.start_offset);
    }
    log.epochs_.truncate_from_start(log.start_);
    for (ProducerState producer : checkpoint.producers) {
        producer.last_active = now;
        log.put_producer(producer);
    }
    for (const AbortedTransaction& aborted : checkpoint.aborted) {
        const auto items = log.aborted_.items();
        if (aborted.marker_offset < log.start_) continue;
        if (!items.empty() && aborted.marker_offset <= items.back().marker_offset) continue;
        log.aborted_.add(aborted);
    }
    return log;
}

void ReplicaLog::finish_load() {
    epochs_.truncate_from_end(end_);
}

std::optional<Offset> ReplicaLog::first_unstable_offset() const {
    std::optional<Offset> first;
    if (!ongoing_.empty()) first = ongoing_.front().first_offset;
    for (const CompletedTransaction& completed : completed_) {
        if (!first || completed.first_offset < *first) first = completed.first_offset;
    }
    if (first) first = std::max(*first, start_);
    return first;
}

Offset ReplicaLog::last_stable_offset() const {
    return std::min(high_watermark_, first_unstable_offset().value_or(high_watermark_));
}

std::optional<EpochEndOffset> ReplicaLog::end_offset_for(LeaderEpoch epoch) const {
    return epochs_.end_offset_for(epoch, end_);
}

const ProducerState* ReplicaLog::producer(ProducerId id, Time now) const {
    const ProducerState* known = producers_.find(id);
    return known && !is_expired(*known, now, limits_.expiration) ? known : nullptr;
}

std::vector<ProducerState> ReplicaLog::producer_snapshot(Time now) const {
    std::vector<ProducerState> snapshot;
    for (const ProducerState& producer : producers_) {
        if (!is_expired(producer, now, limits_.expiration)) snapshot.push_back(producer);
    }
    return snapshot;
}

std::span<const OngoingTransaction> ReplicaLog::ongoing_transactions() const {
    return {ongoing_.data(), ongoing_.size()};
}

std::vector<AbortedTransaction> ReplicaLog::aborted_transactions(Offset from, Offset to) const {
    return aborted_.overlapping(from, to);
}

Result<std::optional<DuplicateBatch>> ReplicaLog::check_append(const BatchFacts& batch, Time now,
                                                               TransactionVersion version) const {
    if (!is_well_formed(batch) || !fits_after(end_, batch.last_offset_delta)) return refuse(ErrorCode::invalid_record);
    if (!batch.producer) return std::nullopt;
    const ProducerState* known = producer(batch.producer->id, now);
    if (known) {
        if (const SequencedBatch* original = find_duplicate(*known, batch)) {
            return DuplicateBatch{original->base_offset(), original->last_offset.next(), original->timestamp};
        }
    }
    const auto allowed = batch.marker ? check_marker(known, batch, version) : check_batch(known, batch, version);
    if (!allowed) return refuse(allowed.error());
    if (!producers_.find(batch.producer->id) && !has_room_for_producer(now)) {
        return refuse(ErrorCode::throttling_quota_exceeded);
    }
    return std::nullopt;
}

Appended ReplicaLog::append_as_leader(LeaderEpoch epoch, const BatchFacts& batch, Time now) {
    BatchFacts stamped = batch;
    stamped.base_offset = end_;
    stamped.leader_epoch = epoch;
    return append(stamped, now);
}

Result<void> ReplicaLog::check_replicated(const BatchFacts& batch) const {
    const bool has_place = batch.last_offset_delta >= 0 && batch.base_offset >= end_ &&
                           fits_after(batch.base_offset, batch.last_offset_delta);
    if (!has_place) return refuse(ErrorCode::corrupt_message);
    if (batch.marker && !batch.producer) return refuse(ErrorCode::corrupt_message);
    const auto latest = epochs_.latest();
    if (latest && batch.leader_epoch < latest->epoch && latest->start_offset <= batch.base_offset) {
        return refuse(ErrorCode::corrupt_message);
    }
    return {};
}

Appended ReplicaLog::append_replicated(const BatchFacts& batch, Time now) {
    return append(batch, now);
}

Appended ReplicaLog::append(const BatchFacts& batch, Time now) {
    HIGHWATER_INVARIANT(batch.base_offset >= end_ && batch.last_offset_delta >= 0, "{} in {}", batch, *this);
    Appended appended;
    appended.facts = batch;
    if (begins_epoch(batch)) {
        epochs_.assign(batch.leader_epoch, batch.base_offset);
        appended.epoch_started = EpochEntry{batch.leader_epoch, batch.base_offset};
    }
    end_ = batch.end_offset();
    if (!batch.producer) return appended;

    const ProducerId id = batch.producer->id;
    const ProducerState* stored = producers_.find(id);
    undo_.push_back({batch.base_offset, end_, id, stored ? std::optional{*stored} : std::nullopt});
    if (!stored && producers_.size() >= limits_.max_producers) make_room(now);
    const ProducerState* known = producer(id, now);
    if (known && batch.marker) appended.aborted = complete_transaction(*known, batch);
    put_producer(after_batch(known, batch, now));
    if (!stored && producers_.size() >= limits_.max_producers) note_longest_idle();
    return appended;
}

/// False for a batch whose epoch the history knows already, which while replaying may be ahead of the batches.
bool ReplicaLog::begins_epoch(const BatchFacts& batch) const {
    const auto latest = epochs_.latest();
    if (!latest || latest->epoch < batch.leader_epoch) return true;
    return latest->epoch == batch.leader_epoch && batch.base_offset < latest->start_offset;
}

std::optional<AbortedTransaction> ReplicaLog::complete_transaction(const ProducerState& known,
                                                                   const BatchFacts& marker) {
    if (!known.transaction_first_offset) return std::nullopt;  // nothing of it in this partition
    const Offset first_offset = *known.transaction_first_offset;
    completed_.push_back({first_offset, marker.base_offset});
    if (marker.marker->commit) return std::nullopt;
    const auto* other = std::find_if(ongoing_.begin(), ongoing_.end(),
                                     [&known](const OngoingTransaction& o) { return o.producer != known.id; });
    const Offset stable = other == ongoing_.end() ? marker.end_offset() : other->first_offset;
    const AbortedTransaction aborted{known.id, first_offset, marker.base_offset, stable};
    aborted_.add(aborted);
    return aborted;
}

void ReplicaLog::put_producer(const ProducerState& state) {
    const ProducerState* old = producers_.find(state.id);
    const auto before = old ? old->transaction_first_offset : std::nullopt;
    if (before != state.transaction_first_offset) {
        if (before) {
            const OngoingTransaction gone{*before, state.id};
            ongoing_.erase(std::lower_bound(ongoing_.begin(), ongoing_.end(), gone));
        }
        if (state.transaction_first_offset) {
            const OngoingTransaction opened{*state.transaction_first_offset, state.id};
            ongoing_.insert(std::lower_bound(ongoing_.begin(), ongoing_.end(), opened), opened);
        }
    }
    producers_.put(state);
}

void ReplicaLog::forget_producer(ProducerId id) {
    const ProducerState* old = producers_.find(id);
    if (!old) return;
    if (old->transaction_first_offset) {
        const OngoingTransaction gone{*old->transaction_first_offset, id};
        ongoing_.erase(std::lower_bound(ongoing_.begin(), ongoing_.end(), gone));
    }
    producers_.erase(id);
}

bool ReplicaLog::may_be_forgotten(const ProducerState& producer, Time now) const {
    return is_expired(producer, now, std::min(limits_.expiration, limits_.protected_for));
}

bool ReplicaLog::has_room_for_producer(Time now) const {
    if (producers_.size() < limits_.max_producers) return true;
    if (now < nobody_idle_before_) return false;
    return std::any_of(producers_.begin(), producers_.end(),
                       [&](const ProducerState& producer) { return may_be_forgotten(producer, now); });
}

/// Forgets a sixteenth of the producers, those idle for the longest time, so that the search pays for many additions.
/// Never one with an open transaction. Only a follower, which must take what its leader took, forgets active ones.
void ReplicaLog::make_room(Time now) {
    std::vector<std::pair<Time, ProducerId>> idle;
    std::vector<std::pair<Time, ProducerId>> active;
    for (const ProducerState& producer : producers_) {
        if (producer.transaction_first_offset) continue;
        (may_be_forgotten(producer, now) ? idle : active).emplace_back(producer.last_active, producer.id);
    }
    auto& candidates = idle.empty() ? active : idle;
    const std::size_t count = std::min(candidates.size(), std::max<std::size_t>(1, limits_.max_producers / 16));
    std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count), candidates.end());
    for (std::size_t i = 0; i < count; ++i) forget_producer(candidates[i].second);
}

void ReplicaLog::note_longest_idle() {
    Time oldest{std::numeric_limits<std::int64_t>::max()};
    for (const ProducerState& producer : producers_) oldest = std::min(oldest, producer.last_active);
    nobody_idle_before_ = oldest + std::min(limits_.expiration, limits_.protected_for);
}

bool ReplicaLog::start_epoch(LeaderEpoch epoch) {
    return epochs_.assign(epoch, end_);
}

void ReplicaLog::mark_written(Offset offset) {
    written_ = std::max(written_, std::min(offset, end_));
}

void ReplicaLog::mark_durable(Offset offset) {
    durable_ = std::max(durable_, std::min(offset, written_));
}

void ReplicaLog::raise_high_watermark(Offset offset) {
    high_watermark_ = std::max(high_watermark_, std::min(offset, end_));
    settled_ = std::max(settled_, high_watermark_);
    while (!undo_.empty() && undo_.front().end_offset <= high_watermark_) undo_.pop_front();
    std::size_t passed = 0;
    while (passed < completed_.size() && completed_[passed].marker_offset < high_watermark_) ++passed;
    completed_.erase(completed_.begin(), completed_.begin() + passed);
}

void ReplicaLog::truncate_to(Offset end_offset) {
    HIGHWATER_INVARIANT(can_truncate_to(end_offset), "truncate to {} of {}", end_offset, *this);
    const Offset cut = std::min(end_offset, end_);
    while (!undo_.empty() && undo_.back().end_offset > cut) {
        const Undo& last = undo_.back();
        // A producer that was forgotten in the meantime stays forgotten.
        if (!last.before) {
            forget_producer(last.producer);
        } else if (producers_.find(last.producer)) {
            put_producer(*last.before);
        }
        undo_.pop_back();
    }
    while (!completed_.empty() && completed_.back().marker_offset >= cut) completed_.pop_back();
    aborted_.truncate_from_end(cut);
    epochs_.truncate_from_end(cut);
    end_ = cut;
    written_ = std::min(written_, cut);
    durable_ = std::min(durable_, cut);
}

void ReplicaLog::advance_start(Offset offset) {
    HIGHWATER_INVARIANT(offset <= high_watermark_, "start at {} in {}", offset, *this);
    if (offset <= start_) return;
    start_ = offset;
    epochs_.truncate_from_start(start_);
    aborted_.truncate_from_start(start_);
}

void ReplicaLog::restart_at(Offset offset) {
    const ProducerLimits limits = limits_;
    *this = ReplicaLog{offset, limits};
}

}  // namespace highwater
