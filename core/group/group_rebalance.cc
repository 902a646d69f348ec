// How a rebalance goes on and ends: the wait for members, the new generation, the leader's assignment.
#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "core/group/group_coordinator.h"
#include "core/group/group_step.h"

namespace highwater {

void GroupCoordinator::rebalance(Step& step, const std::string& id, ClassicGroup& group) {
    if (group.state == ClassicState::preparing_rebalance) {
        complete_join_if_all_are_there(step, id, group);
        return;
    }
    for (auto& [member_id, member] : group.members) {
        if (!member.awaiting_sync) continue;
        step.refuse_sync(*member.awaiting_sync, ErrorCode::rebalance_in_progress);
        member.awaiting_sync.reset();
    }
    group.pending_sync.clear();
    deadlines_.clear({id, DeadlineKey::Kind::sync, {}});
    const bool first = group.state == ClassicState::empty;
    group.state = ClassicState::preparing_rebalance;
    group.current_state_timestamp = step.wall;
    if (!first) {
        deadlines_.set({id, DeadlineKey::Kind::join, {}}, step.now + group.rebalance_timeout());
        complete_join_if_all_are_there(step, id, group);
        return;
    }
    // The first member of a group is rarely the only one: others get a little time (KIP-134).
    const Duration delay = std::min(config_.initial_rebalance_delay, group.rebalance_timeout());
    if (delay == Duration{}) return complete_join(step, id, group);
    group.initial_delay_left = group.rebalance_timeout() - delay;
    group.joined_during_initial_delay = false;
    deadlines_.set({id, DeadlineKey::Kind::join, {}}, step.now + delay);
}

void GroupCoordinator::initial_delay_over(Step& step, const std::string& id, ClassicGroup& group) {
    const Duration left = *group.initial_delay_left;
    if (!std::exchange(group.joined_during_initial_delay, false) || left == Duration{}) {
        group.initial_delay_left.reset();
        complete_join(step, id, group);
        return;
    }
    const Duration delay = std::min(config_.initial_rebalance_delay, left);
    group.initial_delay_left = left - delay;
    deadlines_.set({id, DeadlineKey::Kind::join, {}}, step.now + delay);
}

void GroupCoordinator::complete_join_if_all_are_there(Step& step, const std::string& id, ClassicGroup& group) {
    if (group.state != ClassicState::preparing_rebalance || group.initial_delay_left) return;
    if (group.all_joined()) complete_join(step, id, group);
}

void GroupCoordinator::complete_join(Step& step, const std::string& id, ClassicGroup& group) {
    HIGHWATER_INVARIANT(group.state == ClassicState::preparing_rebalance, "group {} is {}", id,
                        state_name(group.state));
    deadlines_.clear({id, DeadlineKey::Kind::join, {}});
    group.initial_delay_left.reset();
    // Static members are expected back until their session ends (KIP-345).
    std::vector<std::string> gone;
    for (const auto& [member_id, member] : group.members) {
        if (!member.awaiting_join && !member.group_instance_id) gone.push_back(member_id);
    }
    for (const std::string& member_id : gone) {
        deadlines_.clear({id, DeadlineKey::Kind::session, member_id});
        group.members.erase(member_id);
    }
    const ClassicMember* leader = group.leader ? group.find(*group.leader) : nullptr;
    if (!group.members.empty() && (leader == nullptr || !leader->awaiting_join)) {
        const auto joined = std::ranges::find_if(
            group.members, [](const auto& entry) { return entry.second.awaiting_join.has_value(); });
        if (joined == group.members.end()) {
            // Only static members that are away: nobody could assign.
            deadlines_.set({id, DeadlineKey::Kind::join, {}}, step.now + group.rebalance_timeout());
            return;
        }
        group.leader = joined->first;
    }
    group.generation = group.next_generation();
    group.current_state_timestamp = step.wall;
    if (group.members.empty()) {
        group.state = ClassicState::empty;
        group.protocol.reset();
        group.leader.reset();
        write(step, {GroupMetadataRecord{id, metadata_of(group, {}, step.wall)}}, NothingMore{});
        return;
    }
    group.state = ClassicState::completing_rebalance;
    group.is_assigned = false;
    group.protocol = group.select_protocol();
    group.pending_sync.clear();
    std::vector<JoinedMember> members;
    for (const auto& [member_id, member] : group.members) {
        members.push_back({member_id, member.group_instance_id, member.metadata_for(*group.protocol)});
        group.pending_sync.insert(member_id);
    }
    for (auto& [member_id, member] : group.members) {
        member.is_new = false;
        member.assignment.clear();
        extend_session(step, id, member);
        if (!member.awaiting_join) continue;
        step.effects.push_back(
            JoinAnswer{.token = *std::exchange(member.awaiting_join, std::nullopt),
                       .error = ErrorCode::none,
                       .generation = group.generation,
                       .protocol_type = group.protocol_type,
                       .protocol = group.protocol,
                       .leader = *group.leader,
                       .skip_assignment = false,
                       .member_id = member_id,
                       .members = group.is_leader(member_id) ? members : std::vector<JoinedMember>{}});
    }
    deadlines_.set({id, DeadlineKey::Kind::sync, {}}, step.now + group.rebalance_timeout());
}

void GroupCoordinator::on(Step& step, const SyncReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.refuse_sync(input.token, error); };
    if (!loaded_) return refuse(ErrorCode::coordinator_load_in_progress);
    if (input.group.empty()) return refuse(ErrorCode::invalid_group_id);
    if (postpone(input.group, GroupInput{input})) return;
    if (const ConsumerGroup* consumer = find_consumer(input.group))
        return sync_with_consumer_group(step, *consumer, input);
    const auto found = groups_.find(input.group);
    if (found == groups_.end()) return refuse(ErrorCode::unknown_member_id);
    ClassicGroup& group = found->second;
    if (const ErrorCode error = check_claim(group, input.claim); error != ErrorCode::none) return refuse(error);
    const bool other_type = input.protocol_type && *input.protocol_type != group.protocol_type;
    const bool other_protocol = input.protocol && group.protocol && *input.protocol != *group.protocol;
    if (other_type || other_protocol) return refuse(ErrorCode::inconsistent_group_protocol);
    ClassicMember& member = *group.find(input.claim.member_id);
    if (group.state == ClassicState::preparing_rebalance) return refuse(ErrorCode::rebalance_in_progress);
    extend_session(step, input.group, member);
    group.pending_sync.erase(input.claim.member_id);
    if (group.state == ClassicState::stable) {
        if (group.pending_sync.empty()) deadlines_.clear({input.group, DeadlineKey::Kind::sync, {}});
        step.effects.push_back(
            SyncAnswer{input.token, ErrorCode::none, group.protocol_type, group.protocol, member.assignment});
        return;
    }
    // The request that waited was given up by its client.
    if (member.awaiting_sync) step.refuse_sync(*member.awaiting_sync, ErrorCode::rebalance_in_progress);
    member.awaiting_sync = input.token;
    if (!group.is_leader(input.claim.member_id) || group.is_assigned) return;
    group.is_assigned = true;
    std::map<std::string, std::string> assignments;
    for (const auto& [member_id, assignment] : input.assignments) assignments[member_id] = assignment;
    write(step, {GroupMetadataRecord{input.group, metadata_of(group, assignments, step.wall)}},
          AssignmentWrite{input.group, group.generation});
}

