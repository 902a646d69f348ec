#include <utility>

#include "core/transaction/transaction_coordinator.h"
#include "core/transaction/transaction_step.h"

// EndTxn: the one decision about a transaction (KIP-98), bound to its producer epoch by version 2 (KIP-890).

namespace highwater {
namespace {

bool is_next(ProducerEpoch former, ProducerEpoch epoch) {
    return epoch.value() == former.value() + 1;
}

/// KIP-890: the request was carried out, and its answer lost: the id stands at the epoch after the one it names, or at
/// the first epoch of the producer id after the one it names.
bool is_repeated(const EndTransactionReceived& input, const TransactionMetadata& known) {
    if (input.producer.id == known.producer_id) return is_next(input.producer.epoch, known.producer_epoch);
    return input.producer.id == known.previous_producer_id && input.producer.epoch == kLastClientEpoch &&
           known.producer_epoch == ProducerEpoch{0};
}

/// KIP-890: whether the producer holds the id, or repeats the request with which it let go of this epoch. An epoch that
/// is not this transaction's ends nothing (KAFKA-17754).
bool may_end(const EndTransactionReceived& input, const TransactionMetadata& known) {
    if (is_for_fencing(input.producer.epoch)) return false;
    const bool holds = input.producer == known.producer();
    if (!bumps_epoch_at_end(input.version)) return holds;
    if (is_prepared(known.state)) return is_repeated(input, known);
    // Whoever was fenced at the last of its epochs cannot go on with the one that fenced it.
    const bool may_go_on = !is_for_fencing(known.producer_epoch);
    if (is_complete(known.state)) return holds || (may_go_on && is_repeated(input, known));
    return holds;
}

}  // namespace

void TransactionCoordinator::on(Step& step, const EndTransactionReceived& input) {
    const std::string& id = input.transactional_id;
    const EndTransactionAnswer refused{.token = input.token};
    if (id.empty()) return step.refuse(refused, ErrorCode::invalid_request);
    const TransactionMetadata* known = find(id);
    if (known == nullptr) return step.refuse(refused, ErrorCode::invalid_producer_id_mapping);
    const bool names_previous = bumps_epoch_at_end(input.version) && is_repeated(input, *known);
    if (input.producer.id != known->producer_id && !names_previous) {
        return step.refuse(refused, ErrorCode::invalid_producer_id_mapping);
    }
    if (!may_end(input, *known)) return step.refuse(refused, ErrorCode::producer_fenced);
    // After that: whoever is fenced hears so whatever is under way, since epochs only rise.
    if (moving_.contains(id)) return step.refuse(refused, ErrorCode::concurrent_transactions);
    if (const auto answer = answer_without_moving(input, *known)) return step.answer(*answer);
    end(step, input, *known);
}

std::optional<EndTransactionAnswer> TransactionCoordinator::answer_without_moving(
    const EndTransactionReceived& input, const TransactionMetadata& known) const {
    const auto told = [&](ErrorCode error) { return EndTransactionAnswer{.token = input.token, .error = error}; };
    const EndTransactionAnswer done{.token = input.token, .producer = known.producer()};
    const bool is_v2 = bumps_epoch_at_end(input.version);
    const bool is_repetition = !is_v2 || is_repeated(input, known);
    switch (known.state) {
        case TransactionState::ongoing:
            return std::nullopt;
        case TransactionState::prepare_commit:
        case TransactionState::prepare_abort:
            return told(input.commit == (known.state == TransactionState::prepare_commit)
                            ? ErrorCode::concurrent_transactions
                            : ErrorCode::invalid_txn_state);
        case TransactionState::complete_commit:
        case TransactionState::complete_abort:
            if (is_repetition) {
                const bool same = input.commit == (known.state == TransactionState::complete_commit);
                return same ? done : told(ErrorCode::invalid_txn_state);
            }
            break;
        case TransactionState::empty:
            if (!is_v2) return told(ErrorCode::invalid_txn_state);
            break;
    }
    // KIP-890: nothing was added. A producer that does not know that may abort, and goes on with the next epoch.
    if (input.commit) return told(ErrorCode::invalid_txn_state);
    return std::nullopt;
}

void TransactionCoordinator::end(Step& step, const EndTransactionReceived& input, const TransactionMetadata& known) {
    const std::string& id = input.transactional_id;
    TransactionMetadata to = known;
    to.state = input.commit ? TransactionState::prepare_commit : TransactionState::prepare_abort;
    if (known.state != TransactionState::ongoing) to.started = step.wall;
    to.client_version = input.version;
    EndTransactionAnswer answer{.token = input.token, .producer = known.producer()};
    auto former = former_epoch(id);
    if (bumps_epoch_at_end(input.version)) {
        // The marker's epoch is above every batch's: what comes late of this transaction is fenced by it.
        to.producer_epoch = ProducerEpoch{static_cast<std::int16_t>(known.producer_epoch.value() + 1)};
        answer.producer.epoch = to.producer_epoch;
        former = known.producer_epoch;
        if (is_exhausted(known.producer_epoch)) {
            if (!spare_) return step.refuse(answer, ErrorCode::coordinator_load_in_progress);
            to.next_producer_id = std::exchange(spare_, std::nullopt);
            answer.producer = {*to.next_producer_id, ProducerEpoch{0}};
        }
    }
    move(step, id, std::move(to), answer, former);
}

}  // namespace highwater
