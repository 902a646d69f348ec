// Committed offsets: who may commit, what expires, what may be deleted.
#include <algorithm>
#include <utility>

#include "core/group/consumer_fencing.h"
#include "core/group/group_coordinator.h"
#include "core/group/group_step.h"

namespace highwater {

ErrorCode check_commit(const ClassicGroup* group, const MemberClaim& claim, bool is_transactional) {
    const bool without_membership =
        claim.generation < Generation{0} && claim.member_id.empty() && !claim.group_instance_id;
    if (group == nullptr || group->members.empty()) {
        // A consumer that assigns its partitions itself; nobody is in its way.
        if (without_membership) return ErrorCode::none;
        return group == nullptr ? ErrorCode::illegal_generation : ErrorCode::unknown_member_id;
    }
    // Before KIP-447 transactions did not say who commits: their producers are fenced by their transactional ids.
    if (without_membership) return is_transactional ? ErrorCode::none : ErrorCode::unknown_member_id;
    if (const ErrorCode error = check_claim(*group, claim); error != ErrorCode::none) return error;
    // The member of a generation that is being completed has no partitions yet.
    const bool is_early = group->state == ClassicState::completing_rebalance && !is_transactional;
    return is_early ? ErrorCode::rebalance_in_progress : ErrorCode::none;
}

// An empty group id is one like others here and in DeleteGroups: old consumers that assign partitions themselves have
// it (KAFKA-6773).
void GroupCoordinator::on(Step& step, const OffsetCommitReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.effects.push_back(OffsetsAnswer{input.token, error, {}}); };
    if (!loaded_) return refuse(ErrorCode::coordinator_load_in_progress);
    if (postpone(input.group, GroupInput{input})) return;
    const ClassicGroup* group = find(input.group);
    const ConsumerGroup* consumer = find_consumer(input.group);
    const ErrorCode error = consumer != nullptr ? check_commit(*consumer, input, step.topics)
                                                : check_commit(group, input.claim, input.transaction.has_value());
    if (error != ErrorCode::none) return refuse(error);
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
            CommittedOffset{offset.offset, offset.leader_epoch, offset.metadata, step.wall, expires, offset.topic_id}});
    }
    if (records.empty()) {
        step.effects.push_back(std::move(answer));
    } else {
        write(step, std::move(records), std::move(answer), {}, input.transaction);
    }
}

void GroupCoordinator::on(Step& step, const OffsetDeleteReceived& input) {
    const auto refuse = [&](ErrorCode error) { step.effects.push_back(OffsetsAnswer{input.token, error, {}}); };
    if (!loaded_) return refuse(ErrorCode::coordinator_load_in_progress);
    if (input.group.empty()) return refuse(ErrorCode::invalid_group_id);
    if (postpone(input.group, GroupInput{input})) return;
    const ClassicGroup* group = find(input.group);
    const ConsumerGroup* consumer = find_consumer(input.group);
    if (group == nullptr && consumer == nullptr) return refuse(ErrorCode::group_id_not_found);
    const auto subscribed = consumer != nullptr      ? std::optional(consumer->subscribed_topics())
                            : group->members.empty() ? std::set<std::string>{}
                                                     : group->subscribed_topics();
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
    if (postpone(input.group, GroupInput{input})) return;
    const ClassicGroup* group = find(input.group);
    const ConsumerGroup* consumer = find_consumer(input.group);
    if (group == nullptr && consumer == nullptr) return refuse(ErrorCode::group_id_not_found);
    const bool empty = consumer != nullptr ? consumer->members.empty() : group->state == ClassicState::empty;
    if (!empty) return refuse(ErrorCode::non_empty_group);
    GroupRecords records;
    std::set<TopicPartition> partitions = partitions_being_committed(input.group);
    if (const auto offsets = offsets_.find(input.group); offsets != offsets_.end()) {
        for (const auto& [partition, offset] : offsets->second) partitions.insert(partition);
    }
    for (const TopicPartition& partition : partitions) {
        records.push_back(OffsetCommitRecord{input.group, partition, std::nullopt});
    }
    if (consumer == nullptr) {
        records.push_back(GroupMetadataRecord{input.group, std::nullopt});
        write(step, std::move(records), DeleteGroupAnswer{input.token, ErrorCode::none});
        return;
    }
    for (GroupRecord& tombstone : tombstones_of(input.group, *consumer)) records.push_back(std::move(tombstone));
    write(step, std::move(records), DeleteGroupAnswer{input.token, ErrorCode::none}, input.group);
}

