#include "broker/storage/producer_fold.h"

#include <algorithm>

namespace highwater::storage {

ProducerFold::ProducerFold(const std::vector<ProducerState>& producers, std::size_t most) : most_(most) {
    for (const ProducerState& producer : producers) {
        put(producer, producer.batches.empty() ? Offset{0} : producer.batches.back().last_offset);
    }
}

std::optional<AbortedTransaction> ProducerFold::apply(const BatchFacts& facts) {
    if (!facts.producer) return std::nullopt;
    const auto known = producers_.find(facts.producer->id);
    const ProducerState* before = known == producers_.end() ? nullptr : &known->second.state;
    const auto open_before = before ? before->transaction_first_offset : std::nullopt;
    put(after_batch(before, facts, Time{}), facts.last_offset());
    if (!facts.marker || facts.marker->commit || !open_before) return std::nullopt;
    return AbortedTransaction{.producer = facts.producer->id,
                              .first_offset = *open_before,
                              .marker_offset = facts.last_offset(),
                              .last_stable_offset = last_stable_offset(facts.end_offset())};
}

Offset ProducerFold::last_stable_offset(Offset end) const {
    return open_transactions_.empty() ? end : open_transactions_.begin()->first;
}

void ProducerFold::put(const ProducerState& state, Offset last_offset) {
    const auto [known, is_new] = producers_.try_emplace(state.id, Known{state, last_offset});
    if (!is_new) {
        if (const auto& open = known->second.state.transaction_first_offset)
            open_transactions_.erase({*open, state.id});
        known->second = {state, last_offset};
    }
    if (state.transaction_first_offset) open_transactions_.emplace(*state.transaction_first_offset, state.id);
    if (producers_.size() > most_ + most_ / 16) forget_the_longest_idle();
}

/// A sixteenth at once, so that the search pays for many additions.
void ProducerFold::forget_the_longest_idle() {
    std::vector<std::pair<Offset, ProducerId>> idle;
    for (const auto& [id, producer] : producers_) {
        if (!producer.state.transaction_first_offset) idle.emplace_back(producer.last_offset, id);
    }
    const auto end = idle.begin() + static_cast<std::ptrdiff_t>(std::min(idle.size(), producers_.size() - most_));
    std::partial_sort(idle.begin(), end, idle.end());
    std::for_each(idle.begin(), end, [this](const auto& item) { producers_.erase(item.second); });
}

void ProducerFold::expire(Timestamp before) {
    std::erase_if(producers_, [&](const auto& item) {
        const ProducerState& producer = item.second.state;
        return !producer.transaction_first_offset && producer.last_timestamp && *producer.last_timestamp < before;
    });
}

std::vector<ProducerState> ProducerFold::states() const {
    std::vector<ProducerState> states;
    states.reserve(producers_.size());
    for (const auto& [id, producer] : producers_) states.push_back(producer.state);
    return states;
}

}  // namespace highwater::storage
