// Migration: a classic group becomes a consumer group and back, and members of a consumer group that speak the classic
// protocol (JoinGroup, SyncGroup, Heartbeat, LeaveGroup) are brought to their targets as the others are.
#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "core/group/consumer_fencing.h"
#include "core/group/group_coordinator.h"
#include "core/group/group_migration.h"
#include "core/group/group_step.h"

namespace highwater {
namespace {

bool may_upgrade(MigrationPolicy policy) {
    return policy == MigrationPolicy::upgrade || policy == MigrationPolicy::bidirectional;
}

/// Of a member that speaks the classic protocol.
const std::string& protocol_of(const ConsumerMember& member) {
    return member.metadata.classic->protocols.front().name;
}

/// Whether the target gives the member what it does not have, and nobody else has any of it.
bool has_its_rest_free(const ConsumerGroup& group, const std::string& member_id, const ConsumerMember& member) {
    const auto held = group.held_by_others(member_id);
    return std::ranges::none_of(group.target_of(member_id), [&](const auto& topic) {
        const auto of_topic = held.find(topic.first);
        return of_topic != held.end() && std::ranges::any_of(topic.second, [&](PartitionId partition) {
                   const auto own = member.current.assigned.find(topic.first);
                   const bool has_it = own != member.current.assigned.end() && own->second.contains(partition);
                   return !has_it && of_topic->second.contains(partition);
               });
    });
}

/// Whether the member of a generation has to join again to be told of a newer target. One that has to give back
/// partitions is told so by its assignment.
bool has_newer_target(const ConsumerGroup& group, const ConsumerMember& member) {
    return group.assignment_epoch > member.current.member_epoch;
}

ErrorCode check_classic_member(const ConsumerGroup& group, const MemberClaim& claim) {
    if (claim.group_instance_id) {
        const ErrorCode error = check_instance(group, claim.member_id, *claim.group_instance_id);
        if (error != ErrorCode::none) return error;
    }
    const ConsumerMember* member = group.find(claim.member_id);
    if (member == nullptr || !member->uses_classic_protocol()) return ErrorCode::unknown_member_id;
    const bool right_epoch = claim.generation.value() == member->current.member_epoch.value();
    return right_epoch ? ErrorCode::none : ErrorCode::illegal_generation;
}

}  // namespace

ErrorCode GroupCoordinator::upgrade(const Step& step, ConsumerGroupDraft& draft) const {
    const ClassicGroup* group = find(draft.id());
    if (group == nullptr) return ErrorCode::none;
    draft.add(GroupMetadataRecord{draft.id(), std::nullopt});
    if (group->members.empty()) return ErrorCode::none;
    if (!may_upgrade(config_.consumer_migration) || group->protocol_type != kConsumerProtocolType ||
        group->members.size() > static_cast<std::size_t>(config_.consumer_max_size)) {
        return ErrorCode::group_id_not_found;
    }
    // What members have is not known between a new generation and its assignment; clients try again soon.
    const bool is_being_written = std::ranges::any_of(writes_, [&](const auto& write) {
        return std::ranges::any_of(write.second.records, [&](const GroupRecord& record) {
            const auto* metadata = std::get_if<GroupMetadataRecord>(&record);
            return metadata != nullptr && metadata->group == draft.id();
        });
    });
    if (group->state == ClassicState::completing_rebalance || is_being_written) {
        return ErrorCode::coordinator_load_in_progress;
    }
    auto records = upgraded(draft.id(), *group, step.topics);
    if (!records) return ErrorCode::group_id_not_found;
    draft.add(*std::move(records));
    return ErrorCode::none;
}

void GroupCoordinator::send_back_whoever_waits(Step& step, const std::string& id) {
    const auto found = groups_.find(id);
    if (found == groups_.end()) return;
    for (auto& [member_id, member] : found->second.members) {
        const auto join = std::exchange(member.awaiting_join, std::nullopt);
        const auto sync = std::exchange(member.awaiting_sync, std::nullopt);
        if (join) step.refuse_join(*join, ErrorCode::rebalance_in_progress, member_id);
        if (sync) step.refuse_sync(*sync, ErrorCode::rebalance_in_progress);
    }
}

bool GroupCoordinator::may_downgrade(const ConsumerGroup& group) const {
    const bool allowed = config_.consumer_migration == MigrationPolicy::downgrade ||
                         config_.consumer_migration == MigrationPolicy::bidirectional;
    return allowed && !group.members.empty() && group.members.size() <= static_cast<std::size_t>(config_.max_size) &&
           std::ranges::all_of(group.members, [](const auto& entry) { return entry.second.uses_classic_protocol(); });
}

void GroupCoordinator::go_on_as_classic(Step& step, const std::string& id, ClassicGroup group) {
    ClassicGroup& classic = groups_[id];
    classic = std::move(group);
    for (const auto& [member_id, member] : classic.members) {
        extend_session(step, id, member);
        deadlines_.clear({id, DeadlineKey::Kind::join, member_id});
        deadlines_.clear({id, DeadlineKey::Kind::sync, member_id});
    }
    rebalance(step, id, classic);
}

void GroupCoordinator::join_consumer_group(Step& step, const ConsumerGroup& group, const JoinReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.refuse_join(input.token, error, input.member_id); };
    if (group.members.empty()) {
        // An empty group is of whatever kind the next member is.
        write(step, tombstones_of(input.group, group), ConsumerGroupWrite{input, std::nullopt}, input.group);
        return;
    }
    const auto subscription =
        input.protocols.empty() ? std::nullopt : read_subscription(input.protocols.front().metadata);
    if (config_.consumer_migration == MigrationPolicy::disabled || input.protocol_type != kConsumerProtocolType ||
        !subscription || !has_common_protocol(group, input.member_id, input.protocols)) {
        return refuse(ErrorCode::inconsistent_group_protocol);
    }
    const bool is_unknown = input.member_id.empty();
    const std::string member_id = is_unknown ? new_member_id(input) : input.member_id;
    const std::string* known = input.group_instance_id ? group.static_member(*input.group_instance_id) : nullptr;
    const ConsumerMember* member = group.find(member_id);
    if (member != nullptr && !member->uses_classic_protocol()) return refuse(ErrorCode::unknown_member_id);
    const bool is_full = group.members.size() >= static_cast<std::size_t>(config_.consumer_max_size);
    if (member == nullptr && known == nullptr && is_full) return refuse(ErrorCode::group_max_size_reached);
    if (is_unknown && !input.group_instance_id && input.requires_known_member_id) {
        return step.refuse_join(input.token, ErrorCode::member_id_required, member_id);
    }
    // It is heard of now, and joins in time, whatever is written because of it.
    if (member != nullptr) {
        extend_session(step, input.group, member_id, *member);
        deadlines_.clear({input.group, DeadlineKey::Kind::join, member_id});
    }
    ConsumerGroupDraft draft(input.group, &group);
    if (input.group_instance_id && !is_unknown) {
        const ErrorCode error = check_instance(group, member_id, *input.group_instance_id);
        if (error != ErrorCode::none) return refuse(error);
    } else if (known != nullptr) {
        replace_member(draft, *known, member_id);
        member = draft.group().find(member_id);
    }
    ConsumerMemberMetadata metadata{
        .group_instance_id = input.group_instance_id,
        .rack_id = subscription->rack_id,
        .client_id = input.client_id,
        .client_host = input.client_host,
        .subscribed_topic_names = {subscription->topics.begin(), subscription->topics.end()},
        .subscribed_topic_regex = std::nullopt,
        .rebalance_timeout = input.rebalance_timeout,
        .server_assignor = std::nullopt,
        .classic = ClassicMemberMetadata{input.session_timeout, input.protocols}};
    const bool bump = member == nullptr || member->metadata.subscribed_topic_names != metadata.subscribed_topic_names ||
                      member->metadata.subscribed_topic_regex.has_value();
    if (member == nullptr || metadata != member->metadata) {
        draft.add(ConsumerGroupMemberMetadataRecord{input.group, member_id, std::move(metadata)});
        drop_unused_expressions(draft);
    }
    advance(step, draft, bump);
    reconcile_member(step, draft, member_id, by_id(subscription->owned, step.topics));
    JoinAnswer answer;
    answer.token = input.token;
    // Nobody leads: the coordinator assigns.
    answer.generation = Generation{draft.group().find(member_id)->current.member_epoch.value()};
    answer.protocol_type = input.protocol_type;
    answer.protocol = input.protocols.front().name;
    answer.member_id = member_id;
    if (draft.records().empty()) {
        joined_consumer_group(step, input.group, answer);
        arm_assignment(step, input.group);
    } else {
        write(step, draft, ConsumerGroupWrite{std::move(answer), std::nullopt});
    }
}

