#pragma once

#include <cstdint>
#include <string>

#include "broker/client/cluster.h"

namespace highwater::client {

/// What a coordinator is asked for; the numbers are FindCoordinator's key types.
enum class CoordinatorType : std::int8_t { group = 0, transaction = 1 };

struct Coordinator {
    NodeId node;
    Address address;
};

/// The coordinator of a group or a transactional id; `cluster` knows its address afterwards. The error is a sentence.
Result<Coordinator, std::string> find_coordinator(Cluster& cluster, CoordinatorType type, const std::string& key);

}  // namespace highwater::client
