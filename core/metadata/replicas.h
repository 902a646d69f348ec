#pragma once

#include <algorithm>
#include <vector>

#include "core/base/ids.h"

// Lists of replicas as metadata records have them: few nodes, none twice, in an order that means something.

namespace highwater {

[[nodiscard]] inline bool contains(const std::vector<NodeId>& nodes, NodeId node) {
    return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

[[nodiscard]] inline bool contains(const std::vector<NodeId>& nodes, const std::vector<NodeId>& others) {
    return std::all_of(others.begin(), others.end(), [&](NodeId node) { return contains(nodes, node); });
}

/// Those of `nodes` that are not in `others`, in their order.
[[nodiscard]] inline std::vector<NodeId> without(std::vector<NodeId> nodes, const std::vector<NodeId>& others) {
    std::erase_if(nodes, [&](NodeId node) { return contains(others, node); });
    return nodes;
}

[[nodiscard]] inline std::vector<NodeId> without(std::vector<NodeId> nodes, NodeId other) {
    std::erase(nodes, other);
    return nodes;
}

/// Those of `nodes` that are in `others` too, in their order.
[[nodiscard]] inline std::vector<NodeId> within(std::vector<NodeId> nodes, const std::vector<NodeId>& others) {
    std::erase_if(nodes, [&](NodeId node) { return !contains(others, node); });
    return nodes;
}

/// `nodes`, then those of `others` that are not among them.
[[nodiscard]] inline std::vector<NodeId> joined(std::vector<NodeId> nodes, const std::vector<NodeId>& others) {
    for (NodeId node : others) {
        if (!contains(nodes, node)) nodes.push_back(node);
    }
    return nodes;
}

[[nodiscard]] inline bool has_duplicates(const std::vector<NodeId>& nodes) {
    for (auto at = nodes.begin(); at != nodes.end(); ++at) {
        if (std::find(at + 1, nodes.end(), *at) != nodes.end()) return true;
    }
    return false;
}

}  // namespace highwater
