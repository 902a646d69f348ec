#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/offset.h"
#include "core/partition/input.h"
#include "core/partition/roles.h"

namespace highwater {

/// A broker that consumers can reach, and its `broker.rack`; empty: it has none.
struct BrokerRack {
    NodeId node;
    std::string_view rack;
};

/// KIP-392 (RackAwareReplicaSelector): the replica that a consumer in `client_rack` shall read from instead of from the
/// leader: of the followers in that rack that are in sync and hold the fetch offset (log start <= offset <= log end),
/// the one with the highest log end; of equal ones the one that was caught up last, then the one with the highest id.
/// nullopt: the leader, because it is in that rack itself, or because no follower there will do.
/// A follower that is not in the ISR may lag without end: a consumer would read nothing there and never be told.
[[nodiscard]] std::optional<NodeId> select_read_replica(Offset fetch_offset, std::string_view client_rack,
                                                        NodeId leader, const NodeIds& isr,
                                                        std::span<const FollowerProgress> followers,
                                                        std::span<const BrokerRack> racks);

}  // namespace highwater
