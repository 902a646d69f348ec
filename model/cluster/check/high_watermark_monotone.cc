// P9 HWMonotone: The high watermark of a replica does not fall in a role and epoch, is within the log, and clients are
// told none lower in a newer epoch.
#include "model/cluster/check/high_watermark_monotone.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    if (judged.scope.unclean_leader_election) return std::nullopt;
    for (std::uint8_t id = 0; id < judged.scope.brokers; ++id) {
        const BrokerView& was = judged.before.brokers[id]->view;
        const BrokerView& is = judged.broker(id).view;
        if (!is.up) continue;
        const std::size_t end = judged.broker(id).disk().log.size();
        if (is.high_watermark > end) {
            return fmt::format("broker {} has high watermark {}, its log ends at {}", id, is.high_watermark, end);
        }
        const bool same_life =
            was.up && judged.before.brokers[id]->driver.broker_epoch == judged.broker(id).driver.broker_epoch;
        // A replica without a role is a new one: the former was deleted.
        if (same_life && (is.leads || is.follows) && is.high_watermark < was.high_watermark) {
            return fmt::format("the high watermark of broker {} falls from {} to {}", id, was.high_watermark,
                               is.high_watermark);
        }
        if (is.latest_plus_one == 0) continue;
        const History& before = judged.before.rest.history;
        if (is.leader_epoch < before.latest_in_epoch) continue;
        if (is.leader_epoch > before.latest_in_epoch && before.latest > 0) {
            count(judged.coverage, Occurrence::high_watermark_told_in_a_newer_epoch);
        }
        if (is.latest_plus_one - 1 < before.latest) {
            return fmt::format(
                "broker {}, leader of epoch {}, tells {} as the latest offset, where clients were told {}", id,
                is.leader_epoch, is.latest_plus_one - 1, before.latest);
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kHWMonotone = {"P9", "HWMonotone",
                              "The high watermark of a replica does not fall in a role and epoch, is within the log, "
                              "and clients are told none lower in a newer epoch.",
                              judge};

}  // namespace highwater::model::cluster
