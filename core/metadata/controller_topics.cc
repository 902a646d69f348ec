// CreateTopics, DeleteTopics, CreatePartitions.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/base/invariant.h"
#include "core/metadata/controller.h"
#include "core/metadata/leader_election.h"
#include "core/metadata/topic_configs.h"
#include "core/metadata/topic_name.h"

namespace highwater {
namespace {

using Assignments = std::vector<std::vector<NodeId>>;

ControllerError granted() {
    return {};
}

/// Brokers that may get replicas, by ascending id.
std::vector<NodeId> usable_brokers(const MetadataImage& image) {
    std::vector<NodeId> usable;
    for (const auto& [id, broker] : image.brokers()) {
        if (is_active(broker)) usable.push_back(id);
    }
    return usable;
}

/// Partition p begins at broker (start + p), and its other replicas follow: leaders spread evenly.
Assignments place(const std::vector<NodeId>& brokers, std::uint64_t start, std::int32_t first_partition,
                  std::int32_t count, std::int16_t replication_factor) {
    Assignments placed;
    for (std::int32_t p = 0; p < count; ++p) {
        std::vector<NodeId> replicas;
        for (std::int16_t r = 0; r < replication_factor; ++r) {
            const std::uint64_t shift = start % brokers.size() + static_cast<std::uint64_t>(first_partition) +
                                        static_cast<std::uint64_t>(p) + static_cast<std::uint64_t>(r);
            replicas.push_back(brokers[shift % brokers.size()]);
        }
        placed.push_back(std::move(replicas));
    }
    return placed;
}

/// A wish for replicas: some, none twice, all registered, one of them active.
ControllerError check_replicas(const MetadataImage& image, const std::vector<NodeId>& replicas) {
    if (replicas.empty()) {
        return {ErrorCode::invalid_replica_assignment,
                "The manual partition assignment includes an empty replica list."};
    }
    std::set<NodeId> seen;
    for (NodeId node : replicas) {
        if (!seen.insert(node).second) {
            return {ErrorCode::invalid_replica_assignment,
                    fmt::format("The manual partition assignment includes the broker {} more than once.", node)};
        }
        if (!image.broker(node)) {
            return {ErrorCode::invalid_replica_assignment,
                    fmt::format("The manual partition assignment includes broker {}, but no such broker is registered.",
                                node)};
        }
    }
    const auto is_usable = [&](NodeId node) { return is_active(*image.broker(node)); };
    if (std::none_of(replicas.begin(), replicas.end(), is_usable)) {
        return {ErrorCode::invalid_replica_assignment,
                "All brokers specified in the manual partition assignment are fenced or in controlled shutdown."};
    }
    return granted();
}

PartitionRecord new_partition(TopicId topic, std::int32_t index, const std::vector<NodeId>& replicas,
                              const MetadataImage& image) {
    PartitionRecord record;
    record.partition_id = PartitionId{index};
    record.topic_id = topic;
    record.replicas = replicas;
    for (NodeId node : replicas) {
        if (is_active(*image.broker(node))) record.isr.push_back(node);
    }
    HIGHWATER_INVARIANT(!record.isr.empty(), "{}", record);
    record.leader = record.isr.front();
    return record;
}

/// The assignments of a topic to create, from the client's wish or from the counts; or why not.
ControllerError assign(const MetadataImage& image, const TopicToCreate& topic, const ControllerLimits& limits,
                       Assignments& assignments) {
    if (!topic.assignments.empty()) {
        if (topic.partition_count != -1) {
            return {ErrorCode::invalid_request,
                    "A manual partition assignment was specified, but numPartitions was not "
                    "set to -1."};
        }
        if (topic.replication_factor != -1) {
            return {ErrorCode::invalid_request,
                    "A manual partition assignment was specified, but replication factor was not set to -1."};
        }
        std::map<PartitionId, std::vector<NodeId>> by_partition;
        for (const RequestedAssignment& wish : topic.assignments) {
            if (!by_partition.emplace(wish.partition, wish.replicas).second) {
                return {ErrorCode::invalid_replica_assignment,
                        fmt::format("Found multiple manual partition assignments for partition {}", wish.partition)};
            }
            if (auto error = check_replicas(image, wish.replicas); error.error != ErrorCode::none) return error;
        }
        const std::size_t factor = by_partition.begin()->second.size();
        for (const auto& [partition, replicas] : by_partition) {
            if (partition.value() != static_cast<std::int32_t>(assignments.size())) {
                return {ErrorCode::invalid_replica_assignment,
                        "partitions should be a consecutive 0-based integer sequence"};
            }
            if (replicas.size() != factor) {
                return {ErrorCode::invalid_replica_assignment,
                        "The manual partition assignment includes partitions with different numbers of replicas."};
            }
            assignments.push_back(replicas);
        }
        return granted();
    }
    const std::int32_t count = topic.partition_count == -1 ? limits.default_partitions : topic.partition_count;
    const std::int16_t factor =
        topic.replication_factor == -1 ? limits.default_replication_factor : topic.replication_factor;
    if (count <= 0) {
        return {ErrorCode::invalid_partitions, "Number of partitions was set to an invalid non-positive value."};
    }
    if (factor <= 0) {
        return {ErrorCode::invalid_replication_factor,
                "Replication factor must be larger than 0, or -1 to use the default value."};
    }
    const std::vector<NodeId> brokers = usable_brokers(image);
    if (static_cast<std::size_t>(factor) > brokers.size()) {
        return {ErrorCode::invalid_replication_factor,
                fmt::format("Unable to replicate the partition {} time(s): only {} broker(s) are available.", factor,
                            brokers.size())};
    }
    if (count > limits.max_partitions_per_request) {
        return {ErrorCode::policy_violation,
                fmt::format("Excessively large number of partitions per request: {}.", count)};
    }
    assignments = place(brokers, topic.placement, 0, count, factor);
    return granted();
}

/// The topics of a request that were granted so far: they count for the later ones.
struct GrantedTopics {
    std::set<TopicId> ids;
    std::map<std::string, std::string> by_collision_name;
};

ControllerError check_identity(const MetadataImage& image, const GrantedTopics& earlier, const TopicToCreate& topic) {
    const std::string& name = topic.name;
    if (!is_valid_topic_name(name)) {
        return {ErrorCode::invalid_topic_exception,
                "A topic name has 1 to 249 characters of a-z, A-Z, 0-9, '.', '_' and '-', and is not '.' or '..'."};
    }
    if (image.topic(name)) return {ErrorCode::topic_already_exists, fmt::format("Topic '{}' already exists.", name)};
    std::optional<std::string> other = image.colliding_topic(name);
    const auto in_request = earlier.by_collision_name.find(collision_name(name));
    if (in_request != earlier.by_collision_name.end()) other = in_request->second;
    if (other) {
        return {ErrorCode::invalid_topic_exception,
                fmt::format("Topic '{}' collides with existing topic: {}", name, *other)};
    }
    const bool is_taken = topic.id.is_zero() || topic.id == kClusterMetadataTopicId || image.topic(topic.id) ||
                          earlier.ids.contains(topic.id);
    if (is_taken) return {ErrorCode::unknown_server_error, "The drawn topic id is taken."};
    return granted();
}

ControllerError check_new_configs(const TopicToCreate& topic) {
    ConfigValues values;
    for (const auto& [name, value] : topic.configs) {
        const ConfigKey* key = find_config(topic_configs(), name);
        if (!key) return {ErrorCode::invalid_config, fmt::format("Unknown topic config name: {}", name)};
        if (!value) {
            return {ErrorCode::invalid_config, fmt::format("Null value not supported for topic configs: {}", name)};
        }
        if (const auto good = check_config(*key, *value); !good) return {ErrorCode::invalid_config, good.error()};
        values.insert_or_assign(name, *value);
    }
    if (const auto good = check_topic_configs(values); !good) return {ErrorCode::invalid_config, good.error()};
    return granted();
}

std::set<std::string_view> duplicate_names(const auto& items, auto name_of) {
    std::set<std::string_view> seen;
    std::set<std::string_view> twice;
    for (const auto& item : items) {
        if (!seen.insert(name_of(item)).second) twice.insert(name_of(item));
    }
    return twice;
}

}  // namespace

Decision<CreatedTopic> create_topics(const MetadataImage& image, const std::vector<TopicToCreate>& topics,
                                     bool validate_only, const ControllerLimits& limits) {
    Decision<CreatedTopic> decision;
    GrantedTopics earlier;
    const auto twice = duplicate_names(topics, [](const TopicToCreate& t) -> std::string_view { return t.name; });
    std::size_t partitions_in_request = 0;
    for (const TopicToCreate& topic : topics) {
        CreatedTopic& answer = decision.answers.emplace_back();
        answer.name = topic.name;
        if (twice.contains(topic.name)) {
            answer.error = {ErrorCode::invalid_request, "Duplicate topic name."};
            continue;
        }
        if (partitions_in_request > static_cast<std::size_t>(limits.max_partitions_per_request)) continue;
        Assignments assignments;
        answer.error = check_identity(image, earlier, topic);
        if (answer.error.error == ErrorCode::none) answer.error = assign(image, topic, limits, assignments);
        if (answer.error.error == ErrorCode::none) answer.error = check_new_configs(topic);
        if (answer.error.error != ErrorCode::none) continue;

        partitions_in_request += assignments.size();
        answer.id = topic.id;
        answer.partition_count = static_cast<std::int32_t>(assignments.size());
        answer.replication_factor = static_cast<std::int16_t>(assignments.front().size());
        earlier.ids.insert(topic.id);
        earlier.by_collision_name.emplace(collision_name(topic.name), topic.name);
        decision.records.emplace_back(TopicRecord{topic.name, topic.id});
        for (const auto& [name, value] : topic.configs) {
            decision.records.emplace_back(ConfigRecord{{ConfigResourceType::topic, topic.name}, name, value});
        }
        for (std::size_t p = 0; p < assignments.size(); ++p) {
            decision.records.emplace_back(new_partition(topic.id, static_cast<std::int32_t>(p), assignments[p], image));
        }
    }
    if (partitions_in_request > static_cast<std::size_t>(limits.max_partitions_per_request)) {
        decision.records.clear();
        for (CreatedTopic& answer : decision.answers) {
            if (answer.error.error != ErrorCode::none) continue;
            answer.error = {ErrorCode::policy_violation, "Excessively large number of partitions per request."};
        }
    }
    if (validate_only) decision.records.clear();
    return decision;
}

Decision<DeletedTopic> delete_topics(const MetadataImage& image, const std::vector<TopicToDelete>& topics,
                                     const ControllerLimits& limits) {
    Decision<DeletedTopic> decision;
    std::map<TopicId, int> named;
    const auto find = [&image](const TopicToDelete& topic) {
        if (topic.name && topic.id) return static_cast<const TopicImage*>(nullptr);
        if (topic.name) return image.topic(*topic.name);
        return topic.id ? image.topic(*topic.id) : nullptr;
    };
    for (const TopicToDelete& topic : topics) {
        if (const TopicImage* found = find(topic)) ++named[found->id];
    }
    for (const TopicToDelete& topic : topics) {
        DeletedTopic& answer = decision.answers.emplace_back(DeletedTopic{topic.name, topic.id, {}});
        const TopicImage* found = find(topic);
        if (topic.name.has_value() == topic.id.has_value()) {
            answer.error = {ErrorCode::invalid_request, "A topic is named either by its name or by its id."};
        } else if (!limits.allow_topic_deletion) {
            answer.error = {ErrorCode::topic_deletion_disabled, "Topic deletion is disabled."};
        } else if (!found && topic.id) {
            answer.error = {ErrorCode::unknown_topic_id, "This server does not host this topic ID."};
        } else if (!found) {
            answer.error = {ErrorCode::unknown_topic_or_partition, "This server does not host this topic-partition."};
        } else if (named[found->id] > 1) {
            answer.error = {ErrorCode::invalid_request, "Duplicate topic in the request."};
        } else {
            answer.name = found->name;
            answer.id = found->id;
            decision.records.emplace_back(RemoveTopicRecord{found->id});
        }
    }
    return decision;
}

namespace {

ControllerError plan_partitions(const MetadataImage& image, const PartitionsToCreate& wanted,
                                const ControllerLimits& limits, Assignments& assignments) {
    const TopicImage* topic = image.topic(wanted.topic);
    if (!topic) return {ErrorCode::unknown_topic_or_partition, "This server does not host this topic-partition."};
    const auto present = static_cast<std::int32_t>(topic->partitions.size());
    if (wanted.count <= present) {
        return {ErrorCode::invalid_partitions,
                fmt::format("The topic {} currently has {} partition(s); {} would not be an increase.", wanted.topic,
                            present, wanted.count)};
    }
    const std::int32_t added = wanted.count - present;
    if (added > limits.max_partitions_per_request) {
        return {ErrorCode::policy_violation,
                fmt::format("Excessively large number of partitions per request: {}.", added)};
    }
    const std::size_t factor = present == 0 ? 1 : topic->partitions.begin()->second.replicas.size();
    if (!wanted.assignments.empty()) {
        if (wanted.assignments.size() != static_cast<std::size_t>(added)) {
            return {
                ErrorCode::invalid_replica_assignment,
                fmt::format("Attempted to add {} additional partition(s), but only {} assignment(s) were specified.",
                            added, wanted.assignments.size())};
        }
        for (const auto& replicas : wanted.assignments) {
            if (auto error = check_replicas(image, replicas); error.error != ErrorCode::none) return error;
            if (replicas.size() != factor) {
                return {ErrorCode::invalid_replica_assignment,
                        fmt::format("The manual partition assignment includes a partition with {} replica(s), but the "
                                    "topic has {}.",
                                    replicas.size(), factor)};
            }
        }
        assignments = wanted.assignments;
        return granted();
    }
    const std::vector<NodeId> brokers = usable_brokers(image);
    if (brokers.size() < factor) {
        return {ErrorCode::invalid_replication_factor,
                fmt::format("Unable to replicate the partition {} time(s): only {} broker(s) are available.", factor,
                            brokers.size())};
    }
    assignments = place(brokers, wanted.placement, present, added, static_cast<std::int16_t>(factor));
    return granted();
}

}  // namespace

Decision<CreatedPartitions> create_partitions(const MetadataImage& image, const std::vector<PartitionsToCreate>& topics,
                                              bool validate_only, const ControllerLimits& limits) {
    Decision<CreatedPartitions> decision;
    const auto twice = duplicate_names(topics, [](const PartitionsToCreate& t) -> std::string_view { return t.topic; });
    for (const PartitionsToCreate& wanted : topics) {
        CreatedPartitions& answer = decision.answers.emplace_back(CreatedPartitions{wanted.topic, {}});
        if (twice.contains(wanted.topic)) {
            answer.error = {ErrorCode::invalid_request, "Duplicate topic name."};
            continue;
        }
        Assignments assignments;
        answer.error = plan_partitions(image, wanted, limits, assignments);
        if (answer.error.error != ErrorCode::none || validate_only) continue;
        const TopicImage& topic = *image.topic(wanted.topic);
        auto index = static_cast<std::int32_t>(topic.partitions.size());
        for (const auto& replicas : assignments) {
            decision.records.emplace_back(new_partition(topic.id, index++, replicas, image));
        }
    }
    return decision;
}

}  // namespace highwater
