#pragma once

#include <optional>
#include <vector>

#include "core/base/describe.h"
#include "core/metadata/controller.h"
#include "core/metadata/replication_rules.h"

namespace highwater {

/// A member of a proposed ISR.
struct NewIsrMember {
    NodeId broker;
    /// The broker epoch that the member's fetches carried; nullopt (-1 on the wire, or version 2): not known.
    std::optional<BrokerEpoch> broker_epoch;

    static constexpr void describe(auto&& field) {
        field("broker", &NewIsrMember::broker);
        field("broker_epoch", &NewIsrMember::broker_epoch);
    }
};

/// What the leader of a partition wants its ISR to be.
struct IsrProposal {
    TopicId topic;
    PartitionId partition;
    LeaderEpoch leader_epoch;
    /// The version that the leader knows: the change is made only if it is still the present one.
    PartitionEpoch partition_epoch;
    std::vector<NewIsrMember> new_isr;
    LeaderRecoveryState leader_recovery_state = LeaderRecoveryState::recovered;

    static constexpr void describe(auto&& field) {
        field("topic", &IsrProposal::topic);
        field("partition", &IsrProposal::partition);
        field("leader_epoch", &IsrProposal::leader_epoch);
        field("partition_epoch", &IsrProposal::partition_epoch);
        field("new_isr", &IsrProposal::new_isr);
        field("leader_recovery_state", &IsrProposal::leader_recovery_state);
    }
};

/// AlterPartition.
struct AlterPartitionRequest {
    NodeId broker;
    BrokerEpoch broker_epoch;
    std::vector<IsrProposal> partitions;
};

struct AlteredPartition {
    TopicId topic;
    PartitionId partition;
    ErrorCode error = ErrorCode::none;
    /// With error none what the partition is from here on; else nothing.
    std::optional<NodeId> leader;
    LeaderEpoch leader_epoch;
    std::vector<NodeId> isr;
    LeaderRecoveryState leader_recovery_state = LeaderRecoveryState::recovered;
    PartitionEpoch partition_epoch;

    static constexpr void describe(auto&& field) {
        field("topic", &AlteredPartition::topic);
        field("partition", &AlteredPartition::partition);
        field("error", &AlteredPartition::error);
        field("leader", &AlteredPartition::leader);
        field("leader_epoch", &AlteredPartition::leader_epoch);
        field("isr", &AlteredPartition::isr);
        field("leader_recovery_state", &AlteredPartition::leader_recovery_state);
        field("partition_epoch", &AlteredPartition::partition_epoch);
    }
};

struct AlterPartitionAnswer {
    /// STALE_BROKER_EPOCH: the sender is not registered with that epoch; nothing was looked at.
    ErrorCode error = ErrorCode::none;
    std::vector<AlteredPartition> partitions;
};

/// AlterPartition (versions 2 and 3; KIP-497, KIP-704, KIP-841, KIP-903). Always one answer. Per partition, the first
/// that holds:
/// - UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION;
/// - INVALID_REQUEST: the partition is in the request twice;
/// - NOT_CONTROLLER: leader or partition epoch above the present one, so another controller knows more (KAFKA-14154);
/// - FENCED_LEADER_EPOCH: leader epoch below the present one;
/// - INVALID_REQUEST: the sender does not lead;
/// - INVALID_UPDATE_VERSION: partition epoch below the present one;
/// - INVALID_REQUEST: the ISR has a member twice or one that is no replica, or lacks the leader; a recovering leader
/// wants
///   more than itself in it, or a recovered one to be recovering;
/// - INELIGIBLE_REPLICA: a member is not registered, fenced, in controlled shutdown, or of another broker epoch;
/// - NEW_LEADER_ELECTED: the change was made, and it ended a reassignment that took the sender out.
/// A proposal of what is already so is a new partition epoch all the same (docs/decisions/0008).
[[nodiscard]] Decision<AlterPartitionAnswer> alter_partition(const MetadataImage& image,
                                                             const AlterPartitionRequest& request,
                                                             const ReplicationDefaults& defaults);

}  // namespace highwater
