// ConsumerGroupHeartbeat of members that join and stay (KIP-848): what they say, the group epoch that it makes, the
// target that follows, and how far the member is from it.
#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "core/group/consumer_fencing.h"
#include "core/group/consumer_reconciliation.h"
#include "core/group/consumer_target.h"
#include "core/group/group_coordinator.h"
#include "core/group/group_step.h"

// A member's epoch, and who moves it:
//
//   0 (joins) -> assignment epoch   at once: it has nothing to give back
//   e         -> e                  the target takes partitions away: it has to give them back first (unrevoked)
//   e         -> assignment epoch   it has, or had nothing to: it gets what is free (stable, or unreleased)
//   any       -> -2                 a static member leaves for a while; its partitions stay its own until its session
//   ends any       -> gone               it leaves, its session ends, or it does not give back partitions in time

namespace highwater {
namespace {

/// A request that says everything wants to be told everything.
bool is_full(const ConsumerHeartbeatReceived& input) {
    const bool subscribes = input.subscribed_topic_names || input.subscribed_topic_regex;
    return input.member_epoch == GroupEpoch{0} || (input.rebalance_timeout && subscribes && input.owned);
}

void update(ConsumerMemberMetadata& metadata, const ConsumerHeartbeatReceived& input) {
    if (input.group_instance_id) metadata.group_instance_id = input.group_instance_id;
    if (input.rack_id) metadata.rack_id = input.rack_id;
    if (input.rebalance_timeout) metadata.rebalance_timeout = input.rebalance_timeout;
    if (input.subscribed_topic_names) metadata.subscribed_topic_names = *input.subscribed_topic_names;
    if (input.subscribed_topic_regex) {
        metadata.subscribed_topic_regex.reset();
        if (!input.subscribed_topic_regex->empty()) metadata.subscribed_topic_regex = input.subscribed_topic_regex;
    }
    if (input.server_assignor) metadata.server_assignor = input.server_assignor;
    metadata.client_id = input.client_id;
    metadata.client_host = input.client_host;
    metadata.classic.reset();
}

bool same_subscription(const ConsumerMemberMetadata& a, const ConsumerMemberMetadata& b) {
    return a.subscribed_topic_names == b.subscribed_topic_names && a.subscribed_topic_regex == b.subscribed_topic_regex;
}

}  // namespace

void GroupCoordinator::on(Step& step, const ConsumerHeartbeatReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.refuse_heartbeat(input.token, error, input.member_id); };
    if (!loaded_) return refuse(ErrorCode::coordinator_load_in_progress);
    if (const ErrorCode error = check_heartbeat(input); error != ErrorCode::none) return refuse(error);
    const auto& known = config_.consumer_assignors;
    if (input.server_assignor && std::ranges::find(known, *input.server_assignor) == known.end()) {
        return refuse(ErrorCode::unsupported_assignor);
    }
    if (postpone(input.group, GroupInput{input})) return;
    if (input.member_epoch < GroupEpoch{0}) {
        leave(step, input);
    } else {
        stay(step, input);
    }
}

