// P2 NoAckedLoss: A record that was acknowledged (acks=all) is at its offset in a replica of the ISR or ELR.
#include "model/cluster/check/no_acked_loss.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    // What an unclean election loses is known when its leader begins to lead.
    if (is_unclean_epoch_to_come(judged.history())) return std::nullopt;
    const ControllerState& controller = judged.now.rest.controller;
    for (std::uint8_t batch = 0; batch < judged.scope.batches; ++batch) {
        const std::uint8_t acknowledged = judged.history().acknowledged[batch];
        if (acknowledged == 0) continue;
        const std::size_t offset = acknowledged - 1U;
        bool found = false;
        for (std::uint8_t id = 0; id < judged.scope.brokers; ++id) {
            if (!has(static_cast<Brokers>(controller.isr | controller.eligible), id)) continue;
            const Disk& disk = judged.broker(id).disk();
            const Records& log = disk.log;
            // What a client deleted, consumers had read.
            const bool was_deleted = offset < disk.log_start && judged.history().read[offset] == batch + 1;
            const bool has_it = was_deleted || (offset >= disk.log_start && offset < judged.held(id) &&
                                                disk.log[offset].batch == batch);
            found |= has_it;
            if (has_it && controller.leader == id && log[offset].leader_epoch < controller.leader_epoch) {
                count(judged.coverage, Occurrence::acknowledged_record_outlived_its_leader);
            }
        }
        if (!found) {
            return fmt::format("{} was acknowledged at offset {}; no replica of ISR or ELR holds it there",
                               batch_text(batch), offset);
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kNoAckedLoss = {
    "P2", "NoAckedLoss", "A record that was acknowledged (acks=all) is at its offset in a replica of the ISR or ELR.",
    judge};

}  // namespace highwater::model::cluster
