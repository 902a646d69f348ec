#pragma once

#include <cstdint>

#include "broker/engine/node.h"
#include "core/coordinator/coordinator_partition.h"

// What requests of transactions have in common.

namespace highwater::engine {

/// KIP-588: before this version of an API a client did not know PRODUCER_FENCED.
inline ErrorCode fenced_as_known(ErrorCode error, std::int16_t version, std::int16_t first_version_that_knows) {
    const bool unknown = error == ErrorCode::producer_fenced && version < first_version_that_knows;
    return unknown ? ErrorCode::invalid_producer_epoch : error;
}

/// The partition of `__consumer_offsets` that has the group's offsets; nullptr: there is no such topic yet.
inline Partition* partition_of_group(Node& node, std::string_view group) {
    Topic* topic = node.topics().find(kGroupsTopic);
    if (topic == nullptr) return nullptr;
    return topic->partition(coordinator_partition(group, static_cast<std::int32_t>(topic->partitions.size())));
}

}  // namespace highwater::engine
