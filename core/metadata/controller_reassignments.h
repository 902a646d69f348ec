#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/describe.h"
#include "core/metadata/controller.h"
#include "core/metadata/controller_elections.h"
#include "core/metadata/replication_rules.h"

// Moving partitions between brokers (KIP-455). While one moves its replicas are those it shall have, then those that it
// shall lose; AlterPartition ends it once all that were added are in the ISR.

namespace highwater {

struct PartitionToReassign {
    std::string topic;
    PartitionId partition;
    /// In assignment order; nullopt: end the reassignment and go back.
    std::optional<std::vector<NodeId>> replicas;
};

struct ReassignedPartition {
    std::string topic;
    PartitionId partition;
    ControllerError error;
};

/// AlterPartitionReassignments (KIP-455; version 1: KIP-860). A partition that is already being reassigned goes from
/// what it was before that to the new target. Per partition: UNKNOWN_TOPIC_OR_PARTITION; INVALID_REQUEST (the partition
/// twice); NO_REASSIGNMENT_IN_PROGRESS (nothing to end); INVALID_REPLICA_ASSIGNMENT (no replicas, one twice, one that
/// is not registered, or nobody of the ISR would stay); INVALID_REPLICATION_FACTOR (it would change and
/// `allow_replication_factor_change` is false). What is already so is granted without a record.
[[nodiscard]] Decision<ReassignedPartition> alter_partition_reassignments(
    const MetadataImage& image, const std::vector<PartitionToReassign>& partitions,
    bool allow_replication_factor_change, const ReplicationDefaults& defaults);

struct OngoingReassignment {
    std::string topic;
    PartitionId partition;
    /// All that have the partition now.
    std::vector<NodeId> replicas;
    std::vector<NodeId> adding_replicas;
    std::vector<NodeId> removing_replicas;

    static constexpr void describe(auto&& field) {
        field("topic", &OngoingReassignment::topic);
        field("partition", &OngoingReassignment::partition);
        field("replicas", &OngoingReassignment::replicas);
        field("adding_replicas", &OngoingReassignment::adding_replicas);
        field("removing_replicas", &OngoingReassignment::removing_replicas);
    }
};

/// ListPartitionReassignments (KIP-455): those among `partitions`, or nullopt: all, by topic name. What is not being
/// reassigned, or is not there, is left out.
[[nodiscard]] std::vector<OngoingReassignment> list_partition_reassignments(
    const MetadataImage& image, const std::optional<std::vector<NamedPartition>>& partitions);

}  // namespace highwater
