#include "core/group/consumer_reconciliation.h"

#include <algorithm>

namespace highwater {
namespace {

bool contains(const AssignedPartitions& assigned, TopicId topic, PartitionId partition) {
    const auto found = assigned.find(topic);
    return found != assigned.end() && std::ranges::binary_search(found->second, partition);
}

bool is_held(const ReconciliationTarget& target, TopicId topic, PartitionId partition) {
    const auto found = target.held_by_others.find(topic);
    return found != target.held_by_others.end() && found->second.contains(partition);
}

/// Takes out of `assigned` what is not in the target.
OwnedPartitions take_what_is_not_wanted(OwnedPartitions& assigned, const AssignedPartitions& target) {
    OwnedPartitions revoked;
    for (auto topic = assigned.begin(); topic != assigned.end();) {
        auto& partitions = topic->second;
        for (auto partition = partitions.begin(); partition != partitions.end();) {
            if (contains(target, topic->first, partition->first)) {
                ++partition;
            } else {
                revoked[topic->first].insert(*partition);
                partition = partitions.erase(partition);
            }
        }
        topic = partitions.empty() ? assigned.erase(topic) : std::next(topic);
    }
    return revoked;
}

}  // namespace

bool may_still_own(const std::optional<AssignedPartitions>& owned, const OwnedPartitions& partitions) {
    if (!owned) return true;
    return std::ranges::any_of(*owned, [&](const auto& topic) {
        const auto of_topic = partitions.find(topic.first);
        return of_topic != partitions.end() &&
               std::ranges::any_of(topic.second, [&](PartitionId id) { return of_topic->second.contains(id); });
    });
}

CurrentMemberAssignment reconcile(const CurrentMemberAssignment& current, const ReconciliationTarget& target,
                                  const std::optional<AssignedPartitions>& owned) {
    CurrentMemberAssignment next = current;
    if (current.state == MemberState::unrevoked_partitions && may_still_own(owned, current.pending_revocation)) {
        return next;
    }
    OwnedPartitions to_revoke = take_what_is_not_wanted(next.assigned, target.partitions);
    if (!to_revoke.empty() && may_still_own(owned, to_revoke)) {
        next.state = MemberState::unrevoked_partitions;
        next.pending_revocation = std::move(to_revoke);
        return next;
    }
    next.pending_revocation.clear();
    next.state = MemberState::stable;
    for (const auto& [topic, partitions] : target.partitions) {
        for (const PartitionId partition : partitions) {
            const auto of_topic = next.assigned.find(topic);
            if (of_topic != next.assigned.end() && of_topic->second.contains(partition)) continue;
            if (is_held(target, topic, partition)) {
                next.state = MemberState::unreleased_partitions;
            } else {
                next.assigned[topic].emplace(partition, target.assignment_epoch);
            }
        }
    }
    if (next != current || current.member_epoch != target.assignment_epoch) {
        next.previous_member_epoch = current.member_epoch;
        next.member_epoch = target.assignment_epoch;
    }
    return next;
}

AssignedPartitions without_epochs(const OwnedPartitions& partitions) {
    AssignedPartitions assigned;
    for (const auto& [topic, of_topic] : partitions) {
        auto& list = assigned[topic];
        for (const auto& [partition, epoch] : of_topic) list.push_back(partition);
    }
    return assigned;
}

OwnedPartitions with_epoch(const AssignedPartitions& partitions, GroupEpoch epoch) {
    OwnedPartitions owned;
    for (const auto& [topic, list] : partitions) {
        for (const PartitionId partition : list) owned[topic].emplace(partition, epoch);
    }
    return owned;
}

}  // namespace highwater
