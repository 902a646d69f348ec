// What somebody waits for in a group.
#include <fmt/format.h>

#include "model/group/group_world.h"

namespace highwater::model::group {

// Wishes: one of each client, then one of each partition.

std::uint32_t GroupWorld::pending(const State& state) const {
    std::uint32_t pending = 0;
    Partitions owned = 0;
    bool somebody = false;
    for (std::uint8_t id = 0; id < scope_.clients; ++id) {
        const Client& client = state.rest.clients[id];
        if (!client.is_up()) continue;
        somebody = true;
        owned = static_cast<Partitions>(owned | client.owned());
        if (!client.is_settled()) pending |= std::uint32_t{1} << id;
    }
    for (std::size_t p = 0; p < kPartitions; ++p) {
        if (somebody && !has(owned, p)) pending |= std::uint32_t{1} << (kMaxClients + p);
    }
    return pending;
}

std::string GroupWorld::pending_text(std::size_t wish) const {
    if (wish < kMaxClients) return fmt::format("client {} has no place in a generation", wish);
    return fmt::format("nobody owns partition {}", wish - kMaxClients);
}

bool GroupWorld::is_owed(Action action) const {
    return !disturbs(action) && action.kind != ActionKind::deliver_late;
}

}  // namespace highwater::model::group
