#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/base/describe.h"
#include "core/group/consumer_group_records.h"
#include "core/group/group_records.h"
#include "core/group/group_topics.h"

namespace highwater {

struct ConsumerMember {
    ConsumerMemberMetadata metadata;
    CurrentMemberAssignment current;

    [[nodiscard]] bool uses_classic_protocol() const { return metadata.classic.has_value(); }

    static constexpr void describe(auto&& field) {
        field("metadata", &ConsumerMember::metadata);
        field("current", &ConsumerMember::current);
    }
};

/// assigning: the target is of an older group epoch. reconciling: some member has not reached it.
enum class ConsumerGroupState : std::uint8_t { empty, assigning, reconciling, stable };

/// "Reconciling", as ListGroups and ConsumerGroupDescribe spell it.
std::string_view state_name(ConsumerGroupState state);

/// A consumer group (KIP-848): nothing but what its records say.
struct ConsumerGroup {
    GroupEpoch epoch;
    std::uint64_t metadata_hash = 0;
    GroupEpoch assignment_epoch;
    std::optional<Timestamp> assignment_timestamp;
    std::map<std::string, ConsumerMember> members;
    /// By member id: what it shall have at the assignment epoch.
    std::map<std::string, AssignedPartitions> target;
    std::map<std::string, ResolvedRegularExpression> regular_expressions;
    /// Kafka 4.0 wrote such a record, which goes with the group.
    bool has_partition_metadata = false;

    [[nodiscard]] const ConsumerMember* find(std::string_view member_id) const;
    /// The id of the static member with this instance id; nullptr: there is none.
    [[nodiscard]] const std::string* static_member(std::string_view group_instance_id) const;
    [[nodiscard]] const AssignedPartitions& target_of(std::string_view member_id) const;
    [[nodiscard]] ConsumerGroupState state() const;
    /// Whether the member has all of its target and is at its epoch.
    [[nodiscard]] bool is_reconciled(const ConsumerMember& member) const {
        return member.current.state == MemberState::stable && member.current.member_epoch == assignment_epoch;
    }
    /// What members other than this one have or have not given back yet.
    [[nodiscard]] std::map<TopicId, std::set<PartitionId>> held_by_others(std::string_view member_id) const;
    /// The names that the member subscribes to, whether there are such topics or not. A regular expression that is not
    /// resolved yet stands for none.
    [[nodiscard]] std::set<std::string> subscribed_topics(const ConsumerMemberMetadata& member) const;
    /// Of all members.
    [[nodiscard]] std::set<std::string> subscribed_topics() const;
    /// The regular expressions that members subscribe to.
    [[nodiscard]] std::set<std::string> expressions_in_use() const;

    static constexpr void describe(auto&& field) {
        field("epoch", &ConsumerGroup::epoch);
        field("metadata_hash", &ConsumerGroup::metadata_hash);
        field("assignment_epoch", &ConsumerGroup::assignment_epoch);
        field("assignment_timestamp", &ConsumerGroup::assignment_timestamp);
        field("members", &ConsumerGroup::members);
        field("target", &ConsumerGroup::target);
        field("regular_expressions", &ConsumerGroup::regular_expressions);
        field("has_partition_metadata", &ConsumerGroup::has_partition_metadata);
    }
};

/// One record of the group. A tombstone of what is not there changes nothing: in a compacted log the record that it
/// deletes may be gone already (KAFKA-19862).
void apply(ConsumerGroup& group, const ConsumerGroupMetadataRecord& record);
void apply(ConsumerGroup& group, const ConsumerGroupPartitionMetadataRecord& record);
void apply(ConsumerGroup& group, const ConsumerGroupMemberMetadataRecord& record);
void apply(ConsumerGroup& group, const ConsumerGroupTargetAssignmentMetadataRecord& record);
void apply(ConsumerGroup& group, const ConsumerGroupTargetAssignmentMemberRecord& record);
void apply(ConsumerGroup& group, const ConsumerGroupCurrentMemberAssignmentRecord& record);
void apply(ConsumerGroup& group, const ConsumerGroupRegularExpressionRecord& record);

/// Whether a record says something about a consumer group. (Qualified, or std::apply is looked at too.)
template <class Record>
concept ConsumerGroupRecord = requires(ConsumerGroup& group, const Record& record) { highwater::apply(group, record); };

/// Changes with the ids and partition counts of the topics of these names that exist; 0: there are none.
[[nodiscard]] std::uint64_t metadata_hash(const std::set<std::string>& names, const GroupTopics& topics);

/// The ids of the topics of these names that exist.
[[nodiscard]] std::set<TopicId> ids_of(const std::set<std::string>& names, const GroupTopics& topics);

/// The records that delete the group with all its members.
[[nodiscard]] GroupRecords tombstones_of(const std::string& id, const ConsumerGroup& group);
/// The records that delete the member, with the group as it is otherwise.
[[nodiscard]] GroupRecords tombstones_of_member(const std::string& id, const std::string& member_id);

}  // namespace highwater
