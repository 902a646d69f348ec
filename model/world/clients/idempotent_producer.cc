#include "model/world/clients/idempotent_producer.h"

#include <algorithm>

namespace highwater::model {
namespace {

/// The oldest batch that was sent and not acknowledged.
std::optional<std::uint8_t> oldest_unresolved(const IdempotentProducer& producer) {
    for (std::uint8_t i = 0; i < kMaxBatches; ++i) {
        const BatchStatus status = producer.status[i];
        if (status == BatchStatus::in_flight || status == BatchStatus::to_retry) return i;
    }
    return std::nullopt;
}

}  // namespace

IdempotentProducer::Sends IdempotentProducer::send(const Scope& scope) {
    Sends sends;
    const auto oldest = oldest_unresolved(*this);
    if (wants_new_epoch && scope.controls.new_epoch_does_not_wait) {
        wants_new_epoch = false;
        new_epoch_from = static_cast<std::uint8_t>(std::ranges::count(status, BatchStatus::acknowledged));
    }
    if (oldest && status[*oldest] == BatchStatus::to_retry) {
        status[*oldest] = BatchStatus::in_flight;
        sends.push_back(*oldest);
    }
    if (std::ranges::count(status, BatchStatus::to_retry) > 0) return sends;
    if (wants_new_epoch) {
        if (oldest) return sends;
        wants_new_epoch = false;
        new_epoch_from = static_cast<std::uint8_t>(std::ranges::count(status, BatchStatus::acknowledged));
    }
    auto in_flight = std::ranges::count(status, BatchStatus::in_flight);
    for (std::uint8_t i = 0; i < scope.batches && in_flight < scope.max_in_flight; ++i) {
        if (status[i] != BatchStatus::unsent) continue;
        status[i] = BatchStatus::in_flight;
        sends.push_back(i);
        ++in_flight;
    }
    return sends;
}

void IdempotentProducer::disconnected() {
    std::ranges::replace(status, BatchStatus::in_flight, BatchStatus::to_retry);
}

bool IdempotentProducer::answered(const Scope&, std::uint8_t batch, ErrorCode error) {
    if (error == ErrorCode::none || error == ErrorCode::duplicate_sequence_number) {
        status[batch] = BatchStatus::acknowledged;
        return true;
    }
    const bool oldest = oldest_unresolved(*this) == batch;
    status[batch] = BatchStatus::to_retry;
    switch (error) {
        case ErrorCode::out_of_order_sequence_number:
            return !oldest;
        case ErrorCode::kafka_storage_error:
        case ErrorCode::not_leader_or_follower:
        case ErrorCode::request_timed_out:
        case ErrorCode::not_enough_replicas:
        case ErrorCode::not_enough_replicas_after_append:
            return true;
        default:
            return false;
    }
}

bool IdempotentProducer::has_in_flight() const {
    return std::ranges::count(status, BatchStatus::in_flight) > 0;
}

bool IdempotentProducer::has_acknowledged() const {
    return std::ranges::count(status, BatchStatus::acknowledged) > 0;
}

bool IdempotentProducer::is_done(const Scope& scope) const {
    return std::ranges::count(status, BatchStatus::acknowledged) == scope.batches;
}

bool IdempotentProducer::has_unsent(const Scope& scope) const {
    return status[scope.batches - 1U] == BatchStatus::unsent;
}

std::uint8_t IdempotentProducer::sequence_of(std::uint8_t batch) const {
    std::uint8_t sequence = 0;
    for (std::uint8_t i = epoch_of(batch) == 1 ? new_epoch_from : 0; i < batch; ++i) {
        sequence = static_cast<std::uint8_t>(sequence + BatchId{0, i}.records());
    }
    return sequence;
}

}  // namespace highwater::model
