// P10 StableRead: Whoever reads an offset, from whichever replica that gives it, reads the same record.
// Has no mutant that only it finds: a record that is read differently was lost before.
#include "model/cluster/check/stable_read.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    for (std::uint8_t id = 0; id < judged.scope.brokers; ++id) {
        const BrokerView& view = judged.broker(id).view;
        if (!view.gives_to_consumers || view.leader_epoch < judged.history().unclean_epoch) continue;
        const Disk& disk = judged.broker(id).disk();
        for (std::size_t offset = view.log_start; offset < view.readable_end; ++offset) {
            const std::uint8_t read = judged.history().read[offset];
            const bool same = offset < disk.log.size() && disk.log[offset].batch + 1 == read;
            if (!same) {
                return fmt::format("a consumer read {} at offset {}; broker {}, {} of epoch {}, gives {}",
                                   batch_text(static_cast<std::uint8_t>(read - 1)), offset, id,
                                   view.leads ? "leader" : "follower", view.leader_epoch, record_text(disk, offset));
            }
            if (judged.history().read_in_epoch[offset] != view.leader_epoch) {
                count(judged.coverage, Occurrence::read_again_in_another_epoch);
            }
            if (!view.leads) count(judged.coverage, Occurrence::read_again_from_a_follower);
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kStableRead = {"P10", "StableRead",
                              "Whoever reads an offset, from whichever replica that gives it, reads the same record.",
                              judge};

}  // namespace highwater::model::cluster
