// What somebody waits for in a transaction.
#include <fmt/format.h>

#include "model/transaction/transaction_world.h"

namespace highwater::model::transaction {

// Wishes: one of each producer, then one of each partition.

std::uint32_t TransactionWorld::pending(const State& state) const {
    std::uint32_t pending = 0;
    for (std::uint8_t id = 0; id < scope_.producers; ++id) {
        const TransactionalProducer& producer = state.rest.producers[id];
        const bool asks = producer.waits() || producer.holds_back != 0;
        if (producer.is_up() && asks) pending |= std::uint32_t{1} << id;
    }
    for (std::size_t p = 0; p < kPartitions; ++p) {
        const DataView& view = state.data[p]->view;
        if (view.last_stable_offset < view.log.size()) pending |= std::uint32_t{1} << (kMaxProducers + p);
    }
    return pending;
}

std::string TransactionWorld::pending_text(std::size_t wish) const {
    if (wish < kMaxProducers) return fmt::format("producer {} has no answer that it can go on from", wish);
    return fmt::format("the last stable offset of partition {} is below its end", wish - kMaxProducers);
}

bool TransactionWorld::is_owed(Action action) const {
    return !disturbs(action) && action.kind != ActionKind::deliver_late;
}

}  // namespace highwater::model::transaction
