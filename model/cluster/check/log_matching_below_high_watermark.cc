// P5 LogMatchingBelowHW: Two logs agree below both high watermarks.
#include "model/cluster/check/log_matching_below_high_watermark.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    if (judged.scope.unclean_leader_election) return std::nullopt;
    for (std::uint8_t a = 0; a < judged.scope.brokers; ++a) {
        for (std::uint8_t b = static_cast<std::uint8_t>(a + 1); b < judged.scope.brokers; ++b) {
            const BrokerView& one = judged.broker(a).view;
            const BrokerView& other = judged.broker(b).view;
            if (!one.up || !other.up) continue;
            const std::size_t end = std::min(one.high_watermark, other.high_watermark);
            const Disk& log = judged.broker(a).disk();
            const Disk& other_log = judged.broker(b).disk();
            for (std::size_t offset = std::max(log.log_start, other_log.log_start); offset < end; ++offset) {
                const bool both = offset < log.log.size() && offset < other_log.log.size();
                if (both && log.log[offset] == other_log.log[offset]) {
                    count(judged.coverage, Occurrence::logs_compared_below_high_watermark);
                    continue;
                }
                return fmt::format("below both high watermarks ({} and {}), offset {}: broker {} has {}, broker {} {}",
                                   one.high_watermark, other.high_watermark, offset, a, record_text(log, offset), b,
                                   record_text(other_log, offset));
            }
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kLogMatchingBelowHW = {"P5", "LogMatchingBelowHW", "Two logs agree below both high watermarks.", judge};

}  // namespace highwater::model::cluster
