#include "broker/cli/reset_offsets.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "broker/cli/exit_code.h"
#include "broker/cli/read_file.h"
#include "broker/cli/reset_specification.h"
#include "broker/cli/table.h"
#include "broker/client/list_offsets.h"

namespace highwater::cli {

namespace {

using Json = nlohmann::ordered_json;
using Plan = std::map<TopicPartition, Offset>;

/// The partitions of a group whose offsets are reset, and where their logs begin and end.
struct Bounds {
    std::vector<client::TopicInfo> topics;
    std::map<TopicPartition, std::optional<Offset>> earliest;
    std::map<TopicPartition, std::optional<Offset>> latest;
};

std::string unknown(const client::TopicInfo& topic) {
    return fmt::format("topic {}: {}; highwater topics --list shows what there is", topic.name, topic.error);
}

/// All partitions of the scopes. Error: a topic or a partition is not there.
Result<std::set<TopicPartition>, std::string> partitions_of(client::Cluster& cluster,
                                                            const std::vector<TopicScope>& scopes) {
    std::vector<std::string> names;
    for (const TopicScope& scope : scopes) names.push_back(scope.topic);
    const auto topics = cluster.topics(&names);
    if (!topics) return unexpected(topics.error());
    std::set<TopicPartition> result;
    for (const TopicScope& scope : scopes) {
        const auto topic = std::ranges::find(*topics, scope.topic, &client::TopicInfo::name);
        if (topic == topics->end()) return unexpected(fmt::format("the broker says nothing of topic {}", scope.topic));
        if (topic->error != ErrorCode::none) return unexpected(unknown(*topic));
        if (!scope.partitions) {
            for (const client::PartitionInfo& partition : topic->partitions)
                result.insert({scope.topic, partition.partition});
            continue;
        }
        for (const PartitionId partition : *scope.partitions) {
            if (std::ranges::find(topic->partitions, partition, &client::PartitionInfo::partition) ==
                topic->partitions.end())
                return unexpected(fmt::format("topic {} has no partition {}: it has 0 to {}", scope.topic, partition,
                                              topic->partitions.size() - 1));
            result.insert({scope.topic, partition});
        }
    }
    return result;
}

Result<Bounds, std::string> bounds_of(client::Cluster& cluster, const std::set<TopicPartition>& partitions) {
    std::vector<std::string> names;
    for (const TopicPartition& partition : partitions) {
        if (names.empty() || names.back() != partition.topic) names.push_back(partition.topic);
    }
    auto topics = cluster.topics(&names);
    if (!topics) return unexpected(topics.error());
    for (const client::TopicInfo& topic : *topics) {
        if (topic.error != ErrorCode::none) return unexpected(unknown(topic));
    }
    Bounds bounds{std::move(*topics), {}, {}};
    for (const auto& [timestamp, into] : {std::pair(client::kEarliestTimestamp, &bounds.earliest),
                                          std::pair(client::kLatestTimestamp, &bounds.latest)}) {
        std::map<TopicPartition, std::int64_t> wanted;
        for (const TopicPartition& partition : partitions) wanted.emplace(partition, timestamp);
        auto offsets = client::list_offsets(cluster, bounds.topics, wanted);
        if (!offsets) return unexpected(offsets.error());
        *into = std::move(*offsets);
    }
    return bounds;
}

/// `offset`, or the end of the log that is nearer; says so.
Offset within(const TopicPartition& partition, Offset offset, const Bounds& bounds) {
    const Offset earliest = bounds.earliest.at(partition).value_or(Offset{0});
    const Offset latest = bounds.latest.at(partition).value_or(earliest);
    const Offset nearest = std::clamp(offset, earliest, latest);
    if (nearest != offset)
        fmt::print(stderr, "{}-{}: offset {} is {} the log, which goes from {} to {}; it becomes {}\n", partition.topic,
                   partition.partition, offset, offset < earliest ? "before" : "beyond", earliest, latest, nearest);
    return nearest;
}

/// The time that --to-datetime or --by-duration means. Both were read before.
std::int64_t timestamp_of(const GroupsOptions& options) {
    if (!options.to_datetime.empty()) return *parse_datetime(options.to_datetime);
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
    return (now - *parse_duration(options.by_duration)).count();
}

Result<Plan, std::string> plan_of(client::Cluster& cluster, const GroupsOptions& options,
                                  const std::set<TopicPartition>& partitions, const client::GroupOffsets& committed,
                                  const Plan* from_file) {
    const auto bounds = bounds_of(cluster, partitions);
    if (!bounds) return unexpected(bounds.error());
    const auto latest = [&](const TopicPartition& partition) {
        return bounds->latest.at(partition).value_or(Offset{0});
    };
    std::map<TopicPartition, std::optional<Offset>> at_time;
    if (!options.to_datetime.empty() || !options.by_duration.empty()) {
        std::map<TopicPartition, std::int64_t> wanted;
        for (const TopicPartition& partition : partitions) wanted.emplace(partition, timestamp_of(options));
        auto offsets = client::list_offsets(cluster, bounds->topics, wanted);
        if (!offsets) return unexpected(offsets.error());
        at_time = std::move(*offsets);
    }
    Plan plan;
    for (const TopicPartition& partition : partitions) {
        const auto current = committed.find(partition);
        Offset& planned = plan[partition];
        if (from_file != nullptr) {
            planned = within(partition, from_file->at(partition), *bounds);
        } else if (options.to_earliest) {
            planned = bounds->earliest.at(partition).value_or(Offset{0});
        } else if (options.to_offset) {
            planned = within(partition, Offset{*options.to_offset}, *bounds);
        } else if (options.shift_by) {
            if (current == committed.end())
                return unexpected(
                    fmt::format("{}-{} can't be shifted: nothing is committed for it; --to-earliest or "
                                "--to-latest gives it an offset",
                                partition.topic, partition.partition));
            planned = within(partition, current->second.offset + OffsetDelta{*options.shift_by}, *bounds);
        } else if (options.to_current) {
            planned = current == committed.end() ? latest(partition) : current->second.offset;
        } else if (const auto found = at_time.find(partition); found != at_time.end() && found->second) {
            planned = *found->second;
        } else {
            if (!options.to_latest)
                fmt::print(stderr, "{}-{} has no record of that time or later: it is put at its end\n", partition.topic,
                           partition.partition);
            planned = latest(partition);
        }
    }
    return plan;
}

bool is_inactive(const std::optional<client::GroupInfo>& group) {
    return !group || group->state == "Empty" || group->state == "Dead";
}

/// The offsets that `group` gets; an error is a sentence.
Result<Plan, std::string> plan_group(client::Cluster& cluster, const GroupsOptions& options, const std::string& group,
                                     const Plan* from_file) {
    const auto described = client::Groups(cluster).describe(group);
    if (!described) return unexpected(described.error());
    if (!is_inactive(*described))
        return unexpected(fmt::format("offsets of group {} were not reset: it is {} with {} members; stop them first",
                                      group, (*described)->state, (*described)->members.size()));
    const auto committed = client::Groups(cluster).offsets(group);
    if (!committed) return unexpected(committed.error());
    std::set<TopicPartition> partitions;
    if (from_file != nullptr) {
        for (const auto& [partition, offset] : *from_file) partitions.insert(partition);
    } else if (options.all_topics) {
        for (const auto& [partition, offset] : *committed) partitions.insert(partition);
        if (partitions.empty())
            return unexpected(
                fmt::format("group {} has committed nothing; --topic says whose offsets it is to get", group));
    } else {
        std::vector<TopicScope> scopes;
        for (const std::string& topic : options.topics) scopes.push_back(*parse_topic_scope(topic));
        auto found = partitions_of(cluster, scopes);
        if (!found) return unexpected(std::move(found.error()));
        partitions = std::move(*found);
    }
    return plan_of(cluster, options, partitions, *committed, from_file);
}

void print_plan(const GroupsOptions& options, const PlannedOffsets& plan) {
    if (options.client.json) {
        Json all = Json::array();
        for (const auto& [group, offsets] : plan) {
            for (const auto& [partition, offset] : offsets)
                all.push_back({{"group", group},
                               {"topic", partition.topic},
                               {"partition", partition.partition.value()},
                               {"newOffset", offset.value()},
                               {"executed", options.execute}});
        }
        fmt::print("{}\n", all.dump());
    } else if (options.export_csv) {
        fmt::print("{}", plan_lines(plan));
    } else {
        Table table({"GROUP", "TOPIC", "PARTITION", "NEW-OFFSET"});
        for (const auto& [group, offsets] : plan) {
            for (const auto& [partition, offset] : offsets)
                table.add({group, partition.topic, fmt::format("{}", partition.partition), fmt::format("{}", offset)});
        }
        table.print();
    }
}

}  // namespace

std::string reset_usage_error(const GroupsOptions& options) {
    const int specifications = options.to_earliest + options.to_latest + options.to_current +
                               options.to_offset.has_value() + options.shift_by.has_value() +
                               !options.by_duration.empty() + !options.to_datetime.empty() + !options.from_file.empty();
    if (specifications != 1)
        return "say one of --to-earliest, --to-latest, --to-current, --to-offset, --shift-by, --by-duration, "
               "--to-datetime, --from-file";
    if (options.dry_run && options.execute) return "--dry-run and --execute exclude each other";
    const int scopes = options.all_topics + !options.topics.empty();
    if (options.from_file.empty() && scopes != 1) return "say --topic or --all-topics";
    if (!options.from_file.empty() && scopes != 0) return "--from-file says itself which partitions are meant";
    if (!options.by_duration.empty()) {
        if (const auto duration = parse_duration(options.by_duration); !duration)
            return "--by-duration: " + duration.error();
    }
    if (!options.to_datetime.empty()) {
        if (const auto time = parse_datetime(options.to_datetime); !time) return "--to-datetime: " + time.error();
    }
    for (const std::string& topic : options.topics) {
        if (const auto scope = parse_topic_scope(topic); !scope) return "--topic: " + scope.error();
    }
    return {};
}

int reset_offsets(client::Cluster& cluster, const GroupsOptions& options) {
    const auto groups = chosen_groups(cluster, options);
    if (!groups) return fail(groups.error());
    PlannedOffsets from_file;
    if (!options.from_file.empty()) {
        const auto text = read_file(options.from_file);
        if (!text) return fail("--from-file: " + text.error());
        auto plan = parse_plan(*text);
        if (!plan) return fail(fmt::format("--from-file {}: {}", options.from_file, plan.error()));
        from_file = std::move(*plan);
    }
    int code = kSuccess;
    PlannedOffsets plan;
    for (const std::string& group : *groups) {
        const Plan* lines = nullptr;
        if (!from_file.empty()) {
            const auto own = from_file.find(from_file.contains("") ? "" : group);
            if (own == from_file.end())
                return fail(fmt::format("{} has no line of group {}", options.from_file, group));
            lines = &own->second;
        }
        auto planned = plan_group(cluster, options, group, lines);
        if (!planned) {
            code = fail(planned.error());
            continue;
        }
        if (options.execute) {
            const auto refused = client::Groups(cluster).commit(group, *planned);
            if (!refused) return fail(refused.error());
            for (const auto& [partition, error] : *refused) {
                code = fail(fmt::format("the offset of {}-{} in group {} was not reset: {}", partition.topic,
                                        partition.partition, group, error));
                planned->erase(partition);
            }
        }
        plan.emplace(group, std::move(*planned));
    }
    if (plan.empty()) return code;
    print_plan(options, plan);
    if (!options.execute)
        fmt::print(stderr, "Nothing was changed: this says what --execute in place of --dry-run would do.\n");
    return code;
}

}  // namespace highwater::cli
