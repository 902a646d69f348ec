// R3 FailStop: After a failed write or flush nothing is appended and nothing acknowledged until the broker has
// recovered.
#include "model/check/fail_stop.h"

#include <fmt/format.h>

namespace highwater::model {
namespace {

std::optional<std::string> judge(const Observed& observed) {
    if (!observed.before.write_failed) return std::nullopt;
    for (const BatchId batch : observed.events.told_to_acknowledge) {
        return fmt::format("{} is acknowledged after a failed write", to_text(batch));
    }
    for (const BatchId batch : observed.events.asked_to_write) {
        return fmt::format("{} is appended after a failed write", to_text(batch));
    }
    return std::nullopt;
}

}  // namespace

const Property kFailStop = {
    "R3", "FailStop",
    "After a failed write or flush nothing is appended and nothing acknowledged until the broker has recovered.",
    judge};

}  // namespace highwater::model
