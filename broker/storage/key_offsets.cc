#include "broker/storage/key_offsets.h"

#include <utility>

#include <xxhash.h>

namespace highwater::storage {
namespace {

constexpr std::size_t kFirstSlots = 1024;
/// More than three quarters full: searches get long.
constexpr bool is_crowded(std::size_t keys, std::size_t slots) {
    return keys * 4 > slots * 3;
}

}  // namespace

KeyOffsets::KeyOffsets(std::uint64_t max_bytes) : max_bytes_(max_bytes) {
    std::size_t slots = kFirstSlots;
    while (slots > 1 && slots * sizeof(Slot) > max_bytes) slots /= 2;
    slots_.resize(slots);
}

KeyOffsets::Hash KeyOffsets::hash_of(Bytes key) {
    const XXH128_hash_t hash = XXH3_128bits(key.data(), key.size());
    return {hash.high64, hash.low64};
}

std::size_t KeyOffsets::slot_of(const Hash& hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash.low & mask;
    while (slots_[slot].offset >= 0 && slots_[slot].hash != hash) slot = (slot + 1) & mask;
    return slot;
}

bool KeyOffsets::grow() {
    if (slots_.size() * sizeof(Slot) * 3 > max_bytes_) return false;
    const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
    for (const Slot& slot : before) {
        if (slot.offset >= 0) slots_[slot_of(slot.hash)] = slot;
    }
    return true;
}

bool KeyOffsets::put(Bytes key, Offset offset) {
    const Hash hash = hash_of(key);
    std::size_t slot = slot_of(hash);
    if (slots_[slot].offset < 0) {
        if (is_crowded(size_ + 1, slots_.size())) {
            if (!grow()) return false;
            slot = slot_of(hash);
        }
        ++size_;
    }
    slots_[slot] = {hash, offset.value()};
    return true;
}

std::optional<Offset> KeyOffsets::find(Bytes key) const {
    const Slot& slot = slots_[slot_of(hash_of(key))];
    if (slot.offset < 0) return std::nullopt;
    return Offset{slot.offset};
}

}  // namespace highwater::storage
