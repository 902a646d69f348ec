// Q9 IsrLaws: The leader is in the ISR, ISR and ELR are disjoint and within the replicas, no broker that is fenced or
// about to stop is added to the ISR, and there is an ELR only while the ISR is below min.insync.replicas.
#include "model/cluster/check/isr_laws.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    const ControllerState& was = judged.before.rest.controller;
    const ControllerState& is = judged.now.rest.controller;
    const auto candidates = static_cast<Brokers>(is.isr | is.eligible);
    if ((is.isr & is.eligible) != 0 || (candidates & ~is.replicas) != 0) {
        return fmt::format("the replicas are {:03b} (as bits), the ISR {:03b}, the ELR {:03b}", is.replicas, is.isr,
                           is.eligible);
    }
    if (is.leader != kNobody && !has(is.isr, is.leader)) {
        return fmt::format("broker {} leads, and the ISR is {:03b} (as bits)", is.leader, is.isr);
    }
    const int enough = std::min<int>(judged.scope.min_insync_replicas, std::popcount(is.replicas));
    if (is.eligible != 0 && std::popcount(is.isr) >= enough) {
        return fmt::format("the ISR {:03b} (as bits) has the {} that are enough, and the ELR is {:03b}", is.isr, enough,
                           is.eligible);
    }
    const int added = is.isr & ~was.isr;
    if (added == 0) return std::nullopt;
    // An election takes its leader into the ISR by the very decision that unfences it.
    const int inactive = (was.fenced & is.fenced) | (was.stopping & is.stopping);
    if (inactive != 0) count(judged.coverage, Occurrence::isr_grew_beside_an_inactive_broker);
    if ((added & inactive) == 0) return std::nullopt;
    return fmt::format("the ISR was {:03b} (as bits) and is {:03b}; fenced are {:03b}, about to stop {:03b}", was.isr,
                       is.isr, is.fenced, is.stopping);
}

}  // namespace

const Property kIsrLaws = {"Q9", "IsrLaws",
                           "The leader is in the ISR; ISR and ELR are disjoint and within the replicas; no broker that "
                           "is fenced or about to stop joins the ISR; there is an ELR only while the ISR is too small.",
                           judge};

}  // namespace highwater::model::cluster
