#include "broker/engine/topic_creation.h"

#include <algorithm>
#include <limits>

#include "broker/engine/config_layers.h"
#include "core/metadata/topic_name.h"

namespace highwater::engine {

ControllerLimits controller_limits(const Node& node) {
    const EngineConfig& config = node.config();
    return {.default_partitions = config.num_partitions,
            .default_replication_factor = static_cast<std::int16_t>(config.default_replication_factor),
            .max_partitions_per_request = config.max_partitions_per_topic,
            .allow_topic_deletion = config.delete_topic_enable};
}

TopicToCreate topic_to_create(Node& node, std::string_view name) {
    TopicToCreate topic;
    topic.name = std::string(name);
    topic.id = TopicId{node.random().uuid()};
    topic.placement = node.random().next();
    const bool is_of_groups = name == kGroupsTopic;
    if (!is_of_groups && name != kTransactionsTopic) return topic;
    // Whoever is first to ask for it, it must not lose what it keeps to retention.
    const EngineConfig& config = node.config();
    topic.partition_count = is_of_groups ? config.groups_topic.partitions : config.transactions_topic.partitions;
    topic.replication_factor = 1;
    const std::int32_t segment_bytes =
        is_of_groups ? config.groups_topic.segment_bytes : config.transactions_topic.segment_bytes;
    topic.configs = {{"cleanup.policy", "compact"},
                     {"compression.type", is_of_groups ? "producer" : "uncompressed"},
                     {"segment.bytes", std::to_string(segment_bytes)}};
    return topic;
}

namespace {

/// Why the topic's settings ask for what this node does not do; empty: they do not.
std::string unsupported_configs(const TopicToCreate& topic) {
    for (const auto& [name, value] : topic.configs) {
        if (std::string reason = unsupported_config(name, value.value_or("")); !reason.empty()) return reason;
    }
    return {};
}

}  // namespace

std::vector<CreatedTopic> create_topics(Node& node, const std::vector<TopicToCreate>& topics, bool validate_only,
                                        Moment now) {
    std::vector<TopicToCreate> possible;
    for (const TopicToCreate& topic : topics) {
        if (unsupported_configs(topic).empty()) possible.push_back(topic);
    }
    auto decision = highwater::create_topics(node.metadata().image(), possible, validate_only, controller_limits(node));
    const auto is_partition = [](const MetadataRecord& record) {
        return std::holds_alternative<PartitionRecord>(record);
    };
    const auto added = static_cast<std::size_t>(std::ranges::count_if(decision.records, is_partition));
    ErrorCode failure = ErrorCode::none;
    if (node.partition_count() + added > static_cast<std::size_t>(node.config().max_partitions)) {
        failure = ErrorCode::policy_violation;
    } else if (!node.commit(decision.records, now)) {
        failure = ErrorCode::kafka_storage_error;
    }
    std::vector<CreatedTopic> answers;
    auto decided = decision.answers.begin();
    for (const TopicToCreate& topic : topics) {
        if (std::string reason = unsupported_configs(topic); !reason.empty()) {
            answers.push_back({.name = topic.name, .error = {ErrorCode::invalid_config, std::move(reason)}, .id = {}});
            continue;
        }
        answers.push_back(std::move(*decided++));
        ControllerError& error = answers.back().error;
        if (failure != ErrorCode::none && error.error == ErrorCode::none) {
            error = {failure, "The topic was not created."};
        }
    }
    return answers;
}

std::map<std::string, ErrorCode, std::less<>> auto_create(Node& node, const std::set<std::string>& names, Moment now) {
    std::vector<TopicToCreate> topics;
    for (const std::string& name : names) topics.push_back(topic_to_create(node, name));
    std::map<std::string, ErrorCode, std::less<>> refused;
    if (topics.empty()) return refused;
    for (CreatedTopic& answer : create_topics(node, topics, false, now)) {
        if (answer.error.error != ErrorCode::none) refused.emplace(std::move(answer.name), answer.error.error);
    }
    return refused;
}

}  // namespace highwater::engine
