#include "core/group/consumer_group.h"

#include <algorithm>
#include <array>

#include "core/base/hash.h"

namespace highwater {

std::string_view state_name(ConsumerGroupState state) {
    static constexpr std::array<std::string_view, 4> kNames = {"Empty", "Assigning", "Reconciling", "Stable"};
    return kNames[static_cast<std::size_t>(state)];
}

const ConsumerMember* ConsumerGroup::find(std::string_view member_id) const {
    const auto found = members.find(std::string{member_id});
    return found == members.end() ? nullptr : &found->second;
}

const std::string* ConsumerGroup::static_member(std::string_view group_instance_id) const {
    const auto found = std::ranges::find_if(members, [&](const auto& entry) {
        const auto& instance = entry.second.metadata.group_instance_id;
        return instance && *instance == group_instance_id;
    });
    return found == members.end() ? nullptr : &found->first;
}

const AssignedPartitions& ConsumerGroup::target_of(std::string_view member_id) const {
    static const AssignedPartitions kNone;
    const auto found = target.find(std::string{member_id});
    return found == target.end() ? kNone : found->second;
}

ConsumerGroupState ConsumerGroup::state() const {
    if (members.empty()) return ConsumerGroupState::empty;
    if (epoch > assignment_epoch) return ConsumerGroupState::assigning;
    const bool all = std::ranges::all_of(members, [this](const auto& entry) { return is_reconciled(entry.second); });
    return all ? ConsumerGroupState::stable : ConsumerGroupState::reconciling;
}

std::map<TopicId, std::set<PartitionId>> ConsumerGroup::held_by_others(std::string_view member_id) const {
    std::map<TopicId, std::set<PartitionId>> held;
    for (const auto& [id, member] : members) {
        if (id == member_id) continue;
        for (const OwnedPartitions* owned : {&member.current.assigned, &member.current.pending_revocation}) {
            for (const auto& [topic, partitions] : *owned) {
                auto& of_topic = held[topic];
                for (const auto& [partition, at] : partitions) of_topic.insert(partition);
            }
        }
    }
    return held;
}

std::set<std::string> ConsumerGroup::subscribed_topics(const ConsumerMemberMetadata& member) const {
    std::set<std::string> names = member.subscribed_topic_names;
    if (!member.subscribed_topic_regex) return names;
    const auto resolved = regular_expressions.find(*member.subscribed_topic_regex);
    if (resolved != regular_expressions.end()) {
        names.insert(resolved->second.topics.begin(), resolved->second.topics.end());
    }
    return names;
}

std::set<std::string> ConsumerGroup::subscribed_topics() const {
    std::set<std::string> names;
    for (const auto& [id, member] : members) names.merge(subscribed_topics(member.metadata));
    return names;
}

std::set<std::string> ConsumerGroup::expressions_in_use() const {
    std::set<std::string> expressions;
    for (const auto& [id, member] : members) {
        const auto& expression = member.metadata.subscribed_topic_regex;
        if (expression) expressions.insert(*expression);
    }
    return expressions;
}

void apply(ConsumerGroup& group, const ConsumerGroupMetadataRecord& record) {
    const ConsumerGroupMetadata value = record.value.value_or(ConsumerGroupMetadata{});
    group.epoch = value.epoch;
    group.metadata_hash = value.metadata_hash;
}

void apply(ConsumerGroup& group, const ConsumerGroupPartitionMetadataRecord& record) {
    group.has_partition_metadata = !record.is_tombstone;
}

void apply(ConsumerGroup& group, const ConsumerGroupMemberMetadataRecord& record) {
    if (record.value) {
        group.members[record.member_id].metadata = *record.value;
    } else {
        group.members.erase(record.member_id);
    }
}

void apply(ConsumerGroup& group, const ConsumerGroupTargetAssignmentMetadataRecord& record) {
    const TargetAssignmentMetadata value = record.value.value_or(TargetAssignmentMetadata{});
    group.assignment_epoch = value.assignment_epoch;
    group.assignment_timestamp = value.timestamp;
}

void apply(ConsumerGroup& group, const ConsumerGroupTargetAssignmentMemberRecord& record) {
    if (record.value) {
        group.target[record.member_id] = *record.value;
    } else {
        group.target.erase(record.member_id);
    }
}

void apply(ConsumerGroup& group, const ConsumerGroupCurrentMemberAssignmentRecord& record) {
    if (record.value) {
        group.members[record.member_id].current = *record.value;
        return;
    }
    const auto member = group.members.find(record.member_id);
    if (member != group.members.end()) member->second.current = {};
}

void apply(ConsumerGroup& group, const ConsumerGroupRegularExpressionRecord& record) {
    if (record.value) {
        group.regular_expressions[record.regular_expression] = *record.value;
    } else {
        group.regular_expressions.erase(record.regular_expression);
    }
}

std::uint64_t metadata_hash(const std::set<std::string>& names, const GroupTopics& topics) {
    Hasher hasher;
    bool any = false;
    for (const std::string& name : names) {
        const auto topic = topics.by_name.find(name);
        if (topic == topics.by_name.end()) continue;
        any = true;
        hasher.add(std::string_view{name});
        add_hash(hasher, topic->second);
    }
    return any ? hasher.value() : 0;
}

std::set<TopicId> ids_of(const std::set<std::string>& names, const GroupTopics& topics) {
    std::set<TopicId> ids;
    for (const std::string& name : names) {
        const auto topic = topics.by_name.find(name);
        if (topic != topics.by_name.end()) ids.insert(topic->second.id);
    }
    return ids;
}

GroupRecords tombstones_of_member(const std::string& id, const std::string& member_id) {
    return {ConsumerGroupCurrentMemberAssignmentRecord{id, member_id, std::nullopt},
            ConsumerGroupTargetAssignmentMemberRecord{id, member_id, std::nullopt},
            ConsumerGroupMemberMetadataRecord{id, member_id, std::nullopt}};
}

GroupRecords tombstones_of(const std::string& id, const ConsumerGroup& group) {
    GroupRecords records;
    for (const auto& [member_id, member] : group.members) {
        records.push_back(ConsumerGroupCurrentMemberAssignmentRecord{id, member_id, std::nullopt});
    }
    for (const auto& [member_id, target] : group.target) {
        records.push_back(ConsumerGroupTargetAssignmentMemberRecord{id, member_id, std::nullopt});
    }
    records.push_back(ConsumerGroupTargetAssignmentMetadataRecord{id, std::nullopt});
    for (const auto& [member_id, member] : group.members) {
        records.push_back(ConsumerGroupMemberMetadataRecord{id, member_id, std::nullopt});
    }
    for (const auto& [expression, resolved] : group.regular_expressions) {
        records.push_back(ConsumerGroupRegularExpressionRecord{id, expression, std::nullopt});
    }
    if (group.has_partition_metadata) records.push_back(ConsumerGroupPartitionMetadataRecord{id, true});
    records.push_back(ConsumerGroupMetadataRecord{id, std::nullopt});
    return records;
}

}  // namespace highwater
