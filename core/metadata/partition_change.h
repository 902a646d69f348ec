#pragma once

#include <optional>
#include <vector>

#include "core/metadata/leader_election.h"
#include "core/metadata/records.h"
#include "core/metadata/replication_rules.h"

namespace highwater {

/// What a decision wants of a partition; nullopt stays.
struct PartitionTarget {
    std::optional<std::vector<NodeId>> isr = std::nullopt;
    std::optional<std::vector<NodeId>> replicas = std::nullopt;
    std::optional<std::vector<NodeId>> removing_replicas = std::nullopt;
    std::optional<std::vector<NodeId>> adding_replicas = std::nullopt;
    std::optional<LeaderRecoveryState> leader_recovery_state = std::nullopt;
    /// nullopt: unclean where the topic's rules allow it, else online.
    std::optional<Election> election = std::nullopt;
    /// Came back without what it had not flushed: no candidate any more (KIP-966).
    std::optional<NodeId> unclean_shutdown = std::nullopt;
};

/// The change that makes of `before` what `target` wants, and of that what must follow: a reassignment that is done
/// ends, the eligible leader replicas are kept, a leader is elected. nullopt: nothing changes. All changes that the
/// controller makes to partitions come from here (KIP-455, KIP-966; Kafka's PartitionChangeBuilder):
/// - a reassignment is done when all adding replicas are in the ISR and somebody stays in it; then the removing ones
/// go;
/// - the ISR may become empty only with eligible leader replicas; without them its last member stays and the partition
///   has no leader while that one is away;
/// - ELR: empty while the ISR has min.insync.replicas; else who was in ISR or ELR and is not in the ISR now, without
///   those that restarted uncleanly. A leader elected from it is the whole ISR;
/// - the last known leader is kept from when the partition loses its leader until it has one;
/// - after an unclean election the leader is the whole ISR and recovering;
/// - a new leader epoch begins when the leader changes or a replica leaves the assignment (and, before metadata.version
///   12, when the ISR shrinks).
/// Requires: the target's ISR is within its replicas, and its replicas are some.
[[nodiscard]] std::optional<PartitionChangeRecord> change_partition(TopicId topic, PartitionId partition,
                                                                    const PartitionImage& before,
                                                                    const PartitionTarget& target,
                                                                    const ReplicationRules& rules,
                                                                    const Electorate& electorate);

}  // namespace highwater
