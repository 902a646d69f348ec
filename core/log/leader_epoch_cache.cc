#include "core/log/leader_epoch_cache.h"

#include <algorithm>

namespace highwater {

bool LeaderEpochCache::assign(LeaderEpoch epoch, Offset start_offset) {
    if (!entries_.empty() && entries_.back().epoch == epoch && entries_.back().start_offset <= start_offset)
        return false;
    while (!entries_.empty() && (entries_.back().epoch >= epoch || entries_.back().start_offset >= start_offset)) {
        entries_.pop_back();
    }
    entries_.push_back({epoch, start_offset});
    return true;
}

void LeaderEpochCache::truncate_from_end(Offset end_offset) {
    while (!entries_.empty() && entries_.back().start_offset >= end_offset) entries_.pop_back();
}

void LeaderEpochCache::truncate_from_start(Offset start_offset) {
    auto* after = std::upper_bound(entries_.begin(), entries_.end(), start_offset,
                                   [](Offset offset, const EpochEntry& entry) { return offset < entry.start_offset; });
    if (after == entries_.begin()) return;
    (after - 1)->start_offset = start_offset;
    entries_.erase(entries_.begin(), after - 1);
}

std::optional<EpochEndOffset> LeaderEpochCache::end_offset_for(LeaderEpoch requested, Offset log_end_offset) const {
    if (entries_.empty() || requested > entries_.back().epoch) return std::nullopt;
    if (requested == entries_.back().epoch) return EpochEndOffset{requested, log_end_offset};
    const auto* above =
        std::upper_bound(entries_.begin(), entries_.end(), requested,
                         [](LeaderEpoch epoch, const EpochEntry& entry) { return epoch < entry.epoch; });
    if (above == entries_.begin()) return EpochEndOffset{requested, above->start_offset};
    return EpochEndOffset{(above - 1)->epoch, above->start_offset};
}

std::optional<LeaderEpoch> LeaderEpochCache::epoch_at(Offset offset) const {
    for (auto i = entries_.size(); i > 0; --i) {
        if (entries_[i - 1].start_offset <= offset) return entries_[i - 1].epoch;
    }
    return std::nullopt;
}

std::optional<EpochEntry> LeaderEpochCache::latest() const {
    if (entries_.empty()) return std::nullopt;
    return entries_.back();
}

}  // namespace highwater