void GroupCoordinator::stay(Step& step, const ConsumerHeartbeatReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.refuse_heartbeat(input.token, error, input.member_id); };
    const bool joins = input.member_epoch == GroupEpoch{0};
    const std::string member_id = input.member_id.empty() ? input.fresh_id : input.member_id;
    ConsumerGroupDraft draft(input.group, find_consumer(input.group));
    const bool is_new_group = !consumer_groups_.contains(input.group);
    if (is_new_group) {
        // Its group has become a classic one without it. Kafka says GROUP_ID_NOT_FOUND here as well, after which a
        // client stops for good; with this it joins again, and takes the group along.
        const bool is_classic = find(input.group) != nullptr;
        if (!joins) return refuse(is_classic ? ErrorCode::unknown_member_id : ErrorCode::group_id_not_found);
        if (const ErrorCode error = upgrade(step, draft); error != ErrorCode::none) return refuse(error);
    }
    if (const ErrorCode error = let_in(draft, input, member_id); error != ErrorCode::none) return refuse(error);
    if (is_new_group) send_back_whoever_waits(step, input.group);

    const ConsumerMember* before = draft.group().find(member_id);
    ConsumerMemberMetadata metadata = before == nullptr ? ConsumerMemberMetadata{} : before->metadata;
    const CurrentMemberAssignment current_before = before == nullptr ? CurrentMemberAssignment{} : before->current;
    update(metadata, input);
    const bool bump = before == nullptr || !same_subscription(metadata, before->metadata);
    if (before == nullptr || metadata != before->metadata) {
        draft.add(ConsumerGroupMemberMetadataRecord{input.group, member_id, metadata});
        drop_unused_expressions(draft);
    }
    advance(step, draft, bump);
    reconcile_member(step, draft, member_id, input.owned);

    const ConsumerMember& member = *draft.group().find(member_id);
    const bool lost_answer = input.member_epoch != current_before.member_epoch;
    ConsumerHeartbeatAnswer answer{.token = input.token,
                                   .error = ErrorCode::none,
                                   .member_id = member_id,
                                   .member_epoch = member.current.member_epoch,
                                   .heartbeat_interval = heartbeat_interval(input.group),
                                   .assignment = std::nullopt};
    AssignedPartitions assigned = without_epochs(member.current.assigned);
    if (is_full(input) || lost_answer || assigned != without_epochs(current_before.assigned)) {
        answer.assignment = std::move(assigned);
    }
    extend_session(step, input.group, member_id, member);
    if (draft.records().empty()) {
        step.effects.push_back(std::move(answer));
        arm_assignment(step, input.group);
    } else {
        write(step, draft, ConsumerGroupWrite{std::move(answer), std::nullopt});
    }
    resolve_expressions(step, input.group, draft.group());
}

ErrorCode GroupCoordinator::let_in(ConsumerGroupDraft& draft, const ConsumerHeartbeatReceived& input,
                                   const std::string& member_id) {
    const ConsumerGroup& group = draft.group();
    const bool joins = input.member_epoch == GroupEpoch{0};
    const ConsumerMember* member = group.find(member_id);
    const std::string* known = input.group_instance_id ? group.static_member(*input.group_instance_id) : nullptr;
    const bool is_full_up = group.members.size() >= static_cast<std::size_t>(config_.consumer_max_size);
    if (joins && member == nullptr && known == nullptr && is_full_up) return ErrorCode::group_max_size_reached;
    if (!joins) {
        if (input.group_instance_id) {
            const ErrorCode error = check_instance(group, member_id, *input.group_instance_id);
            if (error != ErrorCode::none) return error;
        } else if (member == nullptr) {
            return ErrorCode::unknown_member_id;
        }
    } else if (known != nullptr && *known != member_id) {
        const ConsumerMember& former = *group.find(*known);
        // Two processes with one instance id: the one that is there stays (KIP-848, unlike KIP-345).
        const bool released = former.current.member_epoch == kLeaveGroupStaticMemberEpoch;
        if (!released && !former.uses_classic_protocol()) return ErrorCode::unreleased_instance_id;
        replace_member(draft, *known, member_id);
        return ErrorCode::none;
    }
    if (member == nullptr) return ErrorCode::none;
    // A static member that comes back under its own id, and a member that goes on with the other protocol.
    const bool comes_back =
        joins && (member->current.member_epoch == kLeaveGroupStaticMemberEpoch || member->uses_classic_protocol());
    if (comes_back) {
        replace_member(draft, member_id, member_id);
        return ErrorCode::none;
    }
    return check_member_epoch(member->current, input.member_epoch, input.owned);
}

// It goes on where its former self was. What that may still commit for ends here, so the partitions count as just got.
void GroupCoordinator::replace_member(ConsumerGroupDraft& draft, const std::string& former_id,
                                      const std::string& member_id) {
    const std::string& id = draft.id();
    const ConsumerMember former = *draft.group().find(former_id);
    const AssignedPartitions target = draft.group().target_of(former_id);
    draft.add(tombstones_of_member(id, former_id));
    draft.add(ConsumerGroupMemberMetadataRecord{id, member_id, former.metadata});
    draft.add(ConsumerGroupTargetAssignmentMemberRecord{id, member_id, target});
    CurrentMemberAssignment current = former.current;
    current.member_epoch = GroupEpoch{0};
    current.previous_member_epoch = GroupEpoch{0};
    current.assigned = with_epoch(without_epochs(current.assigned), GroupEpoch{0});
    draft.add(ConsumerGroupCurrentMemberAssignmentRecord{id, member_id, std::move(current)});
}

