#include "broker/storage/offset_index.h"

#include <algorithm>

#include <fmt/format.h>

#include "broker/storage/byte_order.h"

namespace highwater::storage {

void OffsetIndex::add(OffsetIndexEntry entry) {
    entries_.push_back(entry);
}

OffsetIndexEntry OffsetIndex::lookup(Offset target) const {
    const auto above = std::ranges::upper_bound(entries_, target, {}, &OffsetIndexEntry::last_offset);
    return above == entries_.begin() ? OffsetIndexEntry{base_, 0} : *(above - 1);
}

OffsetIndexEntry OffsetIndex::lookup_before(Offset end, std::uint64_t limit) const {
    const auto beyond = std::ranges::partition_point(
        entries_, [&](const OffsetIndexEntry& entry) { return entry.last_offset < end && entry.position <= limit; });
    return beyond == entries_.begin() ? OffsetIndexEntry{base_, 0} : *(beyond - 1);
}

void OffsetIndex::truncate(Offset end) {
    entries_.erase(std::ranges::lower_bound(entries_, end, {}, &OffsetIndexEntry::last_offset), entries_.end());
}

std::vector<std::byte> OffsetIndex::encode() const {
    std::vector<std::byte> out;
    out.reserve(entries_.size() * kEntryBytes);
    for (const OffsetIndexEntry& entry : entries_) {
        append<std::int32_t>(out, static_cast<std::int32_t>((entry.last_offset - base_).value()));
        append<std::int32_t>(out, static_cast<std::int32_t>(entry.position));
    }
    return out;
}

IoResult<OffsetIndex> OffsetIndex::decode(Offset base, Bytes content, std::uint64_t log_bytes, std::string_view path) {
    if (content.size() % kEntryBytes != 0) return damaged(path, "ends within an entry");
    OffsetIndex index(base);
    index.entries_.reserve(content.size() / kEntryBytes);
    for (std::size_t at = 0; at < content.size(); at += kEntryBytes) {
        const auto relative = load<std::int32_t>(content, at);
        const auto position = load<std::int32_t>(content, at + 4);
        if (relative < 0 || position <= 0 || static_cast<std::uint64_t>(position) >= log_bytes)
            return damaged(path, fmt::format("impossible entry at byte {}", at));
        const OffsetIndexEntry entry{base + OffsetDelta{relative}, static_cast<std::uint32_t>(position)};
        if (!index.entries_.empty() && (entry.last_offset <= index.entries_.back().last_offset ||
                                        entry.position <= index.entries_.back().position))
            return damaged(path, fmt::format("entry at byte {} does not ascend", at));
        index.entries_.push_back(entry);
    }
    return index;
}

}  // namespace highwater::storage
