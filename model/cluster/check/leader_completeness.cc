// P1 LeaderCompleteness: Every later leader has each record that a consumer could read, at its offset.
// Nothing that it finds escapes CandidateCompleteness, judged after it: it stays for its name and for the leaders that
// no ISR knows any more.
#include "model/cluster/check/leader_completeness.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    // What an unclean election loses is known when its leader begins to lead.
    if (is_unclean_epoch_to_come(judged.history())) return std::nullopt;
    const ControllerState& controller = judged.now.rest.controller;
    for (std::uint8_t id = 0; id < judged.scope.brokers; ++id) {
        const Broker& broker = judged.broker(id);
        if (!judged.is_as_registered(id)) continue;
        // A leader by the controller's record, or by its own.
        std::uint8_t epoch = 0;
        if (controller.leader == id) epoch = controller.leader_epoch;
        if (broker.view.leads) epoch = std::max(epoch, broker.view.leader_epoch);
        if (epoch == 0 || epoch < judged.history().unclean_epoch) continue;
        for (std::size_t offset = 0; offset < kMaxRecords; ++offset) {
            const std::uint8_t read = judged.history().read[offset];
            if (read == 0 || epoch <= judged.history().read_in_epoch[offset]) continue;
            if (broker.disk().has(offset, static_cast<std::uint8_t>(read - 1))) {
                count(judged.coverage, Occurrence::committed_record_outlived_its_leader);
                continue;
            }
            return fmt::format("{} was committed at offset {} in epoch {}; broker {}, leader of epoch {}, has {} there",
                               batch_text(static_cast<std::uint8_t>(read - 1)), offset,
                               judged.history().read_in_epoch[offset], id, epoch, record_text(broker.disk(), offset));
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kLeaderCompleteness = {
    "P1", "LeaderCompleteness", "Every later leader has each record that a consumer could read, at its offset.", judge};

}  // namespace highwater::model::cluster
