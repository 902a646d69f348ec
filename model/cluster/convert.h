#pragma once

#include "core/base/error_code.h"
#include "core/base/offset.h"
#include "core/partition/input.h"
#include "core/partition/isr.h"
#include "model/cluster/state.h"
#include "model/world/batch.h"

// From the machine's types to the bytes that states are made of, and back.

namespace highwater::model::cluster {

/// One step of a broker's clock: more than a follower may lag.
inline constexpr Duration kTick = kDefaultReplicaLagTimeMax + std::chrono::seconds{1};

[[nodiscard]] inline NodeIds nodes_of(Brokers brokers) {
    NodeIds nodes;
    for (std::uint8_t id = 0; id < kMaxBrokers; ++id) {
        if (has(brokers, id)) nodes.push_back(NodeId{id});
    }
    return nodes;
}

[[nodiscard]] inline Brokers brokers_of(const NodeIds& nodes) {
    Brokers brokers = 0;
    for (const NodeId node : nodes) brokers = static_cast<Brokers>(brokers | only(narrow(node.value())));
    return brokers;
}

[[nodiscard]] inline std::uint8_t narrow_offset(Offset offset) {
    return narrow(offset.value());
}

[[nodiscard]] inline std::uint8_t plus_one(ErrorCode error) {
    return narrow(static_cast<std::int64_t>(error) + 1);
}

}  // namespace highwater::model::cluster
