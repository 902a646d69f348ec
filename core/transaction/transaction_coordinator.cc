#include "core/transaction/transaction_coordinator.h"

#include <utility>

#include "core/base/invariant.h"
#include "core/transaction/transaction_step.h"

// The states of a transactional id, and what moves it; each move is one record (KIP-98, KIP-360, KIP-890):
//
//   -, empty, complete -> empty             InitProducerId: a new epoch, or a new producer id when epochs are exhausted
//   empty, complete    -> ongoing           the first partitions are added
//   ongoing            -> ongoing           more of them
//   ongoing            -> prepare           EndTxn: decided for good; of version 2 with the next epoch
//   ongoing            -> prepare_abort     InitProducerId of another instance, or the timeout: with the next epoch
//   empty, complete    -> prepare_abort     EndTxn of version 2: a producer that does not know whether it added any
//   prepare            -> complete          every partition has its marker; a next producer id takes over
//   empty, complete    -> -                 nobody used it for transactional.id.expiration.ms
//
// Nobody hears of a move that is not committed, and markers leave only after the record that decides them is, so a
// coordinator that takes over goes on from what was heard.

namespace highwater {

void TransactionCoordinator::step(Time now, Timestamp wall, const TransactionInput& input,
                                  TransactionEffects& effects) {
    Step step{now, wall, effects};
    std::visit([&](const auto& one) { on(step, one); }, input);
    const auto next = deadlines_.next();
    if (next && next != wake_at_) effects.emplace_back(WakeTransactionsAt{*next});
    wake_at_ = next;
}

const TransactionMetadata* TransactionCoordinator::find(std::string_view transactional_id) const {
    const auto found = transactions_.find(transactional_id);
    return found == transactions_.end() ? nullptr : &found->second;
}

void TransactionCoordinator::on(Step&, const TransactionRecordLoaded& input) {
    HIGHWATER_INVARIANT(!epoch_, "a record is loaded into a coordinator that serves");
    apply(input.record);
}

void TransactionCoordinator::on(Step& step, const TransactionsLoaded& input) {
    epoch_ = input.epoch;
    // What the former coordinator had under way goes on here. A transaction that is open gets a whole timeout: the
    // former coordinator's clock is not this one's.
    for (const auto& [id, known] : transactions_) go_on_from(step, id);
}

void TransactionCoordinator::on(Step& step, const TransactionsUnloaded&) {
    for (const auto& [write, move] : std::exchange(writes_, {})) step.refuse(move.then, ErrorCode::not_coordinator);
    epoch_.reset();
    transactions_.clear();
    former_epochs_.clear();
    moving_.clear();
    marking_.clear();
    deadlines_.clear_all();
}

void TransactionCoordinator::on(Step&, const ProducerIdGranted& input) {
    HIGHWATER_INVARIANT(!spare_, "producer id {} is granted and {} was not used", input.id, *spare_);
    spare_ = input.id;
}

void TransactionCoordinator::apply(const TransactionRecord& record) {
    if (record.value) {
        transactions_.insert_or_assign(record.transactional_id, *record.value);
    } else {
        transactions_.erase(record.transactional_id);
    }
}

void TransactionCoordinator::move(Step& step, const std::string& id, TransactionMetadata to, Answer then,
                                  std::optional<ProducerEpoch> former_epoch) {
    to.last_update = step.wall;
    write(step, {{id, std::move(to)}, std::move(then), former_epoch});
}

void TransactionCoordinator::write(Step& step, Move move) {
    const bool was_free = moving_.insert(move.record.transactional_id).second;
    HIGHWATER_INVARIANT(was_free, "two moves of {} at a time", move.record.transactional_id);
    const TransactionWrite write = next_write_;
    next_write_ = TransactionWrite{write.value() + 1};
    step.effects.emplace_back(WriteTransactionRecord{write, move.record});
    writes_.emplace(write, std::move(move));
}

void TransactionCoordinator::on(Step& step, const TransactionWriteCommitted& input) {
    const auto found = writes_.find(input.write);
    // Of a leadership that is over: what it wrote was loaded since, or will be.
    if (found == writes_.end()) return;
    HIGHWATER_INVARIANT(found == writes_.begin(), "write {} is committed before {}", input.write,
                        writes_.begin()->first);
    Move done = std::move(found->second);
    writes_.erase(found);
    const std::string& id = done.record.transactional_id;
    moving_.erase(id);
    apply(done.record);
    if (done.former_epoch) {
        former_epochs_.insert_or_assign(id, *done.former_epoch);
    } else {
        former_epochs_.erase(id);
    }
    step.answer(std::move(done.then));
    go_on_from(step, id);
}

// Where the id stands now asks for this.
void TransactionCoordinator::go_on_from(Step& step, const std::string& id) {
    const DeadlineKey timeout{id, DeadlineKey::Kind::timeout};
    const TransactionMetadata* known = find(id);
    if (known == nullptr || known->state != TransactionState::ongoing) {
        deadlines_.clear(timeout);
    } else if (!deadlines_.of(timeout)) {
        deadlines_.set(timeout, step.now + known->timeout);
    }
    if (known != nullptr && is_prepared(known->state)) send_markers(step, id);
}

namespace {

/// What a client is told when the record of its move did not get into the log (`TransactionStateManager`).
ErrorCode told_of(ErrorCode error) {
    switch (error) {
        case ErrorCode::not_leader_or_follower:
        case ErrorCode::kafka_storage_error:
            return ErrorCode::not_coordinator;
        case ErrorCode::unknown_topic_or_partition:
        case ErrorCode::not_enough_replicas:
        case ErrorCode::not_enough_replicas_after_append:
        case ErrorCode::request_timed_out:
            return ErrorCode::coordinator_not_available;
        default:
            return ErrorCode::unknown_server_error;
    }
}

}  // namespace

void TransactionCoordinator::on(Step& step, const TransactionWriteFailed& input) {
    const auto found = writes_.find(input.write);
    if (found == writes_.end()) return;
    const Move failed = std::move(found->second);
    writes_.erase(found);
    const std::string& id = failed.record.transactional_id;
    moving_.erase(id);
    step.refuse(failed.then, told_of(input.error));
    // Nobody else would try again what nobody asked for.
    const TransactionMetadata* known = find(id);
    if (known == nullptr || !std::holds_alternative<NothingMore>(failed.then)) return;
    if (known->state == TransactionState::ongoing) {
        deadlines_.set({id, DeadlineKey::Kind::timeout}, step.now + config_.retry_backoff);
    } else if (is_prepared(known->state)) {
        deadlines_.set({id, DeadlineKey::Kind::retry}, step.now + config_.retry_backoff);
    }
}

void TransactionCoordinator::on(Step& step, const TransactionDeadlineReached&) {
    wake_at_.reset();
    while (const auto due = deadlines_.take_due(step.now)) {
        if (due->kind == DeadlineKey::Kind::timeout) {
            timed_out(step, due->transactional_id);
        } else {
            send_again(step, due->transactional_id);
        }
    }
}

// KIP-98: a transaction that takes too long is aborted, and its producer fenced by the next epoch.
void TransactionCoordinator::timed_out(Step& step, const std::string& id) {
    const TransactionMetadata* known = find(id);
    if (known == nullptr || known->state != TransactionState::ongoing) return;
    // A move is on its way: what becomes of the transaction is known when it is there.
    if (moving_.contains(id)) {
        deadlines_.set({id, DeadlineKey::Kind::timeout}, step.now + config_.retry_backoff);
        return;
    }
    fence_and_abort(step, id, *known, NothingMore{}, std::nullopt);
}

void TransactionCoordinator::on(Step& step, const ExpireTransactionalIds&) {
    for (const auto& [id, known] : transactions_) {
        const bool is_idle = known.state == TransactionState::empty || is_complete(known.state);
        const bool is_old = step.wall.value() - known.last_update.value() >= config_.id_expiration.count();
        if (is_idle && is_old && !moving_.contains(id)) write(step, {{id, std::nullopt}, NothingMore{}, {}});
    }
}

}  // namespace highwater
