#include <algorithm>
#include <utility>

#include "core/transaction/transaction_coordinator.h"
#include "core/transaction/transaction_step.h"

// Which partitions a transaction has: it is committed or aborted on exactly those (KIP-98, KIP-890).

namespace highwater {

Result<const TransactionMetadata*> TransactionCoordinator::check_producer(const std::string& id,
                                                                          const ProducerClaim& producer) const {
    const TransactionMetadata* known = find(id);
    if (known == nullptr) return highwater::refuse(ErrorCode::invalid_producer_id_mapping);
    if (producer.id != known->producer_id) return highwater::refuse(ErrorCode::invalid_producer_id_mapping);
    if (producer.epoch != known->producer_epoch) return highwater::refuse(ErrorCode::producer_fenced);
    if (is_for_fencing(producer.epoch)) return highwater::refuse(ErrorCode::producer_fenced);
    if (is_prepared(known->state)) return highwater::refuse(ErrorCode::concurrent_transactions);
    return known;
}

void TransactionCoordinator::on(Step& step, const AddPartitionsReceived& input) {
    const std::string& id = input.transactional_id;
    const PartitionsAnswer answer{.token = input.token, .error = ErrorCode::none, .missing = {}};
    if (id.empty()) return step.refuse(answer, ErrorCode::invalid_request);
    // Whoever is fenced hears so whatever is under way: epochs only rise.
    const auto checked = check_producer(id, input.producer);
    if (!checked) return step.refuse(answer, checked.error());
    if (moving_.contains(id)) return step.refuse(answer, ErrorCode::concurrent_transactions);
    const TransactionMetadata& known = **checked;
    const bool is_open = known.state == TransactionState::ongoing;
    if (is_open && std::ranges::includes(known.partitions, input.partitions)) return step.answer(answer);

    TransactionMetadata to = known;
    to.state = TransactionState::ongoing;
    if (!is_open) to.started = step.wall;
    to.partitions.insert(input.partitions.begin(), input.partitions.end());
    to.client_version = input.version;
    move(step, id, std::move(to), answer, former_epoch(id));
}

// A move on its way is no hindrance: a partition is in the record before the client hears so, and leaves it with the
// marker, which voids what was verified here.
void TransactionCoordinator::on(Step& step, const VerifyPartitionsReceived& input) {
    PartitionsAnswer answer{.token = input.token, .error = ErrorCode::none, .missing = {}};
    const auto checked = check_producer(input.transactional_id, input.producer);
    if (!checked) return step.refuse(answer, checked.error());
    const std::set<TopicPartition>& has = (*checked)->partitions;
    std::ranges::set_difference(input.partitions, has, std::inserter(answer.missing, answer.missing.end()));
    step.answer(std::move(answer));
}

}  // namespace highwater