void GroupCoordinator::joined_consumer_group(Step& step, const std::string& id, JoinAnswer& answer) {
    const ConsumerMember* member = find_consumer(id)->find(answer.member_id);
    HIGHWATER_INVARIANT(member != nullptr, "{} joined {} and is not there", answer.member_id, id);
    extend_session(step, id, answer.member_id, *member);
    deadlines_.clear({id, DeadlineKey::Kind::join, answer.member_id});
    const Duration timeout = member->metadata.rebalance_timeout.value_or(Duration{});
    deadlines_.set({id, DeadlineKey::Kind::sync, answer.member_id}, step.now + timeout);
    step.effects.push_back(std::move(answer));
}

void GroupCoordinator::expect_join(Step& step, const std::string& id, const std::string& member_id,
                                   const ConsumerMember& member) {
    const DeadlineKey key{id, DeadlineKey::Kind::join, member_id};
    if (!deadlines_.of(key)) deadlines_.set(key, step.now + member.metadata.rebalance_timeout.value_or(Duration{}));
}

void GroupCoordinator::sync_with_consumer_group(Step& step, const ConsumerGroup& group, const SyncReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.refuse_sync(input.token, error); };
    if (const ErrorCode error = check_classic_member(group, input.claim); error != ErrorCode::none) {
        return refuse(error);
    }
    const std::string& member_id = input.claim.member_id;
    const ConsumerMember& member = *group.find(member_id);
    const bool other_type = input.protocol_type && *input.protocol_type != kConsumerProtocolType;
    const bool other_protocol = input.protocol && *input.protocol != protocol_of(member);
    if (other_type || other_protocol) return refuse(ErrorCode::inconsistent_group_protocol);
    if (has_newer_target(group, member) && member.current.state != MemberState::unrevoked_partitions) {
        deadlines_.clear({input.group, DeadlineKey::Kind::sync, member_id});
        expect_join(step, input.group, member_id, member);
        return refuse(ErrorCode::rebalance_in_progress);
    }
    deadlines_.clear({input.group, DeadlineKey::Kind::sync, member_id});
    extend_session(step, input.group, member_id, member);
    step.effects.push_back(SyncAnswer{input.token, ErrorCode::none, std::string{kConsumerProtocolType},
                                      protocol_of(member), assignment_bytes(group, member, step.topics)});
}

