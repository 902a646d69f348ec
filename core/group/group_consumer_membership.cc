// How members leave a consumer group, what is expected of them by when, and what their regular expressions stand for.
#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "core/group/consumer_fencing.h"
#include "core/group/group_coordinator.h"
#include "core/group/group_migration.h"
#include "core/group/group_step.h"

namespace highwater {
namespace {

/// Topics come one after another; expressions are matched with all of them at most so often (as in Kafka).
constexpr Duration kResolutionInterval = std::chrono::seconds{10};

}  // namespace

Duration GroupCoordinator::session_timeout(const std::string& group) const {
    const auto own = settings_.find(group);
    return own == settings_.end() ? config_.consumer_session_timeout
                                  : own->second.session_timeout.value_or(config_.consumer_session_timeout);
}

Duration GroupCoordinator::heartbeat_interval(const std::string& group) const {
    const auto own = settings_.find(group);
    return own == settings_.end() ? config_.consumer_heartbeat_interval
                                  : own->second.heartbeat_interval.value_or(config_.consumer_heartbeat_interval);
}

Duration GroupCoordinator::assignment_interval(const std::string& group) const {
    const auto own = settings_.find(group);
    return own == settings_.end() ? config_.consumer_assignment_interval
                                  : own->second.assignment_interval.value_or(config_.consumer_assignment_interval);
}

void GroupCoordinator::on(Step&, const GroupSettingsChanged& input) {
    const ConsumerGroupSettings& settings = input.settings;
    if (settings.session_timeout || settings.heartbeat_interval || settings.assignment_interval) {
        settings_[input.group] = settings;
    } else {
        settings_.erase(input.group);
    }
}

void GroupCoordinator::leave(Step& step, const ConsumerHeartbeatReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.refuse_heartbeat(input.token, error, input.member_id); };
    const ConsumerGroup* group = find_consumer(input.group);
    if (group == nullptr) return refuse(ErrorCode::group_id_not_found);
    if (group->find(input.member_id) == nullptr) return refuse(ErrorCode::unknown_member_id);
    if (input.group_instance_id) {
        const ErrorCode error = check_instance(*group, input.member_id, *input.group_instance_id);
        if (error != ErrorCode::none) return refuse(error);
    }
    ConsumerHeartbeatAnswer answer{.token = input.token,
                                   .error = ErrorCode::none,
                                   .member_id = input.member_id,
                                   .member_epoch = input.member_epoch,
                                   .heartbeat_interval = {},
                                   .assignment = std::nullopt};
    ConsumerGroupDraft draft(input.group, group);
    if (input.member_epoch != kLeaveGroupStaticMemberEpoch) {
        remove_members(step, draft, {input.member_id}, ConsumerGroupWrite{std::move(answer), std::nullopt});
        return;
    }
    // What it was to give back it has given back; the rest waits for it until its session ends.
    CurrentMemberAssignment current = group->find(input.member_id)->current;
    current.member_epoch = kLeaveGroupStaticMemberEpoch;
    current.pending_revocation.clear();
    draft.add(ConsumerGroupCurrentMemberAssignmentRecord{input.group, input.member_id, std::move(current)});
    write(step, draft, ConsumerGroupWrite{std::move(answer), std::nullopt});
}

void GroupCoordinator::remove_members(Step& step, ConsumerGroupDraft& draft, const std::set<std::string>& member_ids,
                                      ConsumerGroupWrite then) {
    for (const std::string& member_id : member_ids) draft.add(tombstones_of_member(draft.id(), member_id));
    if (may_downgrade(draft.group())) {
        then.downgraded = downgraded(draft.group(), step.topics);
        draft.add(tombstones_of(draft.id(), draft.group()));
        std::map<std::string, std::string> assignments;
        for (const auto& [id, member] : then.downgraded->members) assignments[id] = member.assignment;
        draft.add(GroupMetadataRecord{draft.id(), metadata_of(*then.downgraded, assignments, step.wall)});
    } else {
        drop_unused_expressions(draft);
        advance(step, draft, true);
    }
    write(step, draft, std::move(then));
}

void GroupCoordinator::extend_session(Step& step, const std::string& id, const std::string& member_id,
                                      const ConsumerMember& member) {
    const Duration timeout = member.metadata.classic ? member.metadata.classic->session_timeout : session_timeout(id);
    deadlines_.set({id, DeadlineKey::Kind::session, member_id}, step.now + timeout);
}

