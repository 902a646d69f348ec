#include "broker/storage/time_index.h"

#include <algorithm>

#include <fmt/format.h>

#include "broker/storage/byte_order.h"

namespace highwater::storage {

void TimeIndex::add_if_later(TimeIndexEntry entry) {
    if (entries_.empty() || entry.timestamp > entries_.back().timestamp) entries_.push_back(entry);
}

std::optional<TimeIndexEntry> TimeIndex::lookup_below(Timestamp timestamp) const {
    const auto not_below = std::ranges::lower_bound(entries_, timestamp, {}, &TimeIndexEntry::timestamp);
    if (not_below == entries_.begin()) return std::nullopt;
    return *(not_below - 1);
}

void TimeIndex::truncate(Offset end) {
    entries_.erase(std::ranges::lower_bound(entries_, end, {}, &TimeIndexEntry::last_offset), entries_.end());
}

std::vector<std::byte> TimeIndex::encode() const {
    std::vector<std::byte> out;
    out.reserve(entries_.size() * kEntryBytes);
    for (const TimeIndexEntry& entry : entries_) {
        append<std::int64_t>(out, entry.timestamp.value());
        append<std::int32_t>(out, static_cast<std::int32_t>((entry.last_offset - base_).value()));
    }
    return out;
}

IoResult<TimeIndex> TimeIndex::decode(Offset base, Bytes content, std::string_view path) {
    if (content.size() % kEntryBytes != 0) return damaged(path, "ends within an entry");
    TimeIndex index(base);
    index.entries_.reserve(content.size() / kEntryBytes);
    for (std::size_t at = 0; at < content.size(); at += kEntryBytes) {
        const auto timestamp = load<std::int64_t>(content, at);
        const auto relative = load<std::int32_t>(content, at + 8);
        if (timestamp < 0 || relative < 0) return damaged(path, fmt::format("impossible entry at byte {}", at));
        const TimeIndexEntry entry{Timestamp{timestamp}, base + OffsetDelta{relative}};
        if (!index.entries_.empty() && (entry.timestamp <= index.entries_.back().timestamp ||
                                        entry.last_offset <= index.entries_.back().last_offset))
            return damaged(path, fmt::format("entry at byte {} does not ascend", at));
        index.entries_.push_back(entry);
    }
    return index;
}

}  // namespace highwater::storage
