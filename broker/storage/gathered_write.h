#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "broker/storage/file_system.h"
#include "core/log/batch_facts.h"
#include "net/wire/record/record_batch.h"

namespace highwater::storage {

/// Batches that stand one after another in a file and are written with one call. Each is stamped with its base offset
/// and leader epoch on the way; the bytes themselves are not changed and must live until write().
class GatheredWrite {
  public:
    static constexpr std::size_t kMaxBatches = 32;

    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] bool full() const { return count_ == kMaxBatches; }

    /// Adds a batch that goes to `position`, which is where the one before it ends. Requires: !full().
    void add(std::uint64_t position, const BatchFacts& facts, Bytes batch);

    /// Writes what was added and forgets it.
    IoResult<void> write(File& file);

  private:
    /// What stands before the magic and outside the CRC: base offset, length, leader epoch.
    using Stamp = std::array<std::byte, wire::BatchLayout::kMagic>;

    std::uint64_t position_ = 0;
    std::size_t count_ = 0;
    std::array<Stamp, kMaxBatches> stamps_;
    std::array<Bytes, 2 * kMaxBatches> pieces_;
};

}  // namespace highwater::storage
