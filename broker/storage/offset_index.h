#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "broker/storage/file_system.h"
#include "core/base/offset.h"

namespace highwater::storage {

/// Says that the batch which ends with `last_offset` begins at `position` in its segment.
struct OffsetIndexEntry {
    Offset last_offset;
    std::uint32_t position = 0;
    friend auto operator<=>(const OffsetIndexEntry&, const OffsetIndexEntry&) = default;
};

/// The entries of an `.index` file, ascending in both members. A cache: the log itself decides.
class OffsetIndex {
  public:
    static constexpr std::size_t kEntryBytes = 8;

    explicit OffsetIndex(Offset base = {}) : base_(base) {}

    /// Requires: later than the last entry in both members; last_offset less than 2^31 above the base.
    void add(OffsetIndexEntry entry);
    /// The largest entry with last_offset <= target; the segment's beginning when there is none.
    [[nodiscard]] OffsetIndexEntry lookup(Offset target) const;
    /// The last entry with last_offset < end and position <= limit; the segment's beginning when there is none.
    [[nodiscard]] OffsetIndexEntry lookup_before(Offset end, std::uint64_t limit) const;
    /// Removes entries at or above `end`.
    void truncate(Offset end);

    [[nodiscard]] const std::vector<OffsetIndexEntry>& entries() const { return entries_; }
    /// `max_bytes` is the topic's segment.index.bytes.
    [[nodiscard]] bool is_full(std::uint32_t max_bytes) const { return entries_.size() >= max_bytes / kEntryBytes; }

    [[nodiscard]] std::vector<std::byte> encode() const;
    /// Damage: a partial entry, entries that do not ascend, a position at or beyond `log_bytes`. Zero entries at the
    /// end are what a preallocated file of a broker that was killed looks like, and are damage too.
    static IoResult<OffsetIndex> decode(Offset base, Bytes content, std::uint64_t log_bytes, std::string_view path);

  private:
    Offset base_;
    std::vector<OffsetIndexEntry> entries_;
};

}  // namespace highwater::storage
