// P4 QuorumSuperset: The ISR that a leader counts with contains every ISR that the controller may have committed in its
// epoch.
// It names the cause before anything is lost: without it CandidateCompleteness finds the loss, where somebody is
// elected who lacks the record. Where nobody is fenced, it alone finds B25.
#include "model/cluster/check/quorum_superset.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    const ControllerState& controller = judged.now.rest.controller;
    if (controller.leader == kNobody) return std::nullopt;
    const BrokerView& leader = judged.broker(controller.leader).view;
    if (!leader.leads || leader.leader_epoch != controller.leader_epoch) return std::nullopt;
    if (leader.isr != controller.isr) count(judged.coverage, Occurrence::leader_with_an_old_isr);
    if ((controller.isr & ~leader.widest_isr) == 0) return std::nullopt;
    return fmt::format("the controller's ISR is {:03b} (as bits), broker {}, leader of epoch {}, counts with {:03b}",
                       controller.isr, controller.leader, leader.leader_epoch, leader.widest_isr);
}

}  // namespace

const Property kQuorumSuperset = {
    "P4", "QuorumSuperset",
    "The ISR that a leader counts with contains every ISR that the controller may have committed in its epoch.", judge};

}  // namespace highwater::model::cluster
