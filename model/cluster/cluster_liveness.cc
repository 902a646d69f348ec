// What somebody waits for in a cluster.
#include "model/cluster/cluster_world.h"

#include <fmt/format.h>

namespace highwater::model::cluster {
namespace {

// Wishes: bit i of batch i, then three of each broker.
constexpr std::size_t kInSync = kMaxBatches;
constexpr std::size_t kHoldsAll = kInSync + kMaxBrokers;
constexpr std::size_t kProposal = kHoldsAll + kMaxBrokers;

}  // namespace

std::uint32_t ClusterWorld::pending(const State& state) const {
    std::uint32_t pending = 0;
    const auto wish = [&](std::size_t bit, bool waits) { pending |= waits ? std::uint32_t{1} << bit : 0U; };
    const ControllerState& controller = state.rest.controller;
    for (std::uint8_t batch = 0; batch < scope_.batches; ++batch) {
        wish(batch, state.rest.producer.status[batch] != Producer::kAcknowledged);
    }
    for (std::uint8_t id = 0; id < scope_.brokers; ++id) {
        const Broker& broker = *state.brokers[id];
        wish(kProposal + id, broker.view.leads && broker.view.widest_isr != broker.view.isr);
        if (!has(controller.replicas, id)) continue;
        wish(kInSync + id, !has(controller.isr, id));
        wish(kHoldsAll + id,
             broker.disk().log.size() != scope_.batches || broker.view.high_watermark != scope_.batches);
    }
    return pending;
}

std::string ClusterWorld::pending_text(std::size_t wish) const {
    if (wish < kInSync) return fmt::format("#{} is not acknowledged", wish);
    if (wish < kHoldsAll) return fmt::format("broker {} is not in the ISR", wish - kInSync);
    if (wish < kProposal) {
        return fmt::format("broker {} does not have all records below its high watermark", wish - kHoldsAll);
    }
    return fmt::format("what broker {} proposed for the ISR is not decided", wish - kProposal);
}

bool ClusterWorld::is_owed(Action action) const {
    return !disturbs(action) && action.kind != ActionKind::deliver_late;
}

}  // namespace highwater::model::cluster
