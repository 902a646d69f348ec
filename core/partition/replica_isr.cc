// The leader's ISR: who counts, and what it asks the controller for (KIP-497).
//
// Between a proposal and its answer the controller may have committed it or not. Both ISRs count then: a proposed
// member holds the high watermark back at once, one that is to leave does so until the controller has let it go.
#include <algorithm>

#include "core/partition/isr.h"
#include "core/partition/replica.h"

namespace highwater {

namespace {

/// These say that this leader's view of the partition is old: nothing can be asked until the metadata brings the new
/// one.
bool waits_for_metadata(ErrorCode error) {
    switch (error) {
        case ErrorCode::fenced_leader_epoch:
        case ErrorCode::invalid_update_version:
        case ErrorCode::unknown_topic_or_partition:
        case ErrorCode::unknown_topic_id:
        case ErrorCode::new_leader_elected:
        case ErrorCode::invalid_request:
            return true;
        default:
            return false;
    }
}

/// The controller has not committed this attempt and never will. Of an earlier one without an answer it says nothing.
bool is_refused(ErrorCode error) {
    return error == ErrorCode::ineligible_replica || error == ErrorCode::operation_not_attempted;
}

}  // namespace

std::optional<IsrMembers> Replica::proposed_isr() const {
    const auto* leader = std::get_if<Leader>(&role_);
    if (!leader || !leader->proposal) return std::nullopt;
    if (!leader->proposal->withdrawn) return leader->proposal->members;
    IsrMembers committed;
    for (NodeId node : isr_) committed.push_back({node, std::nullopt});
    return committed;
}

/// The widest ISR, and the followers that are about to join it: without these a follower that is always one fetch
/// behind would never reach the high watermark of a busy partition.
NodeIds Replica::counted_replicas(const Leader& leader, Time now) const {
    NodeIds counted = widest_isr(isr_, leader.proposal);
    for (const FollowerProgress& follower : leader.followers) {
        const bool is_joining = !contains(counted, follower.node) && follower.end_offset &&
                                is_caught_up(follower, log_.written_offset(), now, replica_lag_time_max_) &&
                                is_eligible(follower, brokers_);
        if (is_joining) counted.push_back(follower.node);
    }
    return counted;
}

void Replica::propose(Leader& leader, const NodeIds& isr, Effects& effects) {
    ProposedIsr proposal;
    proposal.partition_epoch = *partition_epoch_;
    for (NodeId node : isr) {
        const auto* follower = std::find_if(leader.followers.begin(), leader.followers.end(),
                                            [node](const FollowerProgress& f) { return f.node == node; });
        const bool is_known = follower != leader.followers.end();
        proposal.members.push_back({node, is_known ? follower->broker_epoch : std::nullopt});
    }
    leader.proposal = proposal;
    effects.push_back(AlterPartition{*leader_epoch_, *partition_epoch_});
}

void Replica::review_isr(Time now, Effects& effects) {
    auto* leader = std::get_if<Leader>(&role_);
    if (!leader || leader->followers.empty()) return;
    if (!leader->proposal) {
        const auto& followers = leader->followers;
        const auto keeps_up = [&](NodeId node) {
            const auto* follower = std::find_if(followers.begin(), followers.end(),
                                                [node](const FollowerProgress& f) { return f.node == node; });
            return follower != followers.end() &&
                   is_caught_up(*follower, log_.written_offset(), now, replica_lag_time_max_);
        };
        NodeIds kept;
        for (NodeId node : isr_) {
            if (node == self_ || keeps_up(node)) kept.push_back(node);
        }
        NodeIds grown = isr_;
        for (const FollowerProgress& follower : followers) {
            // One whose log starts below would bring back with its election what was deleted here (KIP-107). One that
            // has everything committed but lags would have to leave again with the answer, and so on for ever.
            const bool may_join =
                keeps_up(follower.node) &&
                has_everything_committed(follower, log_.high_watermark(), leader->epoch_start_offset) &&
                follower.log_start_offset >= log_.start_offset() && is_eligible(follower, brokers_);
            if (may_join && !contains(isr_, follower.node)) grown.push_back(follower.node);
        }
        if (kept.size() < isr_.size()) {
            propose(*leader, kept, effects);
        } else if (grown.size() > isr_.size()) {
            propose(*leader, grown, effects);
        }
    }
    watch_for_lag(*leader, now, effects);
}

void Replica::watch_for_lag(const Leader& leader, Time now, Effects& effects) {
    if (leader.followers.empty()) return;
    const NodeIds counted = counted_replicas(leader, now);
    for (const FollowerProgress& follower : leader.followers) {
        const auto from = lags_from(follower, log_.written_offset(), replica_lag_time_max_);
        if (from && *from > now && contains(counted, follower.node)) wake_by(*from, effects);
    }
}

void Replica::on(Time now, const BrokersChanged& input, Effects& effects) {
    if (is_offline()) return;
    brokers_ = input.brokers;
    make_progress(now, effects);
    review_isr(now, effects);
}

void Replica::on(Time now, const AlterPartitionAnswered& input, Effects& effects) {
    auto* leader = std::get_if<Leader>(&role_);
    const bool is_ours = leader && leader->proposal && leader_epoch_ == input.leader_epoch &&
                         leader->proposal->partition_epoch == input.proposed_at;
    if (!is_ours || waits_for_metadata(input.error)) return;
    if (input.error == ErrorCode::none) {
        // A controller that grants what is so already without a new partition epoch has ended nothing.
        if (input.partition_epoch <= *partition_epoch_) return;
        partition_epoch_ = input.partition_epoch;
        isr_ = input.isr;
        leader->proposal.reset();
    } else if (is_refused(input.error) && !leader->proposal->in_doubt) {
        leader->proposal.reset();
    } else {
        leader->proposal->withdrawn |= is_refused(input.error);
        leader->proposal->in_doubt = true;
        effects.push_back(AlterPartition{*leader_epoch_, leader->proposal->partition_epoch});
        return;
    }
    make_progress(now, effects);
    answer_deletes(*leader, effects);
    // What was refused is asked for again when a fetch or the metadata brings something new.
    if (input.error == ErrorCode::none) review_isr(now, effects);
}

}  // namespace highwater
