#include "core/group/group_migration.h"

#include <algorithm>

#include "core/base/invariant.h"
#include "core/group/consumer_reconciliation.h"

namespace highwater {
namespace {

/// By the names that the member subscribes to.
PartitionsByName by_name(const OwnedPartitions& partitions, const std::set<std::string>& names,
                         const GroupTopics& topics) {
    PartitionsByName named;
    for (const std::string& name : names) {
        const auto topic = topics.by_name.find(name);
        if (topic == topics.by_name.end()) continue;
        const auto found = partitions.find(topic->second.id);
        if (found == partitions.end()) continue;
        for (const auto& [partition, epoch] : found->second) named[name].push_back(partition);
    }
    return named;
}

}  // namespace

AssignedPartitions by_id(const PartitionsByName& partitions, const GroupTopics& topics) {
    AssignedPartitions assigned;
    for (const auto& [name, list] : partitions) {
        const auto topic = topics.by_name.find(name);
        if (topic != topics.by_name.end()) assigned[topic->second.id] = list;
    }
    return assigned;
}

std::optional<GroupRecords> upgraded(const std::string& id, const ClassicGroup& group, const GroupTopics& topics) {
    const GroupEpoch epoch{group.generation.value()};
    GroupRecords records;
    std::set<std::string> names;
    for (const auto& [member_id, member] : group.members) {
        const auto subscription =
            member.protocols.empty() ? std::nullopt : read_subscription(member.protocols.front().metadata);
        // One that has not been in a generation has none.
        const auto assignment =
            member.assignment.empty() ? PartitionsByName{} : partitions_of_assignment(member.assignment);
        if (!subscription || !assignment) return std::nullopt;
        names.insert(subscription->topics.begin(), subscription->topics.end());
        records.push_back(ConsumerGroupMemberMetadataRecord{
            id, member_id,
            ConsumerMemberMetadata{.group_instance_id = member.group_instance_id,
                                   .rack_id = subscription->rack_id,
                                   .client_id = member.client_id,
                                   .client_host = member.client_host,
                                   .subscribed_topic_names = {subscription->topics.begin(), subscription->topics.end()},
                                   .subscribed_topic_regex = std::nullopt,
                                   .rebalance_timeout = member.rebalance_timeout,
                                   .server_assignor = std::nullopt,
                                   .classic = ClassicMemberMetadata{member.session_timeout, member.protocols}}});
        const AssignedPartitions assigned = by_id(*assignment, topics);
        records.push_back(ConsumerGroupTargetAssignmentMemberRecord{id, member_id, assigned});
        records.push_back(ConsumerGroupCurrentMemberAssignmentRecord{
            id, member_id,
            CurrentMemberAssignment{epoch, epoch, MemberState::stable, with_epoch(assigned, epoch), {}}});
    }
    records.push_back(ConsumerGroupMetadataRecord{id, ConsumerGroupMetadata{epoch, metadata_hash(names, topics)}});
    records.push_back(ConsumerGroupTargetAssignmentMetadataRecord{id, TargetAssignmentMetadata{epoch, std::nullopt}});
    return records;
}

std::string assignment_bytes(const ConsumerGroup& group, const ConsumerMember& member, const GroupTopics& topics) {
    HIGHWATER_INVARIANT(member.uses_classic_protocol() && !member.metadata.classic->protocols.empty(),
                        "a member without protocols is told its assignment");
    const auto subscription = read_subscription(member.metadata.classic->protocols.front().metadata);
    const auto names = group.subscribed_topics(member.metadata);
    return write_assignment(subscription ? subscription->version : std::int16_t{0},
                            by_name(member.current.assigned, names, topics));
}

ClassicGroup downgraded(const ConsumerGroup& group, const GroupTopics& topics) {
    ClassicGroup classic;
    classic.state = ClassicState::stable;
    classic.generation = Generation{group.epoch.value()};
    classic.protocol_type = kConsumerProtocolType;
    for (const auto& [id, member] : group.members) {
        HIGHWATER_INVARIANT(member.uses_classic_protocol(), "{} does not speak the classic protocol", id);
        const ClassicMemberMetadata& metadata = *member.metadata.classic;
        if (member.metadata.group_instance_id) classic.static_members[*member.metadata.group_instance_id] = id;
        classic.members[id] = {
            .member_id = id,
            .group_instance_id = member.metadata.group_instance_id,
            .client_id = member.metadata.client_id,
            .client_host = member.metadata.client_host,
            .rebalance_timeout = member.metadata.rebalance_timeout.value_or(metadata.session_timeout),
            .session_timeout = metadata.session_timeout,
            .protocols = metadata.protocols,
            .assignment = assignment_bytes(group, member, topics),
            .awaiting_join = std::nullopt,
            .awaiting_sync = std::nullopt,
            .is_new = false,
        };
    }
    classic.leader = classic.members.begin()->first;
    classic.protocol = classic.select_protocol();
    return classic;
}

bool has_common_protocol(const ConsumerGroup& group, const std::string& except,
                         const std::vector<GroupProtocol>& protocols) {
    return std::ranges::any_of(protocols, [&](const GroupProtocol& candidate) {
        return std::ranges::all_of(group.members, [&](const auto& entry) {
            const auto& classic = entry.second.metadata.classic;
            return entry.first == except || !classic ||
                   std::ranges::find(classic->protocols, candidate.name, &GroupProtocol::name) !=
                       classic->protocols.end();
        });
    });
}

}  // namespace highwater
