#include "broker/cli/topics_command.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "broker/cli/client_options.h"
#include "broker/cli/exit_code.h"
#include "net/wire/message/create_partitions.h"
#include "net/wire/message/create_topics.h"
#include "net/wire/message/delete_topics.h"
#include "net/wire/message/describe_configs.h"

namespace highwater::cli {

namespace {

using Json = nlohmann::ordered_json;

struct TopicsOptions {
    ClientOptions client;
    bool list = false;
    bool create = false;
    bool describe = false;
    bool remove = false;
    bool alter = false;
    std::string topic;
    std::int32_t partitions = -1;
    std::int16_t replication_factor = -1;
    std::vector<std::string> configs;
    bool if_not_exists = false;
    bool if_exists = false;
    bool exclude_internal = false;
};

std::vector<std::int32_t> numbers(const std::vector<NodeId>& nodes) {
    std::vector<std::int32_t> result;
    for (const NodeId node : nodes) result.push_back(node.value());
    return result;
}

/// The topics that --topic names, or all.
Result<std::vector<client::TopicInfo>, std::string> chosen(client::Cluster& cluster, const TopicsOptions& options) {
    const std::vector<std::string> names{options.topic};
    auto topics = cluster.topics(options.topic.empty() ? nullptr : &names);
    if (!topics) return topics;
    if (options.exclude_internal) std::erase_if(*topics, &client::TopicInfo::is_internal);
    for (const client::TopicInfo& topic : *topics) {
        if (topic.error != ErrorCode::none &&
            !(options.if_exists && topic.error == ErrorCode::unknown_topic_or_partition))
            return unexpected(
                fmt::format("topic {}: {}; highwater topics --list shows what there is", topic.name, topic.error));
    }
    std::erase_if(*topics, [](const client::TopicInfo& topic) { return topic.error != ErrorCode::none; });
    return topics;
}

int list(client::Cluster& cluster, const TopicsOptions& options) {
    const auto topics = chosen(cluster, options);
    if (!topics) return fail(topics.error());
    Json names = Json::array();
    for (const client::TopicInfo& topic : *topics) {
        names.push_back(topic.name);
        if (!options.client.json) fmt::print("{}\n", topic.name);
    }
    if (options.client.json) fmt::print("{}\n", names.dump());
    return kSuccess;
}

/// The settings that differ from the broker's default, by topic.
Result<std::map<std::string, std::vector<std::string>>, std::string> overrides(
    client::Cluster& cluster, const std::vector<client::TopicInfo>& topics) {
    constexpr std::int8_t kTopic = 2;
    constexpr std::int8_t kFromTopic = 1;
    wire::DescribeConfigsRequest request;
    for (const client::TopicInfo& topic : topics) {
        wire::DescribeConfigsRequest::DescribeConfigsResource resource;
        resource.resource_type = kTopic;
        resource.resource_name = wire::String(topic.name);
        resource.configuration_keys.reset();
        request.resources.push_back(std::move(resource));
    }
    const auto answer = cluster.call<wire::DescribeConfigsResponse>(NodeId{-1}, request);
    if (!answer) return unexpected(answer.error());
    std::map<std::string, std::vector<std::string>> result;
    for (const auto& resource : (*answer)->results) {
        for (const auto& config : resource.configs) {
            if (config.config_source == kFromTopic)
                result[resource.resource_name.to_string()].push_back(
                    fmt::format("{}={}", config.name.view(), config.value ? config.value->view() : "null"));
        }
    }
    return result;
}

int describe(client::Cluster& cluster, const TopicsOptions& options) {
    const auto topics = chosen(cluster, options);
    if (!topics) return fail(topics.error());
    const auto configs = overrides(cluster, *topics);
    if (!configs) return fail(configs.error());
    Json all = Json::array();
    for (const client::TopicInfo& topic : *topics) {
        const auto found = configs->find(topic.name);
        const std::vector<std::string> settings = found == configs->end() ? std::vector<std::string>{} : found->second;
        const std::size_t replication = topic.partitions.empty() ? 0 : topic.partitions[0].replicas.size();
        Json json{{"topic", topic.name},
                  {"topicId", to_text(topic.id)},
                  {"partitionCount", topic.partitions.size()},
                  {"replicationFactor", replication},
                  {"configs", settings},
                  {"partitions", Json::array()}};
        if (!options.client.json)
            fmt::print("Topic: {}\tTopicId: {}\tPartitionCount: {}\tReplicationFactor: {}\tConfigs: {}\n", topic.name,
                       topic.id, topic.partitions.size(), replication, fmt::join(settings, ","));
        for (const client::PartitionInfo& partition : topic.partitions) {
            const auto replicas = numbers(partition.replicas);
            const auto in_sync = numbers(partition.in_sync);
            json["partitions"].push_back({{"partition", partition.partition.value()},
                                          {"leader", partition.leader.value()},
                                          {"replicas", replicas},
                                          {"isr", in_sync}});
            if (!options.client.json)
                fmt::print("\tTopic: {}\tPartition: {}\tLeader: {}\tReplicas: {}\tIsr: {}\n", topic.name,
                           partition.partition.value(),
                           partition.leader.value() < 0 ? "none" : std::to_string(partition.leader.value()),
                           fmt::join(replicas, ","), fmt::join(in_sync, ","));
        }
        all.push_back(std::move(json));
    }
    if (options.client.json) fmt::print("{}\n", all.dump());
    return kSuccess;
}

int say(const TopicsOptions& options, Json json, std::string_view text) {
    if (options.client.json)
        fmt::print("{}\n", json.dump());
    else
        fmt::print("{}\n", text);
    return kSuccess;
}

int create(client::Cluster& cluster, const TopicsOptions& options) {
    wire::CreateTopicsRequest::CreatableTopic topic;
    topic.name = wire::String(options.topic);
    topic.num_partitions = options.partitions;
    topic.replication_factor = options.replication_factor;
    for (const std::string& text : options.configs) {
        const auto pair = parse_pair(text);
        if (!pair) return fail("--config: " + pair.error());
        wire::CreateTopicsRequest::CreatableTopicConfig config;
        config.name = wire::String(pair->first);
        config.value = wire::String(pair->second);
        topic.configs.push_back(std::move(config));
    }
    wire::CreateTopicsRequest request;
    request.topics.push_back(std::move(topic));
    request.timeout_ms = options.client.timeout_ms;
    const auto answer = cluster.call<wire::CreateTopicsResponse>(NodeId{-1}, request);
    if (!answer) return fail(answer.error());
    if ((*answer)->topics.empty()) return fail("the broker's answer names no topic");
    const auto result = (*answer)->topics.front();
    if (result.error_code == ErrorCode::topic_already_exists && options.if_not_exists)
        return say(options, {{"topic", options.topic}, {"created", false}},
                   fmt::format("Topic {} exists already.", options.topic));
    if (result.error_code != ErrorCode::none)
        return fail(fmt::format("topic {} was not created: {}", options.topic,
                                reason(result.error_code, result.error_message ? result.error_message->view() : "")));
    return say(options, {{"topic", options.topic}, {"created", true}, {"topicId", to_text(result.topic_id)}},
               fmt::format("Created topic {}.", options.topic));
}

int remove(client::Cluster& cluster, const TopicsOptions& options) {
    wire::DeleteTopicsRequest request;
    request.timeout_ms = options.client.timeout_ms;
    wire::DeleteTopicsRequest::DeleteTopicState state;
    state.name = wire::String(options.topic);
    request.topics.push_back(std::move(state));
    const auto answer = cluster.call<wire::DeleteTopicsResponse>(NodeId{-1}, request);
    if (!answer) return fail(answer.error());
    if ((*answer)->responses.empty()) return fail("the broker's answer names no topic");
    const auto result = (*answer)->responses.front();
    if (result.error_code == ErrorCode::unknown_topic_or_partition && options.if_exists)
        return say(options, {{"topic", options.topic}, {"deleted", false}},
                   fmt::format("There is no topic {}.", options.topic));
    if (result.error_code != ErrorCode::none)
        return fail(fmt::format("topic {} was not deleted: {}", options.topic,
                                reason(result.error_code, result.error_message ? result.error_message->view() : "")));
    return say(options, {{"topic", options.topic}, {"deleted", true}}, fmt::format("Deleted topic {}.", options.topic));
}

int alter(client::Cluster& cluster, const TopicsOptions& options) {
    if (options.partitions < 1) return fail("--alter needs --partitions, the new number of partitions");
    wire::CreatePartitionsRequest request;
    request.timeout_ms = options.client.timeout_ms;
    wire::CreatePartitionsRequest::CreatePartitionsTopic topic;
    topic.name = wire::String(options.topic);
    topic.count = options.partitions;
    topic.assignments.reset();
    request.topics.push_back(std::move(topic));
    const auto answer = cluster.call<wire::CreatePartitionsResponse>(NodeId{-1}, request);
    if (!answer) return fail(answer.error());
    if ((*answer)->results.empty()) return fail("the broker's answer names no topic");
    const auto result = (*answer)->results.front();
    if (result.error_code != ErrorCode::none)
        return fail(fmt::format("topic {} was not altered: {}", options.topic,
                                reason(result.error_code, result.error_message ? result.error_message->view() : "")));
    return say(options, {{"topic", options.topic}, {"partitionCount", options.partitions}},
               fmt::format("Topic {} has {} partitions now.", options.topic, options.partitions));
}

int run_topics(const TopicsOptions& options) {
    const int actions = options.list + options.create + options.describe + options.remove + options.alter;
    if (actions != 1) {
        fmt::print(stderr, "highwater topics: say one of --list, --describe, --create, --delete, --alter\n");
        return kUsageError;
    }
    if (options.topic.empty() && (options.create || options.remove || options.alter)) {
        fmt::print(stderr, "highwater topics: --topic is missing\n");
        return kUsageError;
    }
    auto cluster = connect(options.client);
    if (!cluster) return fail(cluster.error());
    if (options.list) return list(*cluster, options);
    if (options.describe) return describe(*cluster, options);
    if (options.create) return create(*cluster, options);
    if (options.remove) return remove(*cluster, options);
    return alter(*cluster, options);
}

}  // namespace

void add_topics_command(CLI::App& app, std::function<int()>& run) {
    const auto options = std::make_shared<TopicsOptions>();
    CLI::App* command = app.add_subcommand("topics", "List, describe, create, delete topics; add partitions");
    add_client_options(*command, options->client);
    command->add_flag("--list", options->list, "Print the names of all topics");
    command->add_flag("--describe", options->describe, "Print the partitions of --topic, or of all topics");
    command->add_flag("--create", options->create, "Create --topic");
    command->add_flag("--delete", options->remove, "Delete --topic and its data");
    command->add_flag("--alter", options->alter, "Give --topic more --partitions");
    command->add_option("--topic", options->topic, "The topic's name");
    command->add_option("--partitions", options->partitions, "Number of partitions (default: num.partitions)")
        ->check(CLI::Range(1, 2'147'483'647));
    command
        ->add_option("--replication-factor", options->replication_factor,
                     "Replicas of each partition (default: default.replication.factor)")
        ->check(CLI::Range(1, 32'767));
    command->add_option("--config", options->configs, "A setting of the new topic; may be given several times")
        ->type_name("KEY=VALUE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_flag("--if-not-exists", options->if_not_exists, "With --create: an existing topic is no error");
    command->add_flag("--if-exists", options->if_exists, "With --delete, --describe: a missing topic is no error");
    command->add_flag("--exclude-internal", options->exclude_internal, "Leave internal topics out");
    command->callback([options, &run] { run = [options] { return run_topics(*options); }; });
}

}  // namespace highwater::cli
