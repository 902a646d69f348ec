// Heartbeats, leaving, sessions that end, and who may speak for a member.
#include <utility>

#include "core/base/invariant.h"
#include "core/group/group_coordinator.h"
#include "core/group/group_step.h"

namespace highwater {

ErrorCode check_member(const ClassicGroup& group, const std::string& member_id,
                       const std::optional<std::string>& group_instance_id) {
    if (group_instance_id) {
        const auto known = group.static_members.find(*group_instance_id);
        if (known == group.static_members.end()) return ErrorCode::unknown_member_id;
        return known->second == member_id ? ErrorCode::none : ErrorCode::fenced_instance_id;
    }
    return group.find(member_id) == nullptr ? ErrorCode::unknown_member_id : ErrorCode::none;
}

ErrorCode check_claim(const ClassicGroup& group, const MemberClaim& claim) {
    const ErrorCode error = check_member(group, claim.member_id, claim.group_instance_id);
    if (error != ErrorCode::none) return error;
    return claim.generation == group.generation ? ErrorCode::none : ErrorCode::illegal_generation;
}

void GroupCoordinator::extend_session(Step& step, const std::string& id, const ClassicMember& member) {
    deadlines_.set({id, DeadlineKey::Kind::session, member.member_id}, step.now + member.session_timeout);
}

void GroupCoordinator::on(Step& step, const HeartbeatReceived& input) {
    const auto answer = [&](ErrorCode error) { step.effects.push_back(HeartbeatAnswer{input.token, error}); };
    if (!loaded_) return answer(ErrorCode::coordinator_load_in_progress);
    if (input.group.empty()) return answer(ErrorCode::invalid_group_id);
    if (postpone(input.group, GroupInput{input})) return;
    if (const ConsumerGroup* consumer = find_consumer(input.group))
        return heartbeat_to_consumer_group(step, *consumer, input);
    const auto found = groups_.find(input.group);
    if (found == groups_.end()) return answer(ErrorCode::unknown_member_id);
    const ClassicGroup& group = found->second;
    if (const ErrorCode error = check_claim(group, input.claim); error != ErrorCode::none) return answer(error);
    extend_session(step, input.group, *group.find(input.claim.member_id));
    // A member of a generation that is being completed is fine where it is.
    answer(group.state == ClassicState::preparing_rebalance ? ErrorCode::rebalance_in_progress : ErrorCode::none);
}

void GroupCoordinator::on(Step& step, const LeaveReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.effects.push_back(LeaveAnswer{input.token, error, {}}); };
    if (!loaded_) return refuse(ErrorCode::coordinator_load_in_progress);
    if (input.group.empty()) return refuse(ErrorCode::invalid_group_id);
    if (postpone(input.group, GroupInput{input})) return;
    if (const ConsumerGroup* consumer = find_consumer(input.group)) return leave_consumer_group(step, *consumer, input);
    const auto found = groups_.find(input.group);
    LeaveAnswer answer{input.token, ErrorCode::none, {}};
    for (const LeavingMember& leaving : input.members) {
        answer.members.push_back(found == groups_.end() ? ErrorCode::unknown_member_id
                                                        : leave(step, found->second, input.group, leaving));
    }
    step.effects.push_back(std::move(answer));
    forget_if_unused(input.group);
}

ErrorCode GroupCoordinator::leave(Step& step, ClassicGroup& group, const std::string& id,
                                  const LeavingMember& leaving) {
    if (!leaving.group_instance_id && group.pending_members.erase(leaving.member_id) > 0) {
        deadlines_.clear({id, DeadlineKey::Kind::pending_member, leaving.member_id});
        complete_join_if_all_are_there(step, id, group);
        return ErrorCode::none;
    }
    std::string member_id = leaving.member_id;
    if (leaving.group_instance_id && member_id.empty()) {
        const auto known = group.static_members.find(*leaving.group_instance_id);
        if (known == group.static_members.end()) return ErrorCode::unknown_member_id;
        member_id = known->second;
    } else if (const ErrorCode error = check_member(group, member_id, leaving.group_instance_id);
               error != ErrorCode::none) {
        return error;
    }
    remove_member(step, id, group, member_id, ErrorCode::unknown_member_id);
    return ErrorCode::none;
}

void GroupCoordinator::remove_member(Step& step, const std::string& id, ClassicGroup& group,
                                     const std::string& member_id, ErrorCode told) {
    const auto found = group.members.find(member_id);
    HIGHWATER_INVARIANT(found != group.members.end(), "{} of {} is to be removed and not there", member_id, id);
    const ClassicMember& member = found->second;
    if (member.awaiting_join) step.refuse_join(*member.awaiting_join, told, member_id);
    if (member.awaiting_sync) step.refuse_sync(*member.awaiting_sync, told);
    if (member.group_instance_id) group.static_members.erase(*member.group_instance_id);
    group.pending_sync.erase(member_id);
    deadlines_.clear({id, DeadlineKey::Kind::session, member_id});
    group.members.erase(found);
    if (group.is_leader(member_id)) {
        group.leader.reset();
        if (!group.members.empty()) group.leader = group.members.begin()->first;
    }
    rebalance(step, id, group);
}

void GroupCoordinator::session_over(Step& step, const std::string& id, ClassicGroup& group,
                                    const std::string& member_id) {
    const ClassicMember* member = group.find(member_id);
    HIGHWATER_INVARIANT(member != nullptr, "the session of {}, who is not in {}, ends", member_id, id);
    // Whoever waits for an answer cannot send heartbeats. (New ones may have gone away without a trace.)
    if (!member->is_new && (member->awaiting_join || member->awaiting_sync)) {
        extend_session(step, id, *member);
        return;
    }
    remove_member(step, id, group, member_id, ErrorCode::unknown_member_id);
}

}  // namespace highwater