void GroupCoordinator::become_stable(Step& step, const std::string& id, ClassicGroup& group) {
    group.state = ClassicState::stable;
    group.current_state_timestamp = step.wall;
    for (auto& [member_id, member] : group.members) {
        if (!member.awaiting_sync) continue;
        extend_session(step, id, member);
        step.effects.push_back(SyncAnswer{*std::exchange(member.awaiting_sync, std::nullopt), ErrorCode::none,
                                          group.protocol_type, group.protocol, member.assignment});
    }
    if (group.pending_sync.empty()) deadlines_.clear({id, DeadlineKey::Kind::sync, {}});
}

void GroupCoordinator::assignment_failed(Step& step, const std::string& id, ClassicGroup& group, ErrorCode error) {
    for (auto& [member_id, member] : group.members) {
        if (!member.awaiting_sync) continue;
        step.refuse_sync(*std::exchange(member.awaiting_sync, std::nullopt), error);
    }
    rebalance(step, id, group);
}

void GroupCoordinator::sync_timed_out(Step& step, const std::string& id, ClassicGroup& group) {
    // Whoever joined a generation and never asked what it was given is gone.
    const std::set<std::string> missing = std::exchange(group.pending_sync, {});
    for (const std::string& member_id : missing) {
        if (group.find(member_id) != nullptr) remove_member(step, id, group, member_id, ErrorCode::unknown_member_id);
    }
    if (missing.empty() && group.state == ClassicState::completing_rebalance) return;
    if (!missing.empty() && group.state != ClassicState::preparing_rebalance && group.state != ClassicState::empty) {
        rebalance(step, id, group);
    }
}

}  // namespace highwater
