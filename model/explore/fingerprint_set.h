#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace highwater::model {

/// The visited set: 64-bit fingerprints, open addressing, 8 bytes a slot, between 73 and 87 percent full once it has
/// grown: 9 to 11 bytes a state. It consists of parts that grow one by one, so that growing never needs a second copy
/// of the whole. One writer for each part; `contains` may be called by several threads while nobody inserts.
///
/// The fingerprint is a hash already: its first bits choose the part, and what follows, taken as a fraction, the slot.
/// Where several want one slot they stand in order, so a part is sorted as a whole. A search ends at the first greater
/// key: for a state that is new, which is the longer search in an unsorted table, it is as short as for a known one.
class FingerprintSet {
  public:
    FingerprintSet() : parts_(std::size_t{1} << kPartBits) {
        for (Part& part : parts_) part.slots.assign(kFirstSlots + kSpareSlots, 0);
    }

    [[nodiscard]] bool contains(std::uint64_t fingerprint) const {
        const std::uint64_t key = key_of(fingerprint);
        const Part& part = parts_[part_of(key)];
        return part.slots[find(part, key)] == key;
    }

    /// Starts to fetch what `contains` or `insert` will read.
    void prefetch(std::uint64_t fingerprint) const {
        const std::uint64_t key = key_of(fingerprint);
        const Part& part = parts_[part_of(key)];
        __builtin_prefetch(&part.slots[first_slot(part, key)]);
    }

    /// Whether the fingerprint was not in the set before.
    bool insert(std::uint64_t fingerprint) {
        const std::uint64_t key = key_of(fingerprint);
        Part& part = parts_[part_of(key)];
        std::size_t slot = find(part, key);
        if (part.slots[slot] == key) return false;
        std::size_t free = free_slot(part, slot);
        while ((part.used + 1) * 8 > part.slots.size() * 7 || free + 1 == part.slots.size()) {
            grow(part);
            slot = find(part, key);
            free = free_slot(part, slot);
        }
        const auto at = part.slots.begin() + static_cast<std::ptrdiff_t>(slot);
        std::move_backward(at, part.slots.begin() + static_cast<std::ptrdiff_t>(free),
                           part.slots.begin() + static_cast<std::ptrdiff_t>(free) + 1);
        *at = key;
        ++part.used;
        return true;
    }

    /// The number of the part that a fingerprint belongs to.
    static std::size_t part_of(std::uint64_t fingerprint) {
        return static_cast<std::size_t>(fingerprint >> (64 - kPartBits));
    }

    [[nodiscard]] std::size_t size() const {
        std::size_t size = 0;
        for (const Part& part : parts_) size += part.used;
        return size;
    }
    [[nodiscard]] std::size_t memory_bytes() const {
        std::size_t slots = 0;
        for (const Part& part : parts_) slots += part.slots.size();
        return slots * sizeof(std::uint64_t);
    }

  private:
    static constexpr unsigned kPartBits = 8;
    static constexpr std::size_t kFirstSlots = 16;
    /// No key chooses the last slots of a part; keys are only pushed there. The very last one stays free, so every
    /// search ends.
    static constexpr std::size_t kSpareSlots = 16;

    struct Part {
        std::vector<std::uint64_t> slots;
        std::size_t used = 0;
    };

    /// Zero marks a free slot, so it shares the key of another fingerprint.
    static std::uint64_t key_of(std::uint64_t fingerprint) { return fingerprint == 0 ? 1 : fingerprint; }
    static std::size_t first_slot(const Part& part, std::uint64_t key) {
        const std::uint64_t fraction = (key << kPartBits) >> 32;
        return static_cast<std::size_t>((fraction * (part.slots.size() - kSpareSlots)) >> 32);
    }
    /// The slot that has the key, or the one where it belongs.
    static std::size_t find(const Part& part, std::uint64_t key) {
        std::size_t slot = first_slot(part, key);
        while (part.slots[slot] != 0 && part.slots[slot] < key) ++slot;
        return slot;
    }
    static std::size_t free_slot(const Part& part, std::size_t slot) {
        while (part.slots[slot] != 0) ++slot;
        return slot;
    }

    static void grow(Part& part) {
        std::vector<std::uint64_t> old(part.slots.size() + part.slots.size() / 5, 0);
        old.swap(part.slots);
        std::size_t next = 0;
        for (const std::uint64_t key : old) {
            if (key == 0) continue;
            next = std::max(next, first_slot(part, key));
            part.slots[next++] = key;
        }
    }

    std::vector<Part> parts_;
};

}  // namespace highwater::model
