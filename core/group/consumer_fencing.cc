#include "core/group/consumer_fencing.h"

#include <algorithm>

namespace highwater {
namespace {

bool is_subset(const std::optional<AssignedPartitions>& owned, const OwnedPartitions& assigned) {
    if (!owned) return false;
    return std::ranges::all_of(*owned, [&](const auto& topic) {
        const auto of_topic = assigned.find(topic.first);
        return topic.second.empty() ||
               (of_topic != assigned.end() &&
                std::ranges::all_of(topic.second, [&](PartitionId id) { return of_topic->second.contains(id); }));
    });
}

bool had_at(const OwnedPartitions& partitions, TopicId topic, PartitionId partition, GroupEpoch epoch) {
    const auto of_topic = partitions.find(topic);
    if (of_topic == partitions.end()) return false;
    const auto found = of_topic->second.find(partition);
    return found != of_topic->second.end() && found->second <= epoch;
}

ErrorCode error_of_another_epoch(const ConsumerMember& member) {
    return member.uses_classic_protocol() ? ErrorCode::illegal_generation : ErrorCode::stale_member_epoch;
}

}  // namespace

ErrorCode check_heartbeat(const ConsumerHeartbeatReceived& input) {
    const auto is_empty = [](const auto& text) { return text && text->empty(); };
    if (input.group.empty() || is_empty(input.group_instance_id) || is_empty(input.rack_id)) {
        return ErrorCode::invalid_request;
    }
    if (input.member_epoch < kLeaveGroupStaticMemberEpoch) return ErrorCode::invalid_request;
    if (input.member_epoch == GroupEpoch{0}) {
        const bool names_topics = input.subscribed_topic_names && !input.subscribed_topic_names->empty();
        const bool names_expression = input.subscribed_topic_regex && !input.subscribed_topic_regex->empty();
        const bool owns_nothing = input.owned && input.owned->empty();
        const bool complete = input.rebalance_timeout && owns_nothing && (names_topics || names_expression);
        return complete ? ErrorCode::none : ErrorCode::invalid_request;
    }
    if (input.member_id.empty()) return ErrorCode::invalid_request;
    const bool leaves_for_a_while = input.member_epoch == kLeaveGroupStaticMemberEpoch;
    return leaves_for_a_while && !input.group_instance_id ? ErrorCode::invalid_request : ErrorCode::none;
}

ErrorCode check_member_epoch(const CurrentMemberAssignment& current, GroupEpoch received,
                             const std::optional<AssignedPartitions>& owned) {
    if (received == current.member_epoch) return ErrorCode::none;
    const bool lost_answer = received < current.member_epoch && received == current.previous_member_epoch &&
                             is_subset(owned, current.assigned);
    return lost_answer ? ErrorCode::none : ErrorCode::fenced_member_epoch;
}

ErrorCode check_instance(const ConsumerGroup& group, const std::string& member_id,
                         const std::string& group_instance_id) {
    const std::string* known = group.static_member(group_instance_id);
    if (known == nullptr) return ErrorCode::unknown_member_id;
    return *known == member_id ? ErrorCode::none : ErrorCode::fenced_instance_id;
}

ErrorCode check_commit(const ConsumerGroup& group, const OffsetCommitReceived& input, const GroupTopics& topics) {
    const GroupEpoch received{input.claim.generation.value()};
    if (received < GroupEpoch{0} && group.members.empty()) return ErrorCode::none;
    const bool says_nothing =
        received < GroupEpoch{0} && input.claim.member_id.empty() && !input.claim.group_instance_id;
    if (input.transaction && says_nothing) return ErrorCode::none;
    const ConsumerMember* member = group.find(input.claim.member_id);
    if (member == nullptr) return ErrorCode::unknown_member_id;
    if (!member->uses_classic_protocol() && !input.knows_member_epochs) return ErrorCode::unsupported_version;
    const CurrentMemberAssignment& current = member->current;
    if (received == current.member_epoch) return ErrorCode::none;
    if (received > current.member_epoch) return error_of_another_epoch(*member);
    const bool had_all = std::ranges::all_of(input.offsets, [&](const OffsetToCommit& offset) {
        const auto topic = topics.by_name.find(offset.partition.topic);
        if (topic == topics.by_name.end()) return false;
        const PartitionId partition = offset.partition.partition;
        return had_at(current.assigned, topic->second.id, partition, received) ||
               had_at(current.pending_revocation, topic->second.id, partition, received);
    });
    return had_all ? ErrorCode::none : error_of_another_epoch(*member);
}

ErrorCode check_fetch(const ConsumerGroup& group, const std::optional<std::string>& member_id, GroupEpoch received) {
    if (!member_id && received < GroupEpoch{0}) return ErrorCode::none;
    const ConsumerMember* member = group.find(member_id.value_or(""));
    if (member == nullptr) return ErrorCode::unknown_member_id;
    return received == member->current.member_epoch ? ErrorCode::none : error_of_another_epoch(*member);
}

}  // namespace highwater