void GroupCoordinator::advance(Step& step, ConsumerGroupDraft& draft, bool bump) {
    TopicsSeen& seen = topics_seen_[draft.id()];
    if (bump || seen.hashed != step.topics.version) {
        const std::uint64_t hash = metadata_hash(draft.group().subscribed_topics(), step.topics);
        seen.hashed = step.topics.version;
        if (bump || hash != draft.group().metadata_hash) {
            const GroupEpoch next{draft.group().epoch.value() + 1};
            draft.add(ConsumerGroupMetadataRecord{draft.id(), ConsumerGroupMetadata{next, hash}});
        }
    }
    assign(step, draft);
}

void GroupCoordinator::assign(Step& step, ConsumerGroupDraft& draft) {
    const ConsumerGroup& group = draft.group();
    if (group.epoch <= group.assignment_epoch || assignment_delay(step, draft.id(), group) > Duration{}) return;
    const GroupEpoch epoch = group.epoch;
    const std::map<std::string, AssignedPartitions> before = group.target;
    for (auto& [member_id, target] : target_for(group, step.topics, config_.consumer_assignors.front())) {
        const auto known = before.find(member_id);
        if (known != before.end() && known->second == target) continue;
        draft.add(ConsumerGroupTargetAssignmentMemberRecord{draft.id(), member_id, std::move(target)});
    }
    draft.add(ConsumerGroupTargetAssignmentMetadataRecord{draft.id(), TargetAssignmentMetadata{epoch, step.wall}});
}

// A wall clock that was set back does not stop a group.
Duration GroupCoordinator::assignment_delay(const Step& step, const std::string& id, const ConsumerGroup& group) const {
    if (!group.assignment_timestamp) return {};
    const std::chrono::milliseconds passed{step.wall.value() - group.assignment_timestamp->value()};
    const Duration interval = assignment_interval(id);
    return passed < std::chrono::milliseconds{0} || passed >= interval ? Duration{} : interval - passed;
}

void GroupCoordinator::reconcile_member(Step& step, ConsumerGroupDraft& draft, const std::string& member_id,
                                        const std::optional<AssignedPartitions>& owned) {
    const ConsumerGroup& group = draft.group();
    const ConsumerMember& member = *group.find(member_id);
    ReconciliationTarget target{.assignment_epoch = group.assignment_epoch, .partitions = {}, .held_by_others = {}};
    const std::set<TopicId> subscribed = ids_of(group.subscribed_topics(member.metadata), step.topics);
    for (const auto& [topic, partitions] : group.target_of(member_id)) {
        if (subscribed.contains(topic)) target.partitions.emplace(topic, partitions);
    }
    if (group.is_reconciled(member) && without_epochs(member.current.assigned) == target.partitions) return;
    target.held_by_others = group.held_by_others(member_id);
    CurrentMemberAssignment next = reconcile(member.current, target, owned);
    if (next == member.current) return;
    draft.add(ConsumerGroupCurrentMemberAssignmentRecord{draft.id(), member_id, std::move(next)});
}

void GroupCoordinator::write(Step& step, ConsumerGroupDraft& draft, ConsumerGroupWrite then) {
    write(step, draft.take_records(), std::move(then), draft.id());
}

// What the members of a group are expected to do by when follows from what they have.
void GroupCoordinator::consumer_group_written(Step& step, const GroupRecords& records, ConsumerGroupWrite& done) {
    std::string id;
    for (const GroupRecord& record : records) {
        if (const auto* current = std::get_if<ConsumerGroupCurrentMemberAssignmentRecord>(&record)) {
            id = current->group;
            arm(step, id, current->member_id);
        } else if (const auto* metadata = std::get_if<ConsumerGroupMetadataRecord>(&record)) {
            id = metadata->group;
        }
    }
    arm_assignment(step, id);
    if (done.downgraded) go_on_as_classic(step, id, std::move(*done.downgraded));
    if (auto* heartbeat = std::get_if<ConsumerHeartbeatAnswer>(&done.answer)) {
        step.effects.push_back(std::move(*heartbeat));
    } else if (auto* join = std::get_if<JoinAnswer>(&done.answer)) {
        joined_consumer_group(step, id, *join);
    } else if (auto* leave = std::get_if<LeaveAnswer>(&done.answer)) {
        step.effects.push_back(std::move(*leave));
    } else if (const auto* classic = std::get_if<JoinReceived>(&done.answer)) {
        on(step, *classic);
    }
}

}  // namespace highwater
