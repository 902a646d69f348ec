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

void GroupCoordinator::step(Time now, Timestamp wall, const GroupInput& input, GroupEffects& effects) {
    Step step{now, wall, effects};
    std::visit([&](const auto& one) { on(step, one); }, input);
    const auto next = deadlines_.next();
    if (next && next != wake_at_) effects.push_back(WakeGroupsAt{*next});
    wake_at_ = next;
}

const ClassicGroup* GroupCoordinator::find(std::string_view group) const {
    const auto found = groups_.find(std::string{group});
    return found == groups_.end() ? nullptr : &found->second;
}

Result<const std::map<TopicPartition, CommittedOffset>*> GroupCoordinator::offsets_of(std::string_view group) const {
    static const std::map<TopicPartition, CommittedOffset> kNone;
    if (!loaded_) return refuse(ErrorCode::coordinator_load_in_progress);
    const auto found = offsets_.find(std::string{group});
    return found == offsets_.end() ? &kNone : &found->second;
}

void GroupCoordinator::on(Step&, const GroupRecordLoaded& input) {
    HIGHWATER_INVARIANT(!loaded_, "a record is loaded into a coordinator that serves");
    apply(input.record);
}

void GroupCoordinator::on(Step& step, const GroupsLoaded&) {
    loaded_ = true;
    // Members that were there get a whole session to be heard of: the former coordinator knew when they were last.
    for (const auto& [id, group] : groups_) {
        for (const auto& [member_id, member] : group.members) extend_session(step, id, member);
    }
}

void GroupCoordinator::on(Step& step, const GroupsUnloaded&) {
    for (const auto& [id, group] : groups_) {
        for (const auto& [member_id, member] : group.members) {
            if (member.awaiting_join) step.refuse_join(*member.awaiting_join, ErrorCode::not_coordinator, member_id);
            if (member.awaiting_sync) step.refuse_sync(*member.awaiting_sync, ErrorCode::not_coordinator);
        }
    }
    for (auto& [write, pending] : writes_) {
        if (auto* replacement = std::get_if<ReplacementWrite>(&pending.then)) {
            step.refuse_join(replacement->request.token, ErrorCode::not_coordinator, replacement->request.member_id);
        } else if (auto* offsets = std::get_if<OffsetsAnswer>(&pending.then)) {
            step.effects.push_back(OffsetsAnswer{offsets->token, ErrorCode::not_coordinator, {}});
        } else if (auto* deleted = std::get_if<DeleteGroupAnswer>(&pending.then)) {
            step.effects.push_back(DeleteGroupAnswer{deleted->token, ErrorCode::not_coordinator});
        }
    }
    loaded_ = false;
    groups_.clear();
    offsets_.clear();
    deadlines_.clear_all();
    writes_.clear();
}

void GroupCoordinator::write(Step& step, GroupRecords records, Continuation then) {
    const GroupWrite write = next_write_;
    next_write_ = GroupWrite{write.value() + 1};
    step.effects.push_back(WriteGroupRecords{write, records});
    writes_.emplace(write, PendingWrite{std::move(records), std::move(then)});
}

void GroupCoordinator::on(Step& step, const GroupWriteCommitted& input) {
    const auto found = writes_.find(input.write);
    // Of a leadership that is over: what it wrote was loaded since, or will be.
    if (found == writes_.end()) return;
    HIGHWATER_INVARIANT(found == writes_.begin(), "write {} is committed before {}", input.write,
                        writes_.begin()->first);
    PendingWrite done = std::move(found->second);
    writes_.erase(found);
    for (const GroupRecord& record : done.records) apply(record);
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
    const ErrorCode error = told_of(input.error);
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
    }
}

void GroupCoordinator::on(Step& step, const GroupDeadlineReached&) {
    using Kind = DeadlineKey::Kind;
    while (const auto due = deadlines_.take_due(step.now)) {
        const auto found = groups_.find(due->group);
        HIGHWATER_INVARIANT(found != groups_.end(), "a deadline of {}, which is no group", due->group);
        ClassicGroup& group = found->second;
        switch (due->kind) {
            case Kind::session:
                session_over(step, due->group, group, due->member);
                break;
            case Kind::pending_member:
                group.pending_members.erase(due->member);
                complete_join_if_all_are_there(step, due->group, group);
                break;
            case Kind::join:
                if (group.initial_delay_left) {
                    initial_delay_over(step, due->group, group);
                } else {
                    complete_join(step, due->group, group);
                }
                break;
            case Kind::sync:
                sync_timed_out(step, due->group, group);
                break;
        }
        forget_if_unused(due->group);
    }
}

void GroupCoordinator::apply(const GroupRecord& record) {
    std::visit([this](const auto& one) { apply(one); }, record);
}

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
    if (record.value) {
        offsets_[record.group][record.partition] = *record.value;
        groups_.try_emplace(record.group);
        return;
    }
    const auto found = offsets_.find(record.group);
    if (found == offsets_.end()) return;
    found->second.erase(record.partition);
    if (found->second.empty()) offsets_.erase(found);
}

std::set<TopicPartition> GroupCoordinator::partitions_being_committed(const std::string& group) const {
    std::set<TopicPartition> partitions;
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
    if (found == groups_.end() || offsets_.contains(id)) return;
    const ClassicGroup& group = found->second;
    // A group that completed a generation has a record, and goes with a tombstone.
    const bool never_was = group.state == ClassicState::empty && group.generation == Generation{0} &&
                           group.members.empty() && group.pending_members.empty();
    if (never_was) groups_.erase(found);
}

}  // namespace highwater
