#include "core/group/group_coordinator.h"

#include <utility>

#include "core/base/invariant.h"
#include "core/group/group_step.h"

// The states of a classic group, and what moves it (KIP-134, KIP-345, KIP-394):
//
//   empty        -> preparing   a member joins; waits group.initial.rebalance.delay.ms for others
//   stable,
//   completing   -> preparing   a member joins, comes back with other metadata, leaves, or its session ends
//   preparing    -> completing  all members are back, or the longest rebalance timeout is over: generation + 1
//   preparing    -> empty       nobody is left: generation + 1
//   completing   -> stable      the leader's assignment is committed
//
// Nobody hears an assignment that is not committed, so a coordinator that takes over knows every one that was heard.

namespace highwater {

void GroupCoordinator::step(Time now, Timestamp wall, const GroupInput& input, GroupEffects& effects,
                            const GroupTopics& topics) {
    Step step{now, wall, effects, topics};
    std::visit([&](const auto& one) { on(step, one); }, input);
    const auto next = deadlines_.next();
    if (next && next != wake_at_) effects.push_back(WakeGroupsAt{*next});
    wake_at_ = next;
}

const ClassicGroup* GroupCoordinator::find(std::string_view group) const {
    const auto found = groups_.find(std::string{group});
    return found == groups_.end() ? nullptr : &found->second;
}

const ConsumerGroup* GroupCoordinator::find_consumer(std::string_view group) const {
    const auto found = consumer_groups_.find(std::string{group});
    return found == consumer_groups_.end() ? nullptr : &found->second;
}

Result<const std::map<TopicPartition, CommittedOffset>*> GroupCoordinator::offsets_of(std::string_view group) const {
    static const std::map<TopicPartition, CommittedOffset> kNone;
    if (!loaded_) return refuse(ErrorCode::coordinator_load_in_progress);
    const auto found = offsets_.find(std::string{group});
    return found == offsets_.end() ? &kNone : &found->second;
}

void GroupCoordinator::on(Step&, const GroupRecordLoaded& input) {
    HIGHWATER_INVARIANT(!loaded_, "a record is loaded into a coordinator that serves");
    apply(input.record, input.producer);
}

void GroupCoordinator::on(Step& step, const GroupsLoaded&) {
    loaded_ = true;
    // Members that were there get a whole session to be heard of: the former coordinator knew when they were last.
    for (const auto& [id, group] : groups_) {
        for (const auto& [member_id, member] : group.members) extend_session(step, id, member);
    }
    for (const auto& [id, group] : consumer_groups_) {
        for (const auto& [member_id, member] : group.members) arm(step, id, member_id);
        arm_assignment(step, id);
    }
}

void GroupCoordinator::on(Step& step, const GroupsUnloaded&) {
    for (const auto& [id, group] : groups_) {
        for (const auto& [member_id, member] : group.members) {
            if (member.awaiting_join) step.refuse_join(*member.awaiting_join, ErrorCode::not_coordinator, member_id);
            if (member.awaiting_sync) step.refuse_sync(*member.awaiting_sync, ErrorCode::not_coordinator);
        }
    }
    for (auto& [write, pending] : std::exchange(writes_, {})) {
        // Nothing of the group's is left to go on from.
        if (!std::holds_alternative<AssignmentWrite>(pending.then)) undo(step, pending, ErrorCode::not_coordinator);
    }
    for (const auto& [group, waiting] : std::exchange(postponed_, {})) {
        for (const Postponed& one : waiting) {
            if (const auto* request = std::get_if<GroupInput>(&one))
                turn_away(step, *request, ErrorCode::not_coordinator);
        }
    }
    loaded_ = false;
    groups_.clear();
    offsets_.clear();
    staged_.clear();
    deadlines_.clear_all();
    consumer_groups_.clear();
    topics_seen_.clear();
}

void GroupCoordinator::write(Step& step, GroupRecords records, Continuation then, std::optional<std::string> holds,
                             std::optional<GroupTransaction> transaction) {
    if (holds) {
        const bool was_free = postponed_.try_emplace(*holds).second;
        HIGHWATER_INVARIANT(was_free, "two writes hold group {}", *holds);
    }
    const GroupWrite write = next_write_;
    next_write_ = GroupWrite{write.value() + 1};
    step.effects.push_back(WriteGroupRecords{write, records, transaction});
    const auto producer_id = transaction ? std::optional(transaction->producer.id) : std::nullopt;
    writes_.emplace(write, PendingWrite{std::move(records), std::move(then), std::move(holds), producer_id});
}

void GroupCoordinator::on(Step& step, const GroupWriteCommitted& input) {
    const auto found = writes_.find(input.write);
    // Of a leadership that is over: what it wrote was loaded since, or will be.
    if (found == writes_.end()) return;
    HIGHWATER_INVARIANT(found == writes_.begin(), "write {} is committed before {}", input.write,
                        writes_.begin()->first);
    PendingWrite done = std::move(found->second);
    writes_.erase(found);
    for (const GroupRecord& record : done.records) apply(record, done.producer);
    carry_on(step, done);
    if (done.holds) release(step, *done.holds);
}

void GroupCoordinator::carry_on(Step& step, PendingWrite& done) {
    if (auto* assignment = std::get_if<AssignmentWrite>(&done.then)) {
        const auto group = groups_.find(assignment->group);
        // Another rebalance has begun meanwhile: its members are told to come again.
        if (group == groups_.end() || group->second.state != ClassicState::completing_rebalance ||
            group->second.generation != assignment->generation) {
            return;
        }
        for (const GroupRecord& record : done.records) {
            const auto* written = std::get_if<GroupMetadataRecord>(&record);
            if (written == nullptr || !written->value) continue;
            for (const PersistedMember& member : written->value->members) {
                if (auto* known = group->second.find(member.member_id)) known->assignment = member.assignment;
            }
        }
        become_stable(step, assignment->group, group->second);
    } else if (auto* replacement = std::get_if<ReplacementWrite>(&done.then)) {
        replacement_committed(step, *replacement);
    } else if (auto* offsets = std::get_if<OffsetsAnswer>(&done.then)) {
        step.effects.push_back(std::move(*offsets));
    } else if (auto* deleted = std::get_if<DeleteGroupAnswer>(&done.then)) {
        step.effects.push_back(*deleted);
    } else if (auto* changed = std::get_if<ConsumerGroupWrite>(&done.then)) {
        consumer_group_written(step, done.records, *changed);
    }
}

namespace {

/// What a client is told when its records did not get into the log.
ErrorCode told_of(ErrorCode error) {
    switch (error) {
        case ErrorCode::not_leader_or_follower:
        case ErrorCode::kafka_storage_error:
            return ErrorCode::not_coordinator;
        case ErrorCode::unknown_topic_or_partition:
        case ErrorCode::not_enough_replicas:
        case ErrorCode::not_enough_replicas_after_append:
        case ErrorCode::request_timed_out:
            return ErrorCode::coordinator_not_available;
        case ErrorCode::message_too_large:
        case ErrorCode::record_list_too_large:
            return ErrorCode::invalid_commit_offset_size;
        default:
            return error;
    }
}

}  // namespace

void GroupCoordinator::on(Step& step, const GroupWriteFailed& input) {
    const auto found = writes_.find(input.write);
    if (found == writes_.end()) return;
    PendingWrite failed = std::move(found->second);
    writes_.erase(found);
    undo(step, failed, told_of(input.error));
    if (failed.holds) release(step, *failed.holds);
}

void GroupCoordinator::undo(Step& step, PendingWrite& failed, ErrorCode error) {
    // What the write was to say about the topics is yet to be said.
    if (failed.holds) topics_seen_.erase(*failed.holds);
    if (auto* assignment = std::get_if<AssignmentWrite>(&failed.then)) {
        const auto group = groups_.find(assignment->group);
        if (group == groups_.end() || group->second.state != ClassicState::completing_rebalance ||
            group->second.generation != assignment->generation) {
            return;
        }
        assignment_failed(step, assignment->group, group->second, error);
    } else if (auto* replacement = std::get_if<ReplacementWrite>(&failed.then)) {
        step.refuse_join(replacement->request.token, error, replacement->request.member_id);
    } else if (auto* offsets = std::get_if<OffsetsAnswer>(&failed.then)) {
        step.effects.push_back(OffsetsAnswer{offsets->token, error, {}});
    } else if (auto* deleted = std::get_if<DeleteGroupAnswer>(&failed.then)) {
        step.effects.push_back(DeleteGroupAnswer{deleted->token, error});
    } else if (auto* changed = std::get_if<ConsumerGroupWrite>(&failed.then)) {
        // What was too large is the group, not what the client sent.
        if (error == ErrorCode::invalid_commit_offset_size) error = ErrorCode::unknown_server_error;
        if (auto* heartbeat = std::get_if<ConsumerHeartbeatAnswer>(&changed->answer)) {
            step.refuse_heartbeat(heartbeat->token, error, heartbeat->member_id);
        } else if (auto* join = std::get_if<JoinAnswer>(&changed->answer)) {
            step.refuse_join(join->token, error, join->member_id);
        } else if (auto* leave = std::get_if<LeaveAnswer>(&changed->answer)) {
            step.effects.push_back(LeaveAnswer{leave->token, error, {}});
        } else if (auto* classic = std::get_if<JoinReceived>(&changed->answer)) {
            step.refuse_join(classic->token, error, classic->member_id);
        }
        const std::string& id = *failed.holds;
        const ConsumerGroup* group = find_consumer(id);
        if (group == nullptr) return;
        // A deadline that led to the write has passed: without another, nobody would ever be out.
        for (const auto& [member_id, member] : group->members) {
            if (!deadlines_.of({id, DeadlineKey::Kind::session, member_id})) arm(step, id, member_id);
            const bool is_late = member.current.state == MemberState::unrevoked_partitions &&
                                 !deadlines_.of({id, DeadlineKey::Kind::rebalance, member_id});
            if (is_late) arm(step, id, member_id);
        }
        arm_assignment(step, id);
    }
}

bool GroupCoordinator::postpone(const std::string& group, Postponed what) {
    const auto held = postponed_.find(group);
    if (held == postponed_.end()) return false;
    held->second.push_back(std::move(what));
    return true;
}

void GroupCoordinator::release(Step& step, const std::string& group) {
    auto held = postponed_.extract(group);
    HIGHWATER_INVARIANT(!held.empty(), "group {} is released and was not held", group);
    // A request that came before a deadline may do what that waits for, or put it off.
    for (const Postponed& one : held.mapped()) {
        const auto* due = std::get_if<DeadlineKey>(&one);
        if (due != nullptr && !deadlines_.of(*due)) deadlines_.set(*due, step.now);
    }
    for (Postponed& one : held.mapped()) {
        if (const auto* due = std::get_if<DeadlineKey>(&one)) {
            const auto at = deadlines_.of(*due);
            if (!at || *at > step.now) continue;
            deadlines_.clear(*due);
        }
        // One of them may hold the group again.
        if (postpone(group, one)) continue;
        if (auto* input = std::get_if<GroupInput>(&one)) {
            std::visit([&](const auto& request) { on(step, request); }, *input);
        } else {
            reached(step, std::get<DeadlineKey>(one));
        }
    }
}

void GroupCoordinator::turn_away(Step& step, const GroupInput& input, ErrorCode error) {
    if (const auto* join = std::get_if<JoinReceived>(&input)) {
        step.refuse_join(join->token, error, join->member_id);
    } else if (const auto* sync = std::get_if<SyncReceived>(&input)) {
        step.refuse_sync(sync->token, error);
    } else if (const auto* heartbeat = std::get_if<HeartbeatReceived>(&input)) {
        step.effects.push_back(HeartbeatAnswer{heartbeat->token, error});
    } else if (const auto* leave = std::get_if<LeaveReceived>(&input)) {
        step.effects.push_back(LeaveAnswer{leave->token, error, {}});
    } else if (const auto* commit = std::get_if<OffsetCommitReceived>(&input)) {
        step.effects.push_back(OffsetsAnswer{commit->token, error, {}});
    } else if (const auto* deleted = std::get_if<OffsetDeleteReceived>(&input)) {
        step.effects.push_back(OffsetsAnswer{deleted->token, error, {}});
    } else if (const auto* group = std::get_if<DeleteGroupReceived>(&input)) {
        step.effects.push_back(DeleteGroupAnswer{group->token, error});
    } else if (const auto* consumer = std::get_if<ConsumerHeartbeatReceived>(&input)) {
        step.refuse_heartbeat(consumer->token, error, consumer->member_id);
    }
}

void GroupCoordinator::on(Step& step, const GroupDeadlineReached&) {
    while (const auto due = deadlines_.take_due(step.now)) {
        if (!postpone(due->group, *due)) reached(step, *due);
    }
}

void GroupCoordinator::reached(Step& step, const DeadlineKey& due) {
    using Kind = DeadlineKey::Kind;
    if (consumer_groups_.contains(due.group)) return consumer_deadline(step, due);
    const auto found = groups_.find(due.group);
    // A deadline of what the group was before it was held.
    const bool is_of_a_consumer_group = (due.kind == Kind::join || due.kind == Kind::sync) && !due.member.empty();
    if (found == groups_.end() || is_of_a_consumer_group) return;
    ClassicGroup& group = found->second;
    switch (due.kind) {
        case Kind::session:
            if (group.find(due.member) != nullptr) session_over(step, due.group, group, due.member);
            break;
        case Kind::pending_member:
            group.pending_members.erase(due.member);
            complete_join_if_all_are_there(step, due.group, group);
            break;
        case Kind::join:
            if (group.state != ClassicState::preparing_rebalance) break;
            if (group.initial_delay_left) {
                initial_delay_over(step, due.group, group);
            } else {
                complete_join(step, due.group, group);
            }
            break;
        case Kind::sync:
            sync_timed_out(step, due.group, group);
            break;
        case Kind::rebalance:
        case Kind::assignment:
            break;
    }
    forget_if_unused(due.group);
}

namespace {

template <ConsumerGroupRecord Record>
bool is_tombstone(const Record& record) {
    if constexpr (requires { record.value; }) {
        return !record.value.has_value();
    } else {
        return record.is_tombstone;
    }
}

}  // namespace

void GroupCoordinator::apply(const GroupMetadataRecord& record) {
    // A coordinator that serves has the group as it is now, which may be ahead of what is committed.
    if (record.value) {
        if (!loaded_) groups_[record.group] = group_from(*record.value);
        return;
    }
    const auto found = groups_.find(record.group);
    if (found == groups_.end()) return;
    const bool was_joined_again = !found->second.members.empty() || !found->second.pending_members.empty();
    if (!loaded_ || !was_joined_again) groups_.erase(found);
}

void GroupCoordinator::apply(const OffsetCommitRecord& record) {
    staged_.supersede({record.group, record.partition});
    if (record.value) {
        offsets_[record.group][record.partition] = *record.value;
        if (!consumer_groups_.contains(record.group)) groups_.try_emplace(record.group);
        return;
    }
    const auto found = offsets_.find(record.group);
    if (found == offsets_.end()) return;
    found->second.erase(record.partition);
    if (found->second.empty()) offsets_.erase(found);
}

template <ConsumerGroupRecord Record>
void GroupCoordinator::apply(const Record& record) {
    auto found = consumer_groups_.find(record.group);
    if (found == consumer_groups_.end()) {
        if (is_tombstone(record)) return;
        found = consumer_groups_.try_emplace(record.group).first;
        groups_.erase(record.group);
    }
    highwater::apply(found->second, record);
    if constexpr (std::is_same_v<Record, ConsumerGroupMetadataRecord>) {
        if (!is_tombstone(record)) return;
        consumer_groups_.erase(found);
        topics_seen_.erase(record.group);
        // Its offsets stay.
        if (has_offsets(record.group)) groups_.try_emplace(record.group);
    }
}

void GroupCoordinator::apply(const GroupRecord& record, std::optional<ProducerId> producer) {
    const auto* offset = std::get_if<OffsetCommitRecord>(&record);
    if (producer && offset != nullptr && offset->value) {
        staged_.stage(*producer, {offset->group, offset->partition}, *offset->value);
        if (!consumer_groups_.contains(offset->group)) groups_.try_emplace(offset->group);
        return;
    }
    std::visit([this](const auto& one) { apply(one); }, record);
}

void GroupCoordinator::on(Step&, const GroupTransactionEnded& input) {
    for (auto& [place, offset] : staged_.end(input.producer, input.commit)) {
        const auto& [group, partition] = place;
        if (input.commit) {
            offsets_[group][partition] = std::move(offset);
        } else {
            forget_if_unused(group);
        }
    }
}

std::set<TopicPartition> GroupCoordinator::unstable_partitions(const std::string& group) const {
    std::set<TopicPartition> partitions = staged_.partitions_of(group);
    for (const auto& [write, pending] : writes_) {
        if (!pending.producer) continue;
        for (const GroupRecord& record : pending.records) {
            const auto& offset = std::get<OffsetCommitRecord>(record);
            if (offset.group == group) partitions.insert(offset.partition);
        }
    }
    return partitions;
}

bool GroupCoordinator::has_offsets(const std::string& group) const {
    return offsets_.contains(group) || !staged_.partitions_of(group).empty();
}

std::set<TopicPartition> GroupCoordinator::partitions_being_committed(const std::string& group) const {
    std::set<TopicPartition> partitions = staged_.partitions_of(group);
    for (const auto& [write, pending] : writes_) {
        for (const GroupRecord& record : pending.records) {
            const auto* offset = std::get_if<OffsetCommitRecord>(&record);
            if (offset != nullptr && offset->group == group && offset->value) partitions.insert(offset->partition);
        }
    }
    return partitions;
}

void GroupCoordinator::forget_if_unused(const std::string& id) {
    const auto found = groups_.find(id);
    if (found == groups_.end() || has_offsets(id)) return;
    const ClassicGroup& group = found->second;
    // A group that completed a generation has a record, and goes with a tombstone.
    const bool never_was = group.state == ClassicState::empty && group.generation == Generation{0} &&
                           group.members.empty() && group.pending_members.empty();
    if (never_was) groups_.erase(found);
}

}  // namespace highwater
