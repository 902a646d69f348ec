#include "core/metadata/leader_election.h"

#include <algorithm>

#include "core/metadata/replicas.h"

namespace highwater {
namespace {

/// Ids of log directories that mean something else (KIP-858). Zero is a partition that is migrating to directories.
constexpr Uuid kUnassignedDirectory{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
constexpr Uuid kLostDirectory{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};

bool is_online(const BrokerImage& broker, const Uuid& directory) {
    if (directory == kLostDirectory) return false;
    if (directory.is_zero() || directory == kUnassignedDirectory || broker.log_dirs.empty()) return true;
    return std::find(broker.log_dirs.begin(), broker.log_dirs.end(), directory) != broker.log_dirs.end();
}

/// Has every committed record: the ISR, and where that is empty the ELR (KIP-966).
bool is_clean_candidate(const PartitionImage& partition, NodeId node, bool eligible_leader_replicas) {
    if (contains(partition.isr, node)) return true;
    return eligible_leader_replicas && partition.isr.empty() && contains(partition.eligible_leader_replicas, node);
}

}  // namespace

bool is_active(const BrokerImage& broker) {
    return !broker.fenced && !broker.in_controlled_shutdown;
}

bool may_lead(const Electorate& electorate, const PartitionImage& partition, NodeId node) {
    if (electorate.leaving == node) return false;
    const BrokerImage* broker = electorate.image->broker(node);
    if (!broker) return false;
    const bool unfenced = electorate.unfencing == node && !broker->in_controlled_shutdown;
    if (!unfenced && !is_active(*broker)) return false;
    const auto at = std::find(partition.replicas.begin(), partition.replicas.end(), node);
    const auto index = static_cast<std::size_t>(at - partition.replicas.begin());
    return index >= partition.directories.size() || is_online(*broker, partition.directories[index]);
}

ElectedLeader elect_leader(Election election, const Electorate& electorate, const PartitionImage& partition,
                           bool eligible_leader_replicas) {
    const auto may = [&](NodeId node) { return may_lead(electorate, partition, node); };
    const auto may_cleanly = [&](NodeId node) {
        return is_clean_candidate(partition, node, eligible_leader_replicas) && may(node);
    };
    if (election == Election::preferred && may_cleanly(partition.replicas.front())) {
        return {partition.replicas.front(), false};
    }
    if (partition.leader && may_cleanly(*partition.leader)) return {partition.leader, false};
    for (NodeId node : partition.replicas) {
        if (may_cleanly(node)) return {node, false};
    }
    const bool all_are_gone = partition.isr.empty() && partition.eligible_leader_replicas.empty();
    if (eligible_leader_replicas && all_are_gone && partition.last_known_elr.size() == 1 &&
        contains(partition.replicas, partition.last_known_elr.front()) && may(partition.last_known_elr.front())) {
        return {partition.last_known_elr.front(), true};
    }
    if (election != Election::unclean) return {std::nullopt, false};
    for (NodeId node : partition.replicas) {
        if (may(node)) return {node, true};
    }
    return {std::nullopt, false};
}

}  // namespace highwater