void GroupCoordinator::heartbeat_to_consumer_group(Step& step, const ConsumerGroup& group,
                                                   const HeartbeatReceived& input) {
    const auto answer = [&](ErrorCode error) { step.effects.push_back(HeartbeatAnswer{input.token, error}); };
    if (const ErrorCode error = check_classic_member(group, input.claim); error != ErrorCode::none) {
        return answer(error);
    }
    const std::string& member_id = input.claim.member_id;
    const ConsumerMember& member = *group.find(member_id);
    extend_session(step, input.group, member_id, member);
    const MemberState state = member.current.state;
    const bool has_to_join =
        has_newer_target(group, member) || state == MemberState::unrevoked_partitions ||
        (state == MemberState::unreleased_partitions && has_its_rest_free(group, member_id, member));
    if (has_to_join) expect_join(step, input.group, member_id, member);
    answer(has_to_join ? ErrorCode::rebalance_in_progress : ErrorCode::none);
}

void GroupCoordinator::leave_consumer_group(Step& step, const ConsumerGroup& group, const LeaveReceived& input) {
    LeaveAnswer answer{input.token, ErrorCode::none, {}};
    std::set<std::string> gone;
    for (const LeavingMember& leaving : input.members) {
        std::string member_id = leaving.member_id;
        if (leaving.group_instance_id && member_id.empty()) {
            const std::string* known = group.static_member(*leaving.group_instance_id);
            if (known != nullptr) member_id = *known;
        }
        const ConsumerMember* member = group.find(member_id);
        ErrorCode error = ErrorCode::none;
        if (leaving.group_instance_id) error = check_instance(group, member_id, *leaving.group_instance_id);
        if (error == ErrorCode::none && (member == nullptr || !member->uses_classic_protocol())) {
            error = ErrorCode::unknown_member_id;
        }
        if (error == ErrorCode::none) gone.insert(member_id);
        answer.members.push_back(error);
    }
    if (gone.empty()) {
        step.effects.push_back(std::move(answer));
        return;
    }
    ConsumerGroupDraft draft(input.group, &group);
    remove_members(step, draft, gone, ConsumerGroupWrite{std::move(answer), std::nullopt});
}

}  // namespace highwater
