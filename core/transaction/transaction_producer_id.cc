#include <utility>

#include "core/transaction/transaction_coordinator.h"
#include "core/transaction/transaction_step.h"

// InitProducerId: who holds a transactional id from now on (KIP-98, KIP-360).

namespace highwater {
namespace {

/// KIP-360: a producer that names what it had may go on if it holds the id, or if it had the producer id before the
/// present one until its epochs were exhausted, and did not hear of the change.
bool may_hold(const TransactionMetadata& known, const ProducerClaim& expected) {
    if (expected.id == known.producer_id) return true;
    return expected.id == known.previous_producer_id && is_exhausted(expected.epoch);
}

}  // namespace

std::optional<ProducerEpoch> TransactionCoordinator::former_epoch(const std::string& id) const {
    const auto found = former_epochs_.find(id);
    return found == former_epochs_.end() ? std::nullopt : std::optional(found->second);
}

void TransactionCoordinator::on(Step& step, const InitProducerIdReceived& input) {
    const std::string& id = input.transactional_id;
    const InitProducerIdAnswer refused{.token = input.token};
    if (id.empty()) return step.refuse(refused, ErrorCode::invalid_request);
    if (input.timeout <= Duration{0} || input.timeout > config_.max_timeout) {
        return step.refuse(refused, ErrorCode::invalid_transaction_timeout);
    }
    if (moving_.contains(id)) return step.refuse(refused, ErrorCode::concurrent_transactions);
    const TransactionMetadata* known = find(id);
    if (known == nullptr) return give_new_producer(step, input);
    if (input.expected && !may_hold(*known, *input.expected)) return step.refuse(refused, ErrorCode::producer_fenced);
    if (is_prepared(known->state)) return step.refuse(refused, ErrorCode::concurrent_transactions);
    if (known->state != TransactionState::ongoing) return give_next_epoch(step, input, *known);

    // The transaction of whoever held the id ends first. This client comes again: another instance then gets an epoch
    // above the one that fences here, and the holder, who names what it had, that one.
    std::optional<ProducerEpoch> former;
    if (input.expected) {
        if (*input.expected != known->producer()) return step.refuse(refused, ErrorCode::producer_fenced);
        former = known->producer_epoch;
    }
    fence_and_abort(step, id, *known,
                    InitProducerIdAnswer{.token = input.token, .error = ErrorCode::concurrent_transactions}, former);
}

void TransactionCoordinator::give_new_producer(Step& step, const InitProducerIdReceived& input) {
    if (!spare_) {
        return step.refuse(InitProducerIdAnswer{.token = input.token}, ErrorCode::coordinator_load_in_progress);
    }
    TransactionMetadata to;
    to.producer_id = *std::exchange(spare_, std::nullopt);
    to.producer_epoch = ProducerEpoch{0};
    to.timeout = input.timeout;
    move(step, input.transactional_id, to, InitProducerIdAnswer{.token = input.token, .producer = to.producer()});
}

void TransactionCoordinator::give_next_epoch(Step& step, const InitProducerIdReceived& input,
                                             const TransactionMetadata& known) {
    const std::string& id = input.transactional_id;
    const bool holds = !input.expected || *input.expected == known.producer();
    std::optional<ProducerEpoch> former;
    if (!holds) {
        // A retry: the answer was lost. It hears it again, and the epoch stays.
        former = former_epoch(id);
        if (former != input.expected->epoch) {
            return step.refuse(InitProducerIdAnswer{.token = input.token}, ErrorCode::producer_fenced);
        }
    } else if (input.expected) {
        // Without an expectation it is another instance: nobody repeats a request of the former holder any more.
        former = known.producer_epoch;
    }
    TransactionMetadata to = known;
    to.state = TransactionState::empty;
    to.timeout = input.timeout;
    to.started.reset();
    if (holds || is_for_fencing(known.producer_epoch)) {
        if (is_exhausted(known.producer_epoch)) {
            if (!spare_) {
                return step.refuse(InitProducerIdAnswer{.token = input.token}, ErrorCode::coordinator_load_in_progress);
            }
            to.previous_producer_id = known.producer_id;
            to.producer_id = *std::exchange(spare_, std::nullopt);
            to.producer_epoch = ProducerEpoch{0};
        } else {
            to.producer_epoch = ProducerEpoch{static_cast<std::int16_t>(known.producer_epoch.value() + 1)};
        }
    }
    const InitProducerIdAnswer answer{.token = input.token, .producer = to.producer()};
    move(step, id, std::move(to), answer, former);
}

void TransactionCoordinator::fence_and_abort(Step& step, const std::string& id, const TransactionMetadata& known,
                                             Answer then, std::optional<ProducerEpoch> former) {
    TransactionMetadata to = known;
    to.state = TransactionState::prepare_abort;
    if (!is_for_fencing(known.producer_epoch)) {
        to.producer_epoch = ProducerEpoch{static_cast<std::int16_t>(known.producer_epoch.value() + 1)};
    } else {
        // A log that Kafka wrote may have one (KAFKA-20090): a marker of version 1 need not be above the records.
        to.client_version = kTransactionV1;
    }
    move(step, id, std::move(to), std::move(then), former);
}

}  // namespace highwater
