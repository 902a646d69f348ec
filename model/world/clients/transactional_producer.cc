#include "model/world/clients/transactional_producer.h"

namespace highwater::model {

using Kind = transaction::Message::Kind;

bool is_retried(ErrorCode error) {
    switch (error) {
        case ErrorCode::concurrent_transactions:
        case ErrorCode::coordinator_load_in_progress:
        case ErrorCode::coordinator_not_available:
        case ErrorCode::not_coordinator:
        case ErrorCode::not_enough_replicas:
        case ErrorCode::not_leader_or_follower:
        case ErrorCode::request_timed_out:
            return true;
        default:
            return false;
    }
}

void TransactionalProducer::start(std::uint8_t its_version) {
    *this = TransactionalProducer{};
    phase = Phase::starting;
    version = its_version;
}

void TransactionalProducer::stop() {
    *this = TransactionalProducer{};
}

void TransactionalProducer::stop_for(Phase why) {
    stop();
    phase = why;
}

void TransactionalProducer::begin(transaction::Transaction number) {
    transaction = number;
    sent = 0;
    send_next();
}

void TransactionalProducer::send_next() {
    phase = version < 2 ? Phase::adding : Phase::producing;
}

void TransactionalProducer::end(bool commit) {
    phase = Phase::ending;
    commits = commit ? 1 : 0;
}

void TransactionalProducer::give_up_record() {
    timed_out();
    holds_back = 0;
    needs_bump = 1;
    end(false);
}

transaction::Message TransactionalProducer::due(const transaction::Scope& scope, std::uint8_t producer) const {
    Message request;
    if (waits() || holds_back != 0) return request;
    request.producer = producer;
    request.claim = claim;
    request.transaction = transaction;
    switch (phase) {
        case Phase::starting:
        case Phase::bumping:
            request.kind = Kind::init;
            return request;
        case Phase::adding:
            request.kind = Kind::add;
            request.partition = next_partition(scope, producer);
            return request;
        case Phase::producing:
            request.kind = Kind::produce;
            request.partition = next_partition(scope, producer);
            request.sequence = next_sequence[request.partition];
            return request;
        case Phase::ending:
            request.kind = Kind::end;
            request.commit = commits;
            return request;
        default:
            return {};
    }
}

void TransactionalProducer::take_claim(Claim given) {
    if (given != claim) next_sequence = {};
    claim = given;
}

void TransactionalProducer::answered(const Message& answer) {
    if (!is_up() || waits_for != answer.kind) return;
    waits_for = Kind::none;
    if (answer.error() != ErrorCode::none) return take_error(answer.kind, answer.error());
    switch (answer.kind) {
        case Kind::init:
            take_claim(answer.claim);
            phase = Phase::ready;
            break;
        case Kind::add:
            phase = Phase::producing;
            break;
        case Kind::produce:
            ++next_sequence[answer.partition];
            ++sent;
            phase = Phase::open;
            break;
        case Kind::end:
            take_claim(answer.claim);
            transaction = transaction::kNoTransaction;
            sent = 0;
            commits = 0;
            phase = version < 2 && needs_bump != 0 ? Phase::bumping : Phase::ready;
            needs_bump = 0;
            break;
        case Kind::none:
            break;
    }
}

void TransactionalProducer::take_error(Message::Kind kind, ErrorCode error) {
    // The same request again: due() has it.
    if (is_retried(error)) return;
    const bool is_abortable = kind == Kind::produce || error == ErrorCode::transaction_abortable;
    if (is_abortable) {
        needs_bump = 1;
        return end(false);
    }
    const bool is_fenced = error == ErrorCode::producer_fenced || error == ErrorCode::invalid_producer_epoch;
    stop_for(is_fenced ? Phase::fenced : Phase::failed);
}

}  // namespace highwater::model
