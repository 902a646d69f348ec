#include "core/log/producer_table.h"

#include <algorithm>

namespace highwater {
namespace {

constexpr std::size_t kChunkSize = 64;

constexpr auto kById = [](const auto& slot, ProducerId id) { return slot.state.id < id; };

}  // namespace

std::size_t ProducerTable::chunk_of(ProducerId id) const {
    const auto above = std::upper_bound(chunks_.begin(), chunks_.end(), id, [](ProducerId wanted, const Chunk& chunk) {
        return wanted < chunk.front().state.id;
    });
    return above == chunks_.begin() ? 0 : static_cast<std::size_t>(above - chunks_.begin()) - 1;
}

const ProducerState* ProducerTable::find(ProducerId id) const {
    if (chunks_.empty()) return nullptr;
    const Chunk& chunk = chunks_[chunk_of(id)];
    const auto at = std::lower_bound(chunk.begin(), chunk.end(), id, kById);
    return at != chunk.end() && at->state.id == id ? &at->state : nullptr;
}

void ProducerTable::put(const ProducerState& state) {
    const Slot slot{state, hash_of(state)};
    sum_.add(slot.hash);
    if (chunks_.empty()) {
        chunks_.push_back({slot});
        size_ = 1;
        return;
    }
    const std::size_t c = chunk_of(state.id);
    const auto at = std::lower_bound(chunks_[c].begin(), chunks_[c].end(), state.id, kById);
    if (at != chunks_[c].end() && at->state.id == state.id) {
        sum_.remove(at->hash);
        *at = slot;
        return;
    }
    ++size_;
    if (chunks_[c].size() < kChunkSize) {
        chunks_[c].insert(at, slot);
    } else if (c + 1 == chunks_.size() && at == chunks_[c].end()) {
        chunks_.push_back({slot});  // ids mostly ascend: leave full chunks behind, not half-full ones
    } else {
        const auto index = at - chunks_[c].begin();
        const auto half = static_cast<std::ptrdiff_t>(kChunkSize / 2);
        Chunk upper(chunks_[c].begin() + half, chunks_[c].end());
        chunks_[c].resize(kChunkSize / 2);
        chunks_[c].shrink_to_fit();
        if (index <= half) {
            chunks_[c].insert(chunks_[c].begin() + index, slot);
        } else {
            upper.insert(upper.begin() + (index - half), slot);
        }
        chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(c) + 1, std::move(upper));
    }
}

bool ProducerTable::erase(ProducerId id) {
    if (chunks_.empty()) return false;
    const std::size_t c = chunk_of(id);
    const auto at = std::lower_bound(chunks_[c].begin(), chunks_[c].end(), id, kById);
    if (at == chunks_[c].end() || at->state.id != id) return false;
    sum_.remove(at->hash);
    chunks_[c].erase(at);
    if (chunks_[c].empty()) chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(c));
    --size_;
    return true;
}

void ProducerTable::clear() {
    chunks_.clear();
    size_ = 0;
    sum_.clear();
}

std::uint64_t ProducerTable::hash_from_scratch() const {
    HashSum sum;
    for (const ProducerState& state : *this) sum.add(hash_of(state));
    return sum.value();
}

bool operator==(const ProducerTable& a, const ProducerTable& b) {
    return a.size_ == b.size_ && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace highwater
