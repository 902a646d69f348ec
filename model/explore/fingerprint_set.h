#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace highwater::model {

/// The visited set: 64-bit fingerprints, open addressing, 8 bytes a slot, at most 5/8 full. One writer; `contains` may
/// be called by several threads while nobody inserts.
class FingerprintSet {
  public:
    explicit FingerprintSet(std::size_t capacity_log2 = 16) : slots_(std::size_t{1} << capacity_log2, 0) {}

    [[nodiscard]] bool contains(std::uint64_t fingerprint) const {
        const std::uint64_t key = key_of(fingerprint);
        for (std::size_t i = start(key);; i = (i + 1) & (slots_.size() - 1)) {
            if (slots_[i] == key) return true;
            if (slots_[i] == 0) return false;
        }
    }

    /// Whether the fingerprint was not in the set before.
    bool insert(std::uint64_t fingerprint) {
        if ((size_ + 1) * 8 > slots_.size() * 5) grow();
        const std::uint64_t key = key_of(fingerprint);
        for (std::size_t i = start(key);; i = (i + 1) & (slots_.size() - 1)) {
            if (slots_[i] == key) return false;
            if (slots_[i] == 0) {
                slots_[i] = key;
                ++size_;
                return true;
            }
        }
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t memory_bytes() const { return slots_.size() * sizeof(std::uint64_t); }

  private:
    /// Zero marks a free slot, so it shares the key of another fingerprint.
    static std::uint64_t key_of(std::uint64_t fingerprint) { return fingerprint == 0 ? 1 : fingerprint; }
    /// The fingerprint is a hash already: its low bits choose the slot.
    [[nodiscard]] std::size_t start(std::uint64_t key) const { return key & (slots_.size() - 1); }

    void grow() {
        std::vector<std::uint64_t> old(slots_.size() * 2, 0);
        old.swap(slots_);
        for (const std::uint64_t key : old) {
            if (key == 0) continue;
            std::size_t i = start(key);
            while (slots_[i] != 0) i = (i + 1) & (slots_.size() - 1);
            slots_[i] = key;
        }
    }

    std::vector<std::uint64_t> slots_;
    std::size_t size_ = 0;
};

}  // namespace highwater::model
