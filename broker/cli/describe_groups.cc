#include "broker/cli/describe_groups.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "broker/cli/exit_code.h"
#include "broker/cli/table.h"
#include "broker/client/list_offsets.h"

namespace highwater::cli {

namespace {

using Json = nlohmann::ordered_json;

/// A partition that the group has committed an offset of, or that a member has.
struct Row {
    std::optional<client::GroupOffset> committed;
    /// nullopt: the topic is gone.
    std::optional<Offset> log_end_offset;
    const client::GroupMemberInfo* member = nullptr;

    [[nodiscard]] std::optional<std::int64_t> lag() const {
        if (!committed || !log_end_offset) return std::nullopt;
        return (*log_end_offset - committed->offset).value();
    }
};

using Rows = std::map<TopicPartition, Row>;

template <class T>
std::string or_dash(const std::optional<T>& value) {
    return value ? fmt::format("{}", *value) : "-";
}

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json();
}

Result<Rows, std::string> rows_of(client::Cluster& cluster, const client::GroupInfo& group) {
    const auto committed = client::Groups(cluster).offsets(group.id);
    if (!committed) return unexpected(committed.error());
    Rows rows;
    for (const auto& [partition, offset] : *committed) rows[partition].committed = offset;
    for (const client::GroupMemberInfo& member : group.members) {
        for (const auto& [topic, partitions] : member.assignment) {
            for (const PartitionId partition : partitions) rows[{topic, partition}].member = &member;
        }
    }
    std::vector<std::string> names;
    for (const auto& [partition, row] : rows) {
        if (names.empty() || names.back() != partition.topic) names.push_back(partition.topic);
    }
    const auto topics = cluster.topics(&names);
    if (!topics) return unexpected(topics.error());
    std::map<TopicPartition, std::int64_t> wanted;
    for (const client::TopicInfo& topic : *topics) {
        for (const client::PartitionInfo& partition : topic.partitions) {
            const TopicPartition id{topic.name, partition.partition};
            if (rows.contains(id)) wanted.emplace(id, client::kLatestTimestamp);
        }
    }
    const auto ends = client::list_offsets(cluster, *topics, wanted);
    if (!ends) return unexpected(ends.error());
    for (const auto& [partition, end] : *ends) rows[partition].log_end_offset = end;
    return rows;
}

void print_offsets(const std::string& group, const Rows& rows, bool verbose) {
    std::vector<std::string> heading{"GROUP", "TOPIC", "PARTITION"};
    if (verbose) heading.push_back("LEADER-EPOCH");
    heading.insert(heading.end(), {"CURRENT-OFFSET", "LOG-END-OFFSET", "LAG", "CONSUMER-ID", "HOST", "CLIENT-ID"});
    Table table(std::move(heading));
    for (const auto& [partition, row] : rows) {
        std::vector<std::string> words{group, partition.topic, fmt::format("{}", partition.partition)};
        if (verbose) words.push_back(or_dash(row.committed ? row.committed->leader_epoch : std::nullopt));
        words.push_back(row.committed ? fmt::format("{}", row.committed->offset) : "-");
        words.push_back(or_dash(row.log_end_offset));
        words.push_back(or_dash(row.lag()));
        for (const auto field :
             {&client::GroupMemberInfo::id, &client::GroupMemberInfo::host, &client::GroupMemberInfo::client_id})
            words.push_back(row.member != nullptr ? row.member->*field : "-");
        table.add(std::move(words));
    }
    table.print();
}

/// "t:0,1;u:2".
std::string text_of(const std::map<std::string, std::vector<PartitionId>>& assignment) {
    std::vector<std::string> topics;
    for (const auto& [topic, partitions] : assignment)
        topics.push_back(fmt::format("{}:{}", topic, fmt::join(partitions, ",")));
    return topics.empty() ? "-" : fmt::format("{}", fmt::join(topics, ";"));
}

std::size_t partitions_of(const client::GroupMemberInfo& member) {
    std::size_t partitions = 0;
    for (const auto& [topic, of_topic] : member.assignment) partitions += of_topic.size();
    return partitions;
}

void print_members(const client::GroupInfo& group, bool verbose) {
    std::vector<std::string> heading{"GROUP", "CONSUMER-ID"};
    const bool has_static_members =
        std::ranges::any_of(group.members, [](const auto& member) { return member.instance_id.has_value(); });
    if (has_static_members) heading.push_back("GROUP-INSTANCE-ID");
    heading.insert(heading.end(), {"HOST", "CLIENT-ID", "#PARTITIONS"});
    if (verbose) heading.push_back("CURRENT-ASSIGNMENT");
    Table table(std::move(heading));
    for (const client::GroupMemberInfo& member : group.members) {
        std::vector<std::string> words{group.id, member.id};
        if (has_static_members) words.push_back(member.instance_id.value_or(""));
        words.insert(words.end(), {member.host, member.client_id, fmt::format("{}", partitions_of(member))});
        if (verbose) words.push_back(text_of(member.assignment));
        table.add(std::move(words));
    }
    table.print();
}

void print_state(const client::GroupInfo& group) {
    Table table({"GROUP", "COORDINATOR (ID)", "ASSIGNMENT-STRATEGY", "STATE", "#MEMBERS"});
    table.add({group.id, fmt::format("{}  ({})", to_text(group.coordinator_address), group.coordinator),
               group.assignor.empty() ? "-" : group.assignor, group.state, fmt::format("{}", group.members.size())});
    table.print();
}

Json json_of(const client::GroupInfo& group, const Rows& rows) {
    Json members = Json::array();
    for (const client::GroupMemberInfo& member : group.members) {
        Json assignment = Json::array();
        for (const auto& [topic, partitions] : member.assignment) {
            std::vector<std::int32_t> numbers;
            for (const PartitionId partition : partitions) numbers.push_back(partition.value());
            assignment.push_back({{"topic", topic}, {"partitions", numbers}});
        }
        members.push_back({{"memberId", member.id},
                           {"groupInstanceId", or_null(member.instance_id)},
                           {"clientId", member.client_id},
                           {"host", member.host},
                           {"assignment", std::move(assignment)}});
    }
    Json offsets = Json::array();
    for (const auto& [partition, row] : rows) {
        const bool has_epoch = row.committed && row.committed->leader_epoch;
        offsets.push_back({{"topic", partition.topic},
                           {"partition", partition.partition.value()},
                           {"leaderEpoch", has_epoch ? Json(row.committed->leader_epoch->value()) : Json()},
                           {"currentOffset", row.committed ? Json(row.committed->offset.value()) : Json()},
                           {"logEndOffset", row.log_end_offset ? Json(row.log_end_offset->value()) : Json()},
                           {"lag", or_null(row.lag())},
                           {"memberId", row.member != nullptr ? Json(row.member->id) : Json()}});
    }
    return {{"group", group.id},
            {"state", group.state},
            {"protocolType", group.protocol_type},
            {"assignor", group.assignor},
            {"coordinator",
             {{"nodeId", group.coordinator.value()},
              {"host", group.coordinator_address.host},
              {"port", group.coordinator_address.port}}},
            {"members", std::move(members)},
            {"offsets", std::move(offsets)}};
}

/// What the rows alone do not say. On the error stream, as kafka-consumer-groups says it.
void print_remark(const client::GroupInfo& group) {
    if (group.state == "Empty") fmt::print(stderr, "Consumer group '{}' has no active members.\n", group.id);
    if (group.state == "PreparingRebalance" || group.state == "CompletingRebalance")
        fmt::print(stderr, "Consumer group '{}' is rebalancing: who has which partition is not settled yet.\n",
                   group.id);
}

}  // namespace

int describe_groups(client::Cluster& cluster, const GroupsOptions& options) {
    const auto names = chosen_groups(cluster, options);
    if (!names) return fail(names.error());
    int code = kSuccess;
    Json all = Json::array();
    bool first = true;
    for (const std::string& name : *names) {
        const auto group = client::Groups(cluster).describe(name);
        if (!group) return fail(group.error());
        if (!*group) {
            code = fail_unknown_group(name);
            continue;
        }
        const bool needs_rows = options.client.json || (!options.members && !options.with_state);
        const auto rows = needs_rows ? rows_of(cluster, **group) : Rows{};
        if (!rows) return fail(rows.error());
        if (options.client.json) {
            all.push_back(json_of(**group, *rows));
            continue;
        }
        if (!std::exchange(first, false)) fmt::print("\n");
        print_remark(**group);
        if (options.members) {
            print_members(**group, options.verbose);
        } else if (options.with_state) {
            print_state(**group);
        } else {
            print_offsets(name, *rows, options.verbose);
        }
    }
    if (options.client.json) fmt::print("{}\n", all.dump());
    return code;
}

}  // namespace highwater::cli
