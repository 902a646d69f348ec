#include "core/partition/read_replica.h"

#include <algorithm>
#include <tuple>

#include "core/partition/isr.h"

namespace highwater {
namespace {

bool is_in_rack(NodeId node, std::string_view rack, std::span<const BrokerRack> racks) {
    return std::any_of(racks.begin(), racks.end(),
                       [&](const BrokerRack& broker) { return broker.node == node && broker.rack == rack; });
}

bool holds(const FollowerProgress& follower, Offset offset) {
    return follower.end_offset && follower.log_start_offset <= offset && offset <= *follower.end_offset;
}

}  // namespace

std::optional<NodeId> select_read_replica(Offset fetch_offset, std::string_view client_rack, NodeId leader,
                                          const NodeIds& isr, std::span<const FollowerProgress> followers,
                                          std::span<const BrokerRack> racks) {
    if (client_rack.empty() || is_in_rack(leader, client_rack, racks)) return std::nullopt;
    const FollowerProgress* best = nullptr;
    const auto rank = [](const FollowerProgress& f) { return std::tuple{*f.end_offset, f.last_caught_up, f.node}; };
    for (const FollowerProgress& follower : followers) {
        const bool fits = contains(isr, follower.node) && holds(follower, fetch_offset) &&
                          is_in_rack(follower.node, client_rack, racks);
        if (fits && (best == nullptr || rank(follower) > rank(*best))) best = &follower;
    }
    if (best == nullptr) return std::nullopt;
    return best->node;
}

}  // namespace highwater
