// P9 HWMonotone: The high watermark that consumers are told never falls, and lies between the log's start and end.
#include "model/check/high_watermark_monotone.h"

#include <fmt/format.h>

namespace highwater::model {
namespace {

std::optional<std::string> judge(const Observed& observed) {
    const FetchAnswered& fetch = observed.events.fetch;
    if (!fetch.happened || fetch.error() != ErrorCode::none) return std::nullopt;
    if (fetch.high_watermark < observed.before.high_watermark) {
        return fmt::format("a consumer was told high watermark {}, and now {}", observed.before.high_watermark,
                           fetch.high_watermark);
    }
    if (fetch.high_watermark > observed.disk.end_offset()) {
        return fmt::format("the high watermark is {}, the log ends at {}", fetch.high_watermark,
                           observed.disk.end_offset());
    }
    return std::nullopt;
}

}  // namespace

const Property kHWMonotone = {
    "P9", "HWMonotone",
    "The high watermark that consumers are told never falls, and lies between the log's start and end.", judge};

}  // namespace highwater::model
