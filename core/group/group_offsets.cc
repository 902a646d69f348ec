// Committed offsets: who may commit, what expires, what may be deleted.
#include <algorithm>
#include <utility>

#include "core/group/group_coordinator.h"
#include "core/group/group_step.h"

namespace highwater {

ErrorCode check_commit(const ClassicGroup* group, const MemberClaim& claim) {
    const bool without_membership =
        claim.generation < Generation{0} && claim.member_id.empty() && !claim.group_instance_id;
    if (group == nullptr || group->members.empty()) {
        // A consumer that assigns its partitions itself; nobody is in its way.
        if (without_membership) return ErrorCode::none;
        return group == nullptr ? ErrorCode::illegal_generation : ErrorCode::unknown_member_id;
    }
    if (without_membership) return ErrorCode::unknown_member_id;
    if (const ErrorCode error = check_claim(*group, claim); error != ErrorCode::none) return error;
    // The member of a generation that is being completed has no partitions yet.
    return group->state == ClassicState::completing_rebalance ? ErrorCode::rebalance_in_progress : ErrorCode::none;
}

void GroupCoordinator::on(Step& step, const OffsetCommitReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.effects.push_back(OffsetsAnswer{input.token, error, {}}); };
    if (!loaded_) return refuse(ErrorCode::coordinator_load_in_progress);
    if (input.group.empty()) return refuse(ErrorCode::invalid_group_id);
    const ClassicGroup* group = find(input.group);
    if (const ErrorCode error = check_commit(group, input.claim); error != ErrorCode::none) return refuse(error);
    if (group != nullptr && !input.claim.member_id.empty()) {
        extend_session(step, input.group, *group->find(input.claim.member_id));
    }
    OffsetsAnswer answer{input.token, ErrorCode::none, {}};
    GroupRecords records;
    for (const OffsetToCommit& offset : input.offsets) {
        const bool fits = offset.metadata.size() <= static_cast<std::size_t>(config_.offset_metadata_max_bytes);
        answer.partitions.push_back(fits ? ErrorCode::none : ErrorCode::offset_metadata_too_large);
        if (!fits) continue;
        std::optional<Timestamp> expires;
        if (input.retention) {
            const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(*input.retention).count();
            expires = Timestamp{step.wall.value() + ms};
        }
        records.push_back(OffsetCommitRecord{
            input.group, offset.partition,
            CommittedOffset{offset.offset, offset.leader_epoch, offset.metadata, step.wall, expires}});
    }
    if (records.empty()) {
        step.effects.push_back(std::move(answer));
    } else {
        write(step, std::move(records), std::move(answer));
    }
}

void GroupCoordinator::on(Step& step, const OffsetDeleteReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.effects.push_back(OffsetsAnswer{input.token, error, {}}); };
    if (!loaded_) return refuse(ErrorCode::coordinator_load_in_progress);
    if (input.group.empty()) return refuse(ErrorCode::invalid_group_id);
    const ClassicGroup* group = find(input.group);
    if (group == nullptr) return refuse(ErrorCode::group_id_not_found);
    const auto subscribed = group->members.empty() ? std::set<std::string>{} : group->subscribed_topics();
    // A group of another kind is in use as a whole.
    if (!subscribed) return refuse(ErrorCode::non_empty_group);
    const auto& known = offsets_[input.group];
    const auto on_the_way = partitions_being_committed(input.group);
    OffsetsAnswer answer{input.token, ErrorCode::none, {}};
    GroupRecords records;
    for (const TopicPartition& partition : input.partitions) {
        const bool in_use = subscribed->contains(partition.topic);
        answer.partitions.push_back(in_use ? ErrorCode::group_subscribed_to_topic : ErrorCode::none);
        if (in_use || (!known.contains(partition) && !on_the_way.contains(partition))) continue;
        records.push_back(OffsetCommitRecord{input.group, partition, std::nullopt});
    }
    if (known.empty()) offsets_.erase(input.group);
    if (records.empty()) {
        step.effects.push_back(std::move(answer));
    } else {
        write(step, std::move(records), std::move(answer));
    }
}

