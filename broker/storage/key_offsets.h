#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "broker/storage/file_system.h"
#include "core/base/offset.h"

namespace highwater::storage {

/// The latest offset of each key, in bounded memory: a key is its 128-bit hash (two keys of a partition with 10^9 of
/// them are alike with a chance of 10^-21).
class KeyOffsets {
  public:
    /// Takes at most `max_bytes`, also while it grows.
    explicit KeyOffsets(std::uint64_t max_bytes);

    /// Offsets come in ascending order. False: no room for one more key, nothing was changed.
    [[nodiscard]] bool put(Bytes key, Offset offset);
    /// nullopt: the key was not put.
    [[nodiscard]] std::optional<Offset> find(Bytes key) const;

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::uint64_t memory_bytes() const { return slots_.size() * sizeof(Slot); }

  private:
    struct Hash {
        std::uint64_t high = 0;
        std::uint64_t low = 0;
        friend bool operator==(const Hash&, const Hash&) = default;
    };
    /// Offset -1: free.
    struct Slot {
        Hash hash;
        std::int64_t offset = -1;
    };

    [[nodiscard]] static Hash hash_of(Bytes key);
    /// The slot of this key, or the free one where it belongs. Requires: one is free.
    [[nodiscard]] std::size_t slot_of(const Hash& hash) const;
    [[nodiscard]] bool grow();

    std::uint64_t max_bytes_;
    /// A power of two.
    std::vector<Slot> slots_;
    std::size_t size_ = 0;
};

}  // namespace highwater::storage
