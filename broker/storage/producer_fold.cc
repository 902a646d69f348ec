#include "broker/storage/producer_fold.h"

namespace highwater::storage {

ProducerFold::ProducerFold(const std::vector<ProducerState>& producers) {
    for (const ProducerState& producer : producers) producers_.insert_or_assign(producer.id, producer);
}

std::optional<AbortedTransaction> ProducerFold::apply(const BatchFacts& facts) {
    if (!facts.producer) return std::nullopt;
    const auto known = producers_.find(facts.producer->id);
    const bool is_known = known != producers_.end();
    const auto open_before = is_known ? known->second.transaction_first_offset : std::nullopt;
    const ProducerState after = after_batch(is_known ? &known->second : nullptr, facts, Time{});
    producers_.insert_or_assign(after.id, after);
    if (!facts.marker || facts.marker->commit || !open_before) return std::nullopt;
    return AbortedTransaction{.producer = after.id,
                              .first_offset = *open_before,
                              .marker_offset = facts.last_offset(),
                              .last_stable_offset = first_open_transaction().value_or(facts.end_offset())};
}

std::optional<Offset> ProducerFold::first_open_transaction() const {
    std::optional<Offset> first;
    for (const auto& [id, producer] : producers_) {
        const auto& open = producer.transaction_first_offset;
        if (open && (!first || *open < *first)) first = open;
    }
    return first;
}

void ProducerFold::expire(Timestamp before) {
    std::erase_if(producers_, [&](const auto& item) {
        const ProducerState& producer = item.second;
        return !producer.transaction_first_offset && producer.last_timestamp && *producer.last_timestamp < before;
    });
}

std::vector<ProducerState> ProducerFold::states() const {
    std::vector<ProducerState> states;
    states.reserve(producers_.size());
    for (const auto& [id, producer] : producers_) states.push_back(producer);
    return states;
}

}  // namespace highwater::storage
