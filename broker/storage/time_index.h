#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "broker/storage/file_system.h"
#include "core/base/offset.h"
#include "core/base/time.h"

namespace highwater::storage {

/// Says that no batch up to the one which ends with `last_offset` has a later time than `timestamp`, and that one has
/// it.
struct TimeIndexEntry {
    Timestamp timestamp;
    Offset last_offset;
    friend auto operator<=>(const TimeIndexEntry&, const TimeIndexEntry&) = default;
};

/// The entries of a `.timeindex` file, ascending in both members. A cache: the log itself decides.
class TimeIndex {
  public:
    static constexpr std::size_t kEntryBytes = 12;

    explicit TimeIndex(Offset base = {}) : base_(base) {}

    /// Adds the entry unless its timestamp is not above the last one's.
    void add_if_later(TimeIndexEntry entry);
    /// The last entry whose timestamp is below `timestamp`.
    [[nodiscard]] std::optional<TimeIndexEntry> lookup_below(Timestamp timestamp) const;
    /// Removes entries at or above `end`.
    void truncate(Offset end);

    [[nodiscard]] const std::vector<TimeIndexEntry>& entries() const { return entries_; }
    /// One slot stays free for the entry that the roll adds.
    [[nodiscard]] bool is_full(std::uint32_t max_bytes) const { return entries_.size() + 1 >= max_bytes / kEntryBytes; }

    [[nodiscard]] std::vector<std::byte> encode() const;
    /// Damage: a partial entry, entries that do not ascend, a negative member.
    static IoResult<TimeIndex> decode(Offset base, Bytes content, std::string_view path);

  private:
    Offset base_;
    std::vector<TimeIndexEntry> entries_;
};

}  // namespace highwater::storage
