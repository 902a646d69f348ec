#include "core/log/producer_state.h"

#include <algorithm>
#include <limits>

#include "core/base/invariant.h"

namespace highwater {
namespace {

constexpr std::int64_t kSequences = std::int64_t{std::numeric_limits<std::int32_t>::max()} + 1;

Sequence last_sequence_of(const BatchFacts& batch) {
    return batch.producer->base_sequence->plus(batch.last_offset_delta);
}

}  // namespace

Sequence SequencedBatch::first_sequence() const {
    const std::int64_t first = (std::int64_t{last_sequence.value()} - offset_delta + kSequences) % kSequences;
    return Sequence{static_cast<std::int32_t>(first)};
}

const SequencedBatch* find_duplicate(const ProducerState& known, const BatchFacts& batch) {
    if (!batch.producer || !batch.producer->base_sequence || batch.producer->epoch != known.epoch) return nullptr;
    const auto* found = std::find_if(known.batches.begin(), known.batches.end(), [&batch](const SequencedBatch& b) {
        return b.first_sequence() == *batch.producer->base_sequence && b.last_sequence == last_sequence_of(batch);
    });
    return found == known.batches.end() ? nullptr : found;
}

bool is_fenced(const ProducerState& known, ProducerEpoch epoch) {
    return epoch < known.epoch;
}

bool is_fenced(const ProducerState& known, CoordinatorEpoch epoch) {
    return known.coordinator_epoch && epoch < *known.coordinator_epoch;
}

bool starts_new_epoch_in_order(const BatchFacts& batch) {
    return batch.producer->base_sequence.value_or(Sequence{0}) == Sequence{0};
}

bool is_next_in_sequence(const ProducerState& known, Sequence base_sequence) {
    const Sequence expected = known.batches.empty() ? Sequence{0} : known.batches.back().last_sequence.next();
    return base_sequence == expected;
}

bool leaves_open_transaction(const ProducerState& known, const BatchFacts& batch) {
    return known.transaction_first_offset && !batch.transactional;
}

bool has_open_transaction(const ProducerState& known, ProducerEpoch epoch) {
    return known.transaction_first_offset && epoch == known.epoch;
}

bool is_late_marker(const ProducerState& known, ProducerEpoch marker_epoch, TransactionVersion version) {
    return bumps_epoch_at_end(version) && has_open_transaction(known, marker_epoch);
}

bool is_expired(const ProducerState& known, Time now, Duration expiration) {
    return !known.transaction_first_offset && now - known.last_active >= expiration;
}

Result<void> check_batch(const ProducerState* known, const BatchFacts& batch, TransactionVersion version) {
    if (known == nullptr) {
        const bool begins = !batch.transactional || !bumps_epoch_at_end(version) || starts_new_epoch_in_order(batch);
        return begins ? Result<void>{} : refuse(ErrorCode::out_of_order_sequence_number);
    }
    const ProducerStamp& stamp = *batch.producer;
    if (is_fenced(*known, stamp.epoch)) return refuse(ErrorCode::invalid_producer_epoch);
    const bool goes_on = stamp.epoch == known->epoch && stamp.base_sequence.has_value();
    const bool in_order =
        goes_on ? is_next_in_sequence(*known, *stamp.base_sequence) : starts_new_epoch_in_order(batch);
    if (!in_order) return refuse(ErrorCode::out_of_order_sequence_number);
    if (leaves_open_transaction(*known, batch)) return refuse(ErrorCode::invalid_txn_state);
    return {};
}

Result<void> check_marker(const ProducerState* known, const BatchFacts& marker, TransactionVersion version) {
    if (known == nullptr) return {};
    if (is_late_marker(*known, marker.producer->epoch, version)) return refuse(ErrorCode::invalid_producer_epoch);
    if (is_fenced(*known, marker.producer->epoch)) return refuse(ErrorCode::invalid_producer_epoch);
    if (is_fenced(*known, marker.marker->coordinator_epoch)) return refuse(ErrorCode::transaction_coordinator_fenced);
    return {};
}

ProducerState after_batch(const ProducerState* known, const BatchFacts& batch, Time now) {
    HIGHWATER_INVARIANT(batch.producer, "a batch without producer: {}", batch);
    const ProducerStamp& stamp = *batch.producer;
    ProducerState state;
    if (known) state = *known;
    state.id = stamp.id;
    if (stamp.epoch != state.epoch) {
        state.epoch = stamp.epoch;
        state.batches.clear();
    }
    if (batch.marker) {
        state.coordinator_epoch = batch.marker->coordinator_epoch;
        state.transaction_first_offset.reset();
    } else if (stamp.base_sequence) {
        if (state.batches.full()) state.batches.pop_front();
        state.batches.push_back({.last_offset = batch.last_offset(),
                                 .timestamp = batch.max_timestamp,
                                 .last_sequence = last_sequence_of(batch),
                                 .offset_delta = batch.last_offset_delta});
    }
    if (!batch.marker && batch.transactional && !state.transaction_first_offset) {
        state.transaction_first_offset = batch.base_offset;
    }
    state.last_timestamp = batch.max_timestamp;
    state.last_active = std::max(state.last_active, now);
    return state;
}

}  // namespace highwater
