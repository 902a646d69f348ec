// P7 EpochOrder: Epochs do not fall along a log, the epoch history says the epoch of each record, and a leader's ends
// with its own epoch.
#include "model/cluster/check/epoch_order.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::uint8_t> epoch_at(const Disk& disk, std::size_t offset) {
    std::optional<std::uint8_t> epoch;
    for (const StoredEpoch& entry : disk.epochs) {
        if (entry.start_offset <= offset) epoch = entry.epoch;
    }
    return epoch;
}

std::optional<std::string> judge(const Judged& judged) {
    for (std::uint8_t id = 0; id < judged.scope.brokers; ++id) {
        const BrokerView& view = judged.broker(id).view;
        const Disk& disk = judged.broker(id).disk();
        // After a stop the history may be longer than the log; recovery shortens it.
        if (!view.up) continue;
        for (std::size_t offset = 0; offset < disk.log.size(); ++offset) {
            if (offset > 0 && disk.log[offset].leader_epoch < disk.log[offset - 1].leader_epoch) {
                return fmt::format("broker {} has {} after {}", id, record_text(disk, offset),
                                   record_text(disk, offset - 1));
            }
            if (offset < disk.log_start) continue;
            if (epoch_at(disk, offset) == disk.log[offset].leader_epoch) {
                count(judged.coverage, Occurrence::record_of_a_known_epoch);
                continue;
            }
            return fmt::format("broker {} has {} at offset {}, which its epoch history does not say", id,
                               record_text(disk, offset), offset);
        }
        if (!view.leads || (!disk.epochs.empty() && disk.epochs.back().epoch == view.leader_epoch)) continue;
        return fmt::format("broker {} leads epoch {}, which its epoch history does not end with", id,
                           view.leader_epoch);
    }
    return std::nullopt;
}

}  // namespace

const Property kEpochOrder = {"P7", "EpochOrder",
                              "Epochs do not fall along a log, the epoch history says the epoch of each record, and a "
                              "leader's ends with its own epoch.",
                              judge};

}  // namespace highwater::model::cluster
