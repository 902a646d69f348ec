#include "broker/client/groups.h"

#include <algorithm>
#include <functional>

#include "core/group/consumer_subscription.h"
#include "net/wire/bytes_text.h"
#include "net/wire/message/consumer_group_describe.h"
#include "net/wire/message/delete_groups.h"
#include "net/wire/message/describe_groups.h"
#include "net/wire/message/list_groups.h"
#include "net/wire/message/offset_commit.h"
#include "net/wire/message/offset_delete.h"
#include "net/wire/message/offset_fetch.h"

namespace highwater::client {

namespace {

/// The last versions that name topics by their names.
constexpr std::int16_t kOffsetFetchByName = 9;
constexpr std::int16_t kOffsetCommitByName = 9;
/// What ListGroups calls groups of KIP-848.
constexpr std::string_view kConsumerGroupType = "consumer";

std::string refused(std::string_view group, ErrorCode error) {
    return fmt::format("group {}: {}", group, error);
}

/// Puts one topic after the other into `topics` of a request. `partitions`: a set of TopicPartition, or a map by it;
/// `fill(partition, element)` puts an element into the request's partition.
void add_by_topic(auto& topics, const auto& partitions, const auto& id_of, const auto& fill) {
    for (auto at = partitions.begin(); at != partitions.end();) {
        auto& topic = topics.emplace_back();
        const std::string& name = id_of(*at).topic;
        topic.name = wire::String(name);
        for (; at != partitions.end() && id_of(*at).topic == name; ++at) fill(topic.partitions.emplace_back(), *at);
    }
}

std::map<TopicPartition, ErrorCode> errors_of(const auto& topics) {
    std::map<TopicPartition, ErrorCode> errors;
    for (const auto& topic : topics) {
        for (const auto& partition : topic.partitions)
            errors[{topic.name.to_string(), partition.partition_index}] = partition.error_code;
    }
    return errors;
}

GroupMemberInfo member_of(const wire::DescribeGroupsResponse::DescribedGroupMember& member,
                          const std::string& protocol_type) {
    GroupMemberInfo info{
        .id = member.member_id.to_string(),
        .instance_id = member.group_instance_id ? std::optional(member.group_instance_id->to_string()) : std::nullopt,
        .client_id = member.client_id.to_string(),
        .host = member.client_host.to_string(),
        .assignment = {}};
    if (protocol_type == kConsumerProtocolType)
        info.assignment = partitions_of_assignment(wire::text_of(member.member_assignment)).value_or(info.assignment);
    return info;
}

}  // namespace

Result<Coordinator, std::string> Groups::coordinator_of(const std::string& group) {
    return find_coordinator(cluster_, CoordinatorType::group, group);
}

Result<std::vector<GroupListing>, std::string> Groups::list(const std::vector<std::string>& states,
                                                            const std::vector<std::string>& types) {
    const std::vector<std::string> none;
    if (auto topics = cluster_.topics(&none); !topics) return unexpected(std::move(topics.error()));
    wire::ListGroupsRequest request;
    for (const std::string& state : states) request.states_filter.push_back(wire::String(state));
    for (const std::string& type : types) request.types_filter.push_back(wire::String(type));
    std::vector<GroupListing> groups;
    const auto brokers = cluster_.brokers();
    for (const auto& [node, address] : brokers) {
        const auto answer = cluster_.call<wire::ListGroupsResponse>(node, request);
        if (!answer) return unexpected(answer.error());
        if ((*answer)->error_code != ErrorCode::none)
            return unexpected(fmt::format("broker {} can't list its groups: {}", node, (*answer)->error_code));
        for (const auto& group : (*answer)->groups)
            groups.push_back({group.group_id.to_string(), group.protocol_type.to_string(),
                              group.group_state.to_string(), group.group_type.to_string()});
    }
    std::ranges::sort(groups, {}, &GroupListing::id);
    return groups;
}

Result<std::optional<GroupInfo>, std::string> Groups::describe(const std::string& group) {
    const auto coordinator = coordinator_of(group);
    if (!coordinator) return unexpected(coordinator.error());
    wire::DescribeGroupsRequest request;
    request.groups.push_back(wire::String(group));
    const auto answer = cluster_.call<wire::DescribeGroupsResponse>(coordinator->node, request);
    if (!answer) return unexpected(answer.error());
    if ((*answer)->groups.empty()) return unexpected(std::string("the broker's answer names no group"));
    const auto& found = (*answer)->groups.front();
    GroupInfo info{.id = group,
                   .state = found.group_state.to_string(),
                   .protocol_type = found.protocol_type.to_string(),
                   .assignor = found.protocol_data.to_string(),
                   .coordinator = coordinator->node,
                   .coordinator_address = coordinator->address,
                   .members = {}};
    // An older broker says so by the state alone. One that knows groups of the consumer protocol says it of those, too.
    if (found.error_code == ErrorCode::group_id_not_found || info.state == "Dead") {
        return describe_consumer_group(group, *coordinator);
    }
    if (found.error_code != ErrorCode::none) return unexpected(refused(group, found.error_code));
    for (const auto& member : found.members) info.members.push_back(member_of(member, info.protocol_type));
    return info;
}

Result<std::optional<GroupInfo>, std::string> Groups::describe_consumer_group(const std::string& group,
                                                                              const Coordinator& coordinator) {
    // A broker that keeps such groups lists them with their type; others may not know the request at all.
    const auto listed = list();
    if (!listed) return unexpected(listed.error());
    const bool is_one = std::ranges::any_of(*listed, [&](const GroupListing& listing) {
        return listing.id == group && listing.type == kConsumerGroupType;
    });
    if (!is_one) return std::nullopt;
    wire::ConsumerGroupDescribeRequest request;
    request.group_ids.push_back(wire::String(group));
    const auto answer = cluster_.call<wire::ConsumerGroupDescribeResponse>(coordinator.node, request);
    if (!answer) return unexpected(answer.error());
    if ((*answer)->groups.empty()) return unexpected(std::string("the broker's answer names no group"));
    const auto& found = (*answer)->groups.front();
    if (found.error_code == ErrorCode::group_id_not_found) return std::nullopt;
    if (found.error_code != ErrorCode::none) return unexpected(refused(group, found.error_code));
    GroupInfo info{.id = group,
                   .state = found.group_state.to_string(),
                   .protocol_type = std::string(kConsumerProtocolType),
                   .assignor = found.assignor_name.to_string(),
                   .coordinator = coordinator.node,
                   .coordinator_address = coordinator.address,
                   .members = {}};
    for (const auto& member : found.members) {
        GroupMemberInfo& one = info.members.emplace_back();
        one.id = member.member_id.to_string();
        if (member.instance_id) one.instance_id = member.instance_id->to_string();
        one.client_id = member.client_id.to_string();
        one.host = member.client_host.to_string();
        for (const auto& topic : member.assignment.topic_partitions) {
            auto& partitions = one.assignment[topic.topic_name.to_string()];
            for (const PartitionId partition : topic.partitions) partitions.push_back(partition);
        }
    }
    return info;
}

Result<GroupOffsets, std::string> Groups::offsets(const std::string& group) {
    const auto coordinator = coordinator_of(group);
    if (!coordinator) return unexpected(coordinator.error());
    wire::OffsetFetchRequest request;
    auto& wanted = request.groups.emplace_back();
    wanted.group_id = wire::String(group);
    wanted.topics.reset();
    const auto answer = cluster_.call<wire::OffsetFetchResponse>(coordinator->node, request, kOffsetFetchByName);
    if (!answer) return unexpected(answer.error());
    GroupOffsets offsets;
    for (const auto& each : (*answer)->groups) {
        if (each.error_code != ErrorCode::none) return unexpected(refused(group, each.error_code));
        for (const auto& topic : each.topics) {
            for (const auto& partition : topic.partitions) {
                if (partition.error_code != ErrorCode::none) return unexpected(refused(group, partition.error_code));
                if (partition.committed_offset < 0) continue;
                offsets[{topic.name.to_string(), partition.partition_index}] = {
                    Offset{partition.committed_offset}, partition.committed_leader_epoch < LeaderEpoch{0}
                                                            ? std::nullopt
                                                            : std::optional(partition.committed_leader_epoch)};
            }
        }
    }
    return offsets;
}

Result<std::map<TopicPartition, ErrorCode>, std::string> Groups::commit(
    const std::string& group, const std::map<TopicPartition, Offset>& offsets) {
    const auto coordinator = coordinator_of(group);
    if (!coordinator) return unexpected(coordinator.error());
    wire::OffsetCommitRequest request;
    request.group_id = wire::String(group);
    add_by_topic(
        request.topics, offsets, [](const auto& each) -> const TopicPartition& { return each.first; },
        [](auto& partition, const auto& each) {
            partition.partition_index = each.first.partition;
            partition.committed_offset = each.second.value();
        });
    const auto answer = cluster_.call<wire::OffsetCommitResponse>(coordinator->node, request, kOffsetCommitByName);
    if (!answer) return unexpected(answer.error());
    auto errors = errors_of((*answer)->topics);
    std::erase_if(errors, [](const auto& each) { return each.second == ErrorCode::none; });
    return errors;
}

Result<ErrorCode, std::string> Groups::remove(const std::string& group) {
    const auto coordinator = coordinator_of(group);
    if (!coordinator) return unexpected(coordinator.error());
    wire::DeleteGroupsRequest request;
    request.groups_names.push_back(wire::String(group));
    const auto answer = cluster_.call<wire::DeleteGroupsResponse>(coordinator->node, request);
    if (!answer) return unexpected(answer.error());
    if ((*answer)->results.empty()) return unexpected(std::string("the broker's answer names no group"));
    return (*answer)->results.front().error_code;
}

Result<std::map<TopicPartition, ErrorCode>, std::string> Groups::remove_offsets(
    const std::string& group, const std::set<TopicPartition>& partitions) {
    const auto coordinator = coordinator_of(group);
    if (!coordinator) return unexpected(coordinator.error());
    wire::OffsetDeleteRequest request;
    request.group_id = wire::String(group);
    add_by_topic(request.topics, partitions, std::identity{},
                 [](auto& partition, const TopicPartition& each) { partition.partition_index = each.partition; });
    const auto answer = cluster_.call<wire::OffsetDeleteResponse>(coordinator->node, request);
    if (!answer) return unexpected(answer.error());
    if ((*answer)->error_code != ErrorCode::none) return unexpected(refused(group, (*answer)->error_code));
    return errors_of((*answer)->topics);
}

}  // namespace highwater::client