void GroupCoordinator::on(Step& step, const TopicDeleted& input) {
    if (!loaded_) return;
    for (const std::string& id : group_ids()) {
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

std::vector<std::string> GroupCoordinator::group_ids() const {
    std::vector<std::string> ids;
    for (const auto& [id, group] : groups_) ids.push_back(id);
    for (const auto& [id, group] : consumer_groups_) ids.push_back(id);
    return ids;
}

std::optional<std::set<std::string>> GroupCoordinator::topics_in_use(const std::string& id) const {
    if (const ConsumerGroup* group = find_consumer(id)) return group->subscribed_topics();
    const ClassicGroup& group = groups_.at(id);
    if (group.state == ClassicState::empty) return std::set<std::string>{};
    // During a rebalance nobody knows (KAFKA-13636).
    return group.state == ClassicState::stable ? group.subscribed_topics() : std::nullopt;
}

std::vector<TopicPartition> GroupCoordinator::expired(const std::string& id, Timestamp wall) const {
    std::vector<TopicPartition> partitions;
    const auto offsets = offsets_.find(id);
    if (offsets == offsets_.end()) return partitions;
    // What a member of a live group may still be reading is kept.
    const auto in_use = topics_in_use(id);
    if (!in_use) return partitions;
    // An empty classic group keeps its offsets from when it became empty (KIP-211).
    const ClassicGroup* classic = find(id);
    const bool from_state = classic != nullptr && classic->state == ClassicState::empty &&
                            !classic->protocol_type.empty() && classic->current_state_timestamp;
    const auto on_the_way = partitions_being_committed(id);
    for (const auto& [partition, offset] : offsets->second) {
        if (in_use->contains(partition.topic) || on_the_way.contains(partition)) continue;
        const Timestamp since = from_state ? *classic->current_state_timestamp : offset.commit_timestamp;
        // A client's own retention goes first.
        const Timestamp until = offset.expire_timestamp.value_or(
            Timestamp{std::max(since, offset.commit_timestamp).value() + config_.offsets_retention.count()});
        if (wall >= until) partitions.push_back(partition);
    }
    return partitions;
}

void GroupCoordinator::on(Step& step, const ExpireOffsets&) {
    if (!loaded_) return;
    for (const std::string& id : group_ids()) {
        // Held by a write: there is a next time.
        if (postponed_.contains(id)) continue;
        GroupRecords records;
        const auto gone = expired(id, step.wall);
        for (const TopicPartition& partition : gone) {
            records.push_back(OffsetCommitRecord{id, partition, std::nullopt});
        }
        const auto offsets = offsets_.find(id);
        const std::size_t left = (offsets == offsets_.end() ? 0 : offsets->second.size()) - gone.size();
        const bool has_offsets = left > 0 || !partitions_being_committed(id).empty();
        if (const ConsumerGroup* group = find_consumer(id); group != nullptr) {
            const bool unused = group->members.empty() && !has_offsets;
            if (unused) {
                for (GroupRecord& tombstone : tombstones_of(id, *group)) records.push_back(std::move(tombstone));
            }
            if (!records.empty()) write(step, std::move(records), NothingMore{}, id);
            continue;
        }
        const ClassicGroup& group = groups_.at(id);
        const bool unused = group.state == ClassicState::empty && group.pending_members.empty() && !has_offsets;
        if (unused) records.push_back(GroupMetadataRecord{id, std::nullopt});
        if (!records.empty()) write(step, std::move(records), NothingMore{});
    }
}

}  // namespace highwater
