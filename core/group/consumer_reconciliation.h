#pragma once

#include <map>
#include <optional>
#include <set>

#include "core/group/consumer_group_records.h"

namespace highwater {

/// What a member is to be brought to.
struct ReconciliationTarget {
    GroupEpoch assignment_epoch;
    /// Of topics that the member subscribes to.
    AssignedPartitions partitions;
    /// What nobody else may get yet: had by other members, or not given back by them.
    std::map<TopicId, std::set<PartitionId>> held_by_others;
};

/// The next step of a member towards its target (KIP-848), with what it says it has (nullopt: it does not say):
/// - what it has and shall not have is to be given back. Until it says that it has, its epoch stays: at its epoch it
/// may
///   still commit for those partitions, and nobody else gets them;
/// - then it is at the assignment epoch with what is free of its target, and waits for the rest (unreleased).
/// A partition is never in two members' `assigned` or `pending_revocation` at a time if `held_by_others` is complete.
[[nodiscard]] CurrentMemberAssignment reconcile(const CurrentMemberAssignment& current,
                                                const ReconciliationTarget& target,
                                                const std::optional<AssignedPartitions>& owned);

/// Whether `owned` names a partition of `partitions`; also if nothing is said.
[[nodiscard]] bool may_still_own(const std::optional<AssignedPartitions>& owned, const OwnedPartitions& partitions);

/// The same partitions, without the epochs.
[[nodiscard]] AssignedPartitions without_epochs(const OwnedPartitions& partitions);
[[nodiscard]] OwnedPartitions with_epoch(const AssignedPartitions& partitions, GroupEpoch epoch);

}  // namespace highwater
