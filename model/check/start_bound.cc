// P13 StartBound: The log start offset does not pass the high watermark.
#include "model/check/start_bound.h"

#include <fmt/format.h>

namespace highwater::model {
namespace {

std::optional<std::string> judge(const Observed& observed) {
    const FetchAnswered& fetch = observed.events.fetch;
    if (!fetch.happened || fetch.error() != ErrorCode::none || fetch.log_start <= fetch.high_watermark) {
        return std::nullopt;
    }
    return fmt::format("the log starts at {}, the high watermark is {}", fetch.log_start, fetch.high_watermark);
}

}  // namespace

const Property kStartBound = {"P13", "StartBound", "The log start offset does not pass the high watermark.", judge};

}  // namespace highwater::model