void GroupCoordinator::arm(Step& step, const std::string& id, const std::string& member_id) {
    using Kind = DeadlineKey::Kind;
    const ConsumerGroup* group = find_consumer(id);
    const ConsumerMember* member = group == nullptr ? nullptr : group->find(member_id);
    if (member == nullptr) {
        for (const Kind kind : {Kind::session, Kind::rebalance, Kind::join, Kind::sync}) {
            deadlines_.clear({id, kind, member_id});
        }
        return;
    }
    if (!deadlines_.of({id, Kind::session, member_id})) extend_session(step, id, member_id, *member);
    // Members that speak the classic protocol are told to join again, and have until then.
    if (member->uses_classic_protocol()) return;
    const bool has_to_give_back = member->current.state == MemberState::unrevoked_partitions &&
                                  member->current.member_epoch != kLeaveGroupStaticMemberEpoch;
    if (has_to_give_back) {
        const Duration timeout = member->metadata.rebalance_timeout.value_or(session_timeout(id));
        deadlines_.set({id, Kind::rebalance, member_id}, step.now + timeout);
    } else {
        deadlines_.clear({id, Kind::rebalance, member_id});
    }
}

void GroupCoordinator::arm_assignment(Step& step, const std::string& id) {
    const DeadlineKey key{id, DeadlineKey::Kind::assignment, {}};
    const ConsumerGroup* group = find_consumer(id);
    if (group == nullptr || group->epoch <= group->assignment_epoch) return deadlines_.clear(key);
    if (!deadlines_.of(key)) deadlines_.set(key, step.now + assignment_delay(step, id, *group));
}

void GroupCoordinator::consumer_deadline(Step& step, const DeadlineKey& due) {
    using Kind = DeadlineKey::Kind;
    const ConsumerGroup& group = consumer_groups_.at(due.group);
    ConsumerGroupDraft draft(due.group, &group);
    if (due.kind == Kind::assignment) {
        advance(step, draft, false);
        if (draft.records().empty()) return arm_assignment(step, due.group);
        return write(step, draft, ConsumerGroupWrite{NothingMore{}, std::nullopt});
    }
    const ConsumerMember* member = group.find(due.member);
    if (member == nullptr || due.kind == Kind::pending_member) return;
    if (due.kind == Kind::rebalance && member->current.state != MemberState::unrevoked_partitions) return;
    if ((due.kind == Kind::join || due.kind == Kind::sync) && !member->uses_classic_protocol()) return;
    remove_members(step, draft, {due.member}, ConsumerGroupWrite{NothingMore{}, std::nullopt});
}

void GroupCoordinator::drop_unused_expressions(ConsumerGroupDraft& draft) {
    const std::set<std::string> in_use = draft.group().expressions_in_use();
    std::vector<std::string> unused;
    for (const auto& [expression, resolved] : draft.group().regular_expressions) {
        if (!in_use.contains(expression)) unused.push_back(expression);
    }
    for (const std::string& expression : unused) {
        draft.add(ConsumerGroupRegularExpressionRecord{draft.id(), expression, std::nullopt});
    }
}

void GroupCoordinator::resolve_expressions(Step& step, const std::string& id, const ConsumerGroup& group) {
    TopicsSeen& seen = topics_seen_[id];
    if (seen.is_resolving) return;
    const std::set<std::string> in_use = group.expressions_in_use();
    if (in_use.empty()) return;
    const bool some_are_new = std::ranges::any_of(
        in_use, [&](const std::string& expression) { return !group.regular_expressions.contains(expression); });
    const bool topics_changed = seen.resolved != step.topics.version;
    const Duration since = seen.resolved_at ? step.now - *seen.resolved_at : Duration::max();
    const bool is_due = since >= config_.regex_refresh_interval || (topics_changed && since >= kResolutionInterval);
    if (!some_are_new && !is_due) return;
    seen.is_resolving = true;
    step.effects.push_back(ResolveRegularExpressions{id, in_use});
}

void GroupCoordinator::on(Step& step, const RegularExpressionsResolved& input) {
    if (!loaded_ || postpone(input.group, GroupInput{input})) return;
    const auto found = consumer_groups_.find(input.group);
    if (found == consumer_groups_.end()) return;
    TopicsSeen& seen = topics_seen_[input.group];
    seen.is_resolving = false;
    seen.resolved = input.version;
    seen.resolved_at = step.now;
    const std::set<std::string> in_use = found->second.expressions_in_use();
    ConsumerGroupDraft draft(input.group, &found->second);
    for (const auto& [expression, topics] : input.topics) {
        const auto known = found->second.regular_expressions.find(expression);
        const bool is_known = known != found->second.regular_expressions.end();
        if (!in_use.contains(expression) || (is_known && known->second.topics == topics)) continue;
        const auto version = static_cast<std::int64_t>(input.version);
        draft.add(ConsumerGroupRegularExpressionRecord{input.group, expression,
                                                       ResolvedRegularExpression{topics, version, step.wall}});
    }
    if (draft.records().empty()) return;
    advance(step, draft, true);
    write(step, draft, ConsumerGroupWrite{NothingMore{}, std::nullopt});
}

}  // namespace highwater