void GroupCoordinator::on(Step& step, const DeleteGroupReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.effects.push_back(DeleteGroupAnswer{input.token, error}); };
    if (!loaded_) return refuse(ErrorCode::coordinator_load_in_progress);
    if (input.group.empty()) return refuse(ErrorCode::invalid_group_id);
    const ClassicGroup* group = find(input.group);
    if (group == nullptr) return refuse(ErrorCode::group_id_not_found);
    if (group->state != ClassicState::empty) return refuse(ErrorCode::non_empty_group);
    GroupRecords records;
    std::set<TopicPartition> partitions = partitions_being_committed(input.group);
    if (const auto offsets = offsets_.find(input.group); offsets != offsets_.end()) {
        for (const auto& [partition, offset] : offsets->second) partitions.insert(partition);
    }
    for (const TopicPartition& partition : partitions) {
        records.push_back(OffsetCommitRecord{input.group, partition, std::nullopt});
    }
    records.push_back(GroupMetadataRecord{input.group, std::nullopt});
    write(step, std::move(records), DeleteGroupAnswer{input.token, ErrorCode::none});
}

void GroupCoordinator::on(Step& step, const TopicDeleted& input) {
    if (!loaded_) return;
    for (const auto& [id, group] : groups_) {
        std::set<TopicPartition> partitions = partitions_being_committed(id);
        if (const auto offsets = offsets_.find(id); offsets != offsets_.end()) {
            for (const auto& [partition, offset] : offsets->second) partitions.insert(partition);
        }
        GroupRecords records;
        for (const TopicPartition& partition : partitions) {
            if (partition.topic == input.topic) records.push_back(OffsetCommitRecord{id, partition, std::nullopt});
        }
        if (!records.empty()) write(step, std::move(records), NothingMore{});
    }
}

std::vector<TopicPartition> GroupCoordinator::expired(const std::string& id, Timestamp wall) const {
    std::vector<TopicPartition> partitions;
    const auto offsets = offsets_.find(id);
    if (offsets == offsets_.end()) return partitions;
    const ClassicGroup& group = groups_.at(id);
    const bool empty = group.state == ClassicState::empty;
    // What a member of a live group may still be reading is kept; during a rebalance nobody knows (KAFKA-13636).
    const auto in_use = empty ? std::set<std::string>{} : group.subscribed_topics();
    if (!in_use || (!empty && group.state != ClassicState::stable)) return partitions;
    const auto on_the_way = partitions_being_committed(id);
    for (const auto& [partition, offset] : offsets->second) {
        if (in_use->contains(partition.topic) || on_the_way.contains(partition)) continue;
        // An empty group keeps its offsets from when it became empty (KIP-211); a client's own retention goes first.
        const bool from_state = empty && !group.protocol_type.empty() && group.current_state_timestamp;
        const Timestamp since = from_state ? *group.current_state_timestamp : offset.commit_timestamp;
        const Timestamp until = offset.expire_timestamp.value_or(
            Timestamp{std::max(since, offset.commit_timestamp).value() + config_.offsets_retention.count()});
        if (wall >= until) partitions.push_back(partition);
    }
    return partitions;
}

void GroupCoordinator::on(Step& step, const ExpireOffsets&) {
    if (!loaded_) return;
    for (const auto& [id, group] : groups_) {
        GroupRecords records;
        const auto gone = expired(id, step.wall);
        for (const TopicPartition& partition : gone) {
            records.push_back(OffsetCommitRecord{id, partition, std::nullopt});
        }
        const auto offsets = offsets_.find(id);
        const std::size_t left = (offsets == offsets_.end() ? 0 : offsets->second.size()) - gone.size();
        const bool unused = group.state == ClassicState::empty && group.pending_members.empty() && left == 0 &&
                            partitions_being_committed(id).empty();
        if (unused) records.push_back(GroupMetadataRecord{id, std::nullopt});
        if (!records.empty()) write(step, std::move(records), NothingMore{});
    }
}

}  // namespace highwater
