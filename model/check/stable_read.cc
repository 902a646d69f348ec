// P10 StableRead: What a consumer has read at an offset stays there.
#include "model/check/stable_read.h"

#include <algorithm>

#include <fmt/format.h>

namespace highwater::model {
namespace {

std::optional<std::string> judge(const Observed& observed) {
    for (const Read& read : observed.before.delivered) {
        if (read.base_offset < observed.disk.log_start) continue;
        const auto* there = std::ranges::find(observed.disk.log, read.base_offset, &StoredBatch::base_offset);
        const bool gone = there == observed.disk.log.end();
        if (!gone && there->id == read.id) continue;
        return fmt::format("a consumer read {} at offset {}; the log now has {} there", to_text(read.id),
                           read.base_offset, gone ? "nothing" : to_text(there->id));
    }
    return std::nullopt;
}

}  // namespace

const Property kStableRead = {"P10", "StableRead", "What a consumer has read at an offset stays there.", judge};

}  // namespace highwater::model
