// P6 LogMatching: Two logs with the same epoch at an offset have the same records up to there.
// Has no mutant that only it finds: what breaks it breaks LogMatchingBelowHW, or a candidate, a few steps later. It
// holds with unclean elections too.
#include "model/cluster/check/log_matching.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    for (std::uint8_t a = 0; a < judged.scope.brokers; ++a) {
        for (std::uint8_t b = static_cast<std::uint8_t>(a + 1); b < judged.scope.brokers; ++b) {
            const Disk& one = judged.broker(a).disk();
            const Disk& other = judged.broker(b).disk();
            bool equal_from_here_down = false;
            const std::size_t start = std::max(one.log_start, other.log_start);
            for (std::size_t offset = std::min(one.log.size(), other.log.size()); offset-- > start;) {
                if (one.log[offset].leader_epoch == other.log[offset].leader_epoch) {
                    equal_from_here_down = true;
                    count(judged.coverage, Occurrence::logs_compared_by_epoch);
                }
                if (!equal_from_here_down || one.log[offset] == other.log[offset]) continue;
                return fmt::format("at offset {} broker {} has {}, broker {} has {}, and above it they share an epoch",
                                   offset, a, record_text(one, offset), b, record_text(other, offset));
            }
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kLogMatching = {"P6", "LogMatching",
                               "Two logs with the same epoch at an offset have the same records up to there.", judge};

}  // namespace highwater::model::cluster
