#include "core/group/staged_offsets.h"

#include <algorithm>

namespace highwater {

void StagedOffsets::stage(ProducerId producer, const Place& place, const CommittedOffset& offset) {
    auto& staged = by_place_[place];
    std::erase_if(staged, [&](const Staged& one) { return one.producer == producer; });
    staged.push_back({producer, offset});
    by_producer_[producer].insert(place);
}

void StagedOffsets::forget(ProducerId producer, const Place& place) {
    const auto found = by_producer_.find(producer);
    found->second.erase(place);
    if (found->second.empty()) by_producer_.erase(found);
}

void StagedOffsets::supersede(const Place& place) {
    const auto found = by_place_.find(place);
    if (found == by_place_.end()) return;
    for (const Staged& one : found->second) forget(one.producer, place);
    by_place_.erase(found);
}

std::vector<std::pair<StagedOffsets::Place, CommittedOffset>> StagedOffsets::end(ProducerId producer, bool commit) {
    std::vector<std::pair<Place, CommittedOffset>> ended;
    const auto places = by_producer_.extract(producer);
    if (places.empty()) return ended;
    for (const Place& place : places.mapped()) {
        const auto found = by_place_.find(place);
        auto& staged = found->second;
        const auto own = std::ranges::find(staged, producer, &Staged::producer);
        ended.emplace_back(place, own->offset);
        if (commit) {
            for (auto older = staged.begin(); older != own; ++older) forget(older->producer, place);
            staged.erase(staged.begin(), own + 1);
        } else {
            staged.erase(own);
        }
        if (staged.empty()) by_place_.erase(found);
    }
    return ended;
}

void StagedOffsets::clear() {
    by_place_.clear();
    by_producer_.clear();
}

std::set<TopicPartition> StagedOffsets::partitions_of(const std::string& group) const {
    std::set<TopicPartition> partitions;
    for (auto at = by_place_.lower_bound({group, {}}); at != by_place_.end() && at->first.first == group; ++at) {
        partitions.insert(at->first.second);
    }
    return partitions;
}

}  // namespace highwater
