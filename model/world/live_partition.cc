#include "model/world/live_partition.h"

#include <fmt/format.h>

namespace highwater::model {

std::uint32_t LivePartition::pending(const World& world) const {
    static_assert(kMaxProducers * kMaxBatches <= 32);
    std::uint32_t pending = 0;
    for (std::uint8_t p = 0; p < scope().producers; ++p) {
        for (std::uint8_t b = 0; b < scope().batches; ++b) {
            if (world.outside.producers[p].status[b] == BatchStatus::acknowledged) continue;
            pending |= std::uint32_t{1} << BatchId{p, b}.number();
        }
    }
    return pending;
}

std::string LivePartition::pending_text(std::size_t wish) const {
    return fmt::format("{} is not acknowledged", to_text(batch_of(wish)));
}

bool LivePartition::is_owed(Action action) const {
    return !disturbs(action) && action.kind != ActionKind::deliver_stray;
}

}  // namespace highwater::model
