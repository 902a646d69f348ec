// P2 NoAckedLoss: A record whose produce was answered with success is in the log at every later moment, also after a
// restart.
#include "model/check/no_acked_loss.h"

#include <fmt/format.h>

namespace highwater::model {
namespace {

std::optional<std::string> judge(const Observed& observed) {
    for (std::size_t number = 0; number < observed.before.acknowledged.size(); ++number) {
        const std::uint8_t acknowledged = observed.before.acknowledged[number];
        if (acknowledged == 0 || acknowledged <= observed.disk.log_start) continue;
        if (observed.copies[number] > 0) continue;
        return fmt::format("{} was acknowledged at offset {}, and the log, which ends at {}, does not have it",
                           to_text(batch_of(number)), acknowledged - 1, observed.disk.end_offset());
    }
    return std::nullopt;
}

}  // namespace

const Property kNoAckedLoss = {
    "P2", "NoAckedLoss",
    "A record whose produce was answered with success is in the log at every later moment, also after a restart.",
    judge};

}  // namespace highwater::model
