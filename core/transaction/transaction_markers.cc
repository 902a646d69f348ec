#include <utility>

#include "core/transaction/transaction_coordinator.h"
#include "core/transaction/transaction_step.h"

// Markers: how what was decided gets to every partition of the transaction (KIP-98).

namespace highwater {
namespace {

/// Another coordinator, of a later leadership, ends this transaction or has ended it: this one is not to complete it.
bool is_cancelled(ErrorCode error) {
    return error == ErrorCode::transaction_coordinator_fenced || error == ErrorCode::invalid_producer_epoch;
}

}  // namespace

void TransactionCoordinator::send_markers(Step& step, const std::string& id) {
    const TransactionMetadata& known = *find(id);
    if (known.partitions.empty()) return complete(step, id);
    Marking& marking = marking_[id];
    marking = {.round = next_round_, .unanswered = {}, .to_send = known.partitions};
    next_round_ = MarkerRound{next_round_.value() + 1};
    send_to_the_rest(step, id, marking);
}

void TransactionCoordinator::send_to_the_rest(Step& step, const std::string& id, Marking& marking) {
    const TransactionMetadata& known = *find(id);
    const std::set<TopicPartition> partitions = std::exchange(marking.to_send, {});
    marking.unanswered.insert(partitions.begin(), partitions.end());
    step.effects.emplace_back(SendMarkers{.transactional_id = id,
                                          .round = marking.round,
                                          .producer = known.producer(),
                                          .commit = known.state == TransactionState::prepare_commit,
                                          .coordinator_epoch = *epoch_,
                                          .version = known.client_version,
                                          .partitions = partitions});
}

void TransactionCoordinator::on(Step& step, const MarkerAnswered& input) {
    const auto found = marking_.find(input.transactional_id);
    if (found == marking_.end() || found->second.round != input.round) return;
    Marking& marking = found->second;
    if (marking.unanswered.erase(input.partition) == 0) return;
    const DeadlineKey retry{input.transactional_id, DeadlineKey::Kind::retry};
    if (is_cancelled(input.error)) {
        deadlines_.clear(retry);
        marking_.erase(found);
        return;
    }
    if (input.error != ErrorCode::none) {
        marking.to_send.insert(input.partition);
        deadlines_.set(retry, step.now + config_.retry_backoff);
        return;
    }
    if (!marking.unanswered.empty() || !marking.to_send.empty()) return;
    marking_.erase(found);
    complete(step, input.transactional_id);
}

void TransactionCoordinator::send_again(Step& step, const std::string& id) {
    const auto found = marking_.find(id);
    // Every partition has its marker; the completion did not get into the log.
    if (found == marking_.end()) return complete(step, id);
    send_to_the_rest(step, id, found->second);
}

void TransactionCoordinator::complete(Step& step, const std::string& id) {
    TransactionMetadata to = *find(id);
    to.state = to.state == TransactionState::prepare_commit ? TransactionState::complete_commit
                                                            : TransactionState::complete_abort;
    to.partitions.clear();
    if (to.next_producer_id) {
        to.previous_producer_id = to.producer_id;
        to.producer_id = *std::exchange(to.next_producer_id, std::nullopt);
        to.producer_epoch = ProducerEpoch{0};
    }
    move(step, id, std::move(to), NothingMore{}, former_epoch(id));
}

}  // namespace highwater
