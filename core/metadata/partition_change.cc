#include "core/metadata/partition_change.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "core/metadata/replicas.h"

namespace highwater {
namespace {

constexpr Uuid kUnassignedDirectory{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

/// Each replica that stays keeps its directory.
void set_replicas(PartitionImage& partition, const std::vector<NodeId>& replicas) {
    if (!partition.directories.empty()) {
        std::vector<Uuid> directories;
        for (NodeId node : replicas) {
            const auto at = std::find(partition.replicas.begin(), partition.replicas.end(), node);
            const auto index = static_cast<std::size_t>(at - partition.replicas.begin());
            const bool known = index < partition.directories.size();
            directories.push_back(known ? partition.directories[index] : kUnassignedDirectory);
        }
        partition.directories = std::move(directories);
    }
    partition.replicas = replicas;
}

PartitionImage wanted(const PartitionImage& before, const PartitionTarget& target) {
    PartitionImage after = before;
    if (target.isr) after.isr = *target.isr;
    if (target.replicas) set_replicas(after, *target.replicas);
    if (target.removing_replicas) after.removing_replicas = *target.removing_replicas;
    if (target.adding_replicas) after.adding_replicas = *target.adding_replicas;
    if (target.leader_recovery_state) after.leader_recovery_state = *target.leader_recovery_state;
    return after;
}

/// KIP-455. The removing replicas go in the same change that, if one of them leads, elects another leader.
void complete_reassignment(PartitionImage& after) {
    if (after.removing_replicas.empty() && after.adding_replicas.empty()) return;
    if (!contains(after.isr, after.adding_replicas)) return;
    const std::vector<NodeId> staying = without(after.isr, after.removing_replicas);
    if (staying.empty()) return;
    after.isr = staying;
    set_replicas(after, without(after.replicas, after.removing_replicas));
    after.removing_replicas.clear();
    after.adding_replicas.clear();
}

/// KIP-966. While the ISR is under the minimum nothing is committed, so who was in it then still has all that is.
void update_eligible_leader_replicas(const PartitionImage& before, const PartitionTarget& target,
                                     PartitionImage& after) {
    after.eligible_leader_replicas = joined(before.isr, before.eligible_leader_replicas);
    after.eligible_leader_replicas = without(within(after.eligible_leader_replicas, after.replicas), after.isr);
    if (target.unclean_shutdown) std::erase(after.eligible_leader_replicas, *target.unclean_shutdown);
}

/// KIP-966. Once the ISR has the minimum more may be committed, without those that are only eligible.
void end_eligibility(const ReplicationRules& rules, PartitionImage& after) {
    after.eligible_leader_replicas = within(after.eligible_leader_replicas, after.replicas);
    if (after.isr.size() < effective_min_insync_replicas(rules, after.replicas.size())) return;
    after.eligible_leader_replicas.clear();
}

void install(const ElectedLeader& elected, PartitionImage& after) {
    if (elected.unclean) {
        after.isr = {*elected.leader};
        after.eligible_leader_replicas.clear();
        after.leader_recovery_state = LeaderRecoveryState::recovering;
    } else if (elected.leader && !contains(after.isr, *elected.leader)) {
        after.isr = {*elected.leader};
        std::erase(after.eligible_leader_replicas, *elected.leader);
    }
    after.leader = elected.leader;
}

void remember_last_known_leader(const PartitionImage& before, PartitionImage& after) {
    after.last_known_elr = within(after.last_known_elr, after.replicas);
    if (after.leader) {
        after.last_known_elr.clear();
    } else if (before.leader && contains(after.replicas, *before.leader)) {
        after.last_known_elr = {*before.leader};
    }
}

/// KIP-320, KAFKA-15021: what may still be under way from the old epoch must not count in this one.
bool begins_leader_epoch(const PartitionImage& before, const PartitionImage& after, const ReplicationRules& rules) {
    if (after.leader != before.leader) return true;
    if (!contains(after.replicas, before.replicas)) return true;
    return rules.leader_epoch_bump_on_isr_shrink && !contains(after.isr, before.isr);
}

template <class T>
bool record_change(const T& before, const T& after, std::optional<T>& change) {
    if (before == after) return false;
    change = after;
    return true;
}

}  // namespace

std::optional<PartitionChangeRecord> change_partition(TopicId topic, PartitionId partition,
                                                      const PartitionImage& before, const PartitionTarget& target,
                                                      const ReplicationRules& rules, const Electorate& electorate) {
    PartitionImage after = wanted(before, target);
    HIGHWATER_INVARIANT(!after.replicas.empty() && contains(after.replicas, after.isr), "{}", after);
    if (after.isr.empty() && !rules.eligible_leader_replicas) {
        after.isr = before.isr;
    }
    complete_reassignment(after);
    if (rules.eligible_leader_replicas) update_eligible_leader_replicas(before, target, after);

    const Election by_rules = rules.unclean_leader_election ? Election::unclean : Election::online;
    install(elect_leader(target.election.value_or(by_rules), electorate, after, rules.eligible_leader_replicas), after);
    complete_reassignment(after);  // a leader that is the whole ISR now may be all that was waited for
    if (rules.eligible_leader_replicas) {
        end_eligibility(rules, after);
        remember_last_known_leader(before, after);
    } else {
        after.eligible_leader_replicas.clear();
        after.last_known_elr.clear();
    }

    PartitionChangeRecord record;
    record.partition_id = partition;
    record.topic_id = topic;
    bool changes = false;
    changes |= record_change(before.isr, after.isr, record.isr);
    changes |= record_change(before.replicas, after.replicas, record.replicas);
    changes |= record_change(before.removing_replicas, after.removing_replicas, record.removing_replicas);
    changes |= record_change(before.adding_replicas, after.adding_replicas, record.adding_replicas);
    changes |= record_change(before.directories, after.directories, record.directories);
    changes |= record_change(before.leader_recovery_state, after.leader_recovery_state, record.leader_recovery_state);
    changes |=
        record_change(before.eligible_leader_replicas, after.eligible_leader_replicas, record.eligible_leader_replicas);
    changes |= record_change(before.last_known_elr, after.last_known_elr, record.last_known_elr);
    if (begins_leader_epoch(before, after, rules)) {
        record.leader = LeaderChange{after.leader};
        changes = true;
    }
    if (!changes) return std::nullopt;
    return record;
}

}  // namespace highwater
