#include "broker/storage/leader_epoch_checkpoint.h"

#include <limits>

#include <fmt/format.h>

#include "broker/storage/text_checkpoint.h"

namespace highwater::storage {

std::string encode_leader_epochs(std::span<const EpochEntry> entries) {
    std::vector<std::string> lines;
    lines.reserve(entries.size());
    for (const EpochEntry& entry : entries) lines.push_back(fmt::format("{} {}", entry.epoch, entry.start_offset));
    return encode_text_checkpoint(lines);
}

IoResult<std::vector<EpochEntry>> decode_leader_epochs(std::string_view text, std::string_view path) {
    const auto lines = decode_text_checkpoint(text, 2, path);
    if (!lines) return refuse(lines.error());
    std::vector<EpochEntry> entries;
    for (const auto& fields : *lines) {
        std::int64_t epoch = 0;
        std::int64_t start = 0;
        if (!parse_number(fields[0], epoch) || epoch > std::numeric_limits<std::int32_t>::max() ||
            !parse_number(fields[1], start))
            return damaged(path, fmt::format("\"{} {}\" is no epoch and offset", fields[0], fields[1]));
        const EpochEntry entry{LeaderEpoch{static_cast<std::int32_t>(epoch)}, Offset{start}};
        if (!entries.empty() &&
            (entries.back().epoch >= entry.epoch || entries.back().start_offset >= entry.start_offset))
            return damaged(path, fmt::format("epoch {} does not follow {}", entry.epoch, entries.back().epoch));
        entries.push_back(entry);
    }
    return entries;
}

}  // namespace highwater::storage
