#include "broker/cli/configs_command.h"

#include <cstdio>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "broker/cli/client_options.h"
#include "broker/cli/exit_code.h"
#include "broker/config/listeners.h"
#include "net/wire/message/describe_configs.h"
#include "net/wire/message/incremental_alter_configs.h"

namespace highwater::cli {

namespace {

using Json = nlohmann::ordered_json;

struct ConfigsOptions {
    ClientOptions client;
    bool describe = false;
    bool alter = false;
    bool all = false;
    std::string entity_type;
    std::string entity_name;
    std::string topic;   // --topic NAME is short for --entity-type topics --entity-name NAME
    std::string broker;  // --broker ID likewise
    std::string group;   // --group ID likewise
    std::vector<std::string> add_configs;
    std::vector<std::string> delete_configs;
};

/// ConfigResource's types on the wire.
constexpr std::int8_t kTopic = 2;
constexpr std::int8_t kBroker = 4;
constexpr std::int8_t kGroup = 32;
/// ConfigSource: a value that comes from nowhere but Kafka's defaults.
constexpr std::int8_t kDefault = 5;
constexpr std::int8_t kDynamicGroup = 8;

std::string_view source_name(std::int8_t source) {
    switch (source) {
        case 1:
            return "DYNAMIC_TOPIC_CONFIG";
        case 2:
            return "DYNAMIC_BROKER_CONFIG";
        case 3:
            return "DYNAMIC_DEFAULT_BROKER_CONFIG";
        case 4:
            return "STATIC_BROKER_CONFIG";
        case 5:
            return "DEFAULT_CONFIG";
        case kDynamicGroup:
            return "DYNAMIC_GROUP_CONFIG";
        default:
            return "UNKNOWN";
    }
}

struct Resource {
    std::int8_t type = kTopic;
    std::string name;
    [[nodiscard]] std::string_view kind() const {
        return type == kTopic ? "topic" : type == kGroup ? "group" : "broker";
    }
};

int describe(client::Cluster& cluster, const ConfigsOptions& options, const Resource& resource) {
    wire::DescribeConfigsRequest request;
    wire::DescribeConfigsRequest::DescribeConfigsResource wanted;
    wanted.resource_type = resource.type;
    wanted.resource_name = wire::String(resource.name);
    wanted.configuration_keys.reset();
    request.resources.push_back(std::move(wanted));
    request.include_synonyms = true;
    const auto answer = cluster.call<wire::DescribeConfigsResponse>(NodeId{-1}, request);
    if (!answer) return fail(answer.error());
    if ((*answer)->results.empty()) return fail("the broker's answer names nothing");
    const auto result = (*answer)->results.front();
    if (result.error_code != ErrorCode::none)
        return fail(fmt::format("the settings of {} {} can't be read: {}", resource.kind(), resource.name,
                                reason(result.error_code, result.error_message ? result.error_message->view() : "")));
    if (!options.client.json)
        fmt::print("{} configs for {} {} are:\n", options.all ? "All" : "Dynamic", resource.kind(), resource.name);
    Json all = Json::array();
    for (const auto& config : result.configs) {
        const bool dynamic =
            (config.config_source >= 1 && config.config_source <= 3) || config.config_source == kDynamicGroup;
        if (!options.all && !dynamic) continue;
        std::vector<std::string> synonyms;
        Json synonyms_json = Json::array();
        for (const auto& synonym : config.synonyms) {
            const std::string_view value = synonym.value ? synonym.value->view() : "null";
            synonyms.push_back(fmt::format("{}:{}={}", source_name(synonym.source), synonym.name.view(), value));
            synonyms_json.push_back({{"name", synonym.name.view()},
                                     {"value", synonym.value ? Json(synonym.value->view()) : Json()},
                                     {"source", source_name(synonym.source)}});
        }
        if (options.client.json)
            all.push_back({{"name", config.name.view()},
                           {"value", config.value ? Json(config.value->view()) : Json()},
                           {"source", source_name(config.config_source)},
                           {"sensitive", config.is_sensitive},
                           {"readOnly", config.read_only},
                           {"default", config.config_source == kDefault},
                           {"synonyms", std::move(synonyms_json)}});
        else
            fmt::print("  {}={} sensitive={} synonyms={{{}}}\n", config.name.view(),
                       config.value ? config.value->view() : "null", config.is_sensitive, fmt::join(synonyms, ", "));
    }
    if (options.client.json) fmt::print("{}\n", all.dump(-1, ' ', false, Json::error_handler_t::replace));
    return kSuccess;
}

int alter(client::Cluster& cluster, const ConfigsOptions& options, const Resource& resource) {
    constexpr std::int8_t kSet = 0;
    constexpr std::int8_t kRemove = 1;
    wire::IncrementalAlterConfigsRequest::AlterConfigsResource changed;
    changed.resource_type = resource.type;
    changed.resource_name = wire::String(resource.name);
    for (const std::string& text : options.add_configs) {
        const auto pairs = parse_pairs(text);
        if (!pairs) return fail("--add-config: " + pairs.error());
        for (const auto& [key, value] : *pairs) {
            wire::IncrementalAlterConfigsRequest::AlterableConfig config;
            config.name = wire::String(key);
            config.config_operation = kSet;
            config.value = wire::String(value);
            changed.configs.push_back(std::move(config));
        }
    }
    for (const std::string& text : options.delete_configs) {
        for (const std::string& key : config::split_list(text)) {
            wire::IncrementalAlterConfigsRequest::AlterableConfig config;
            config.name = wire::String(key);
            config.config_operation = kRemove;
            config.value.reset();
            changed.configs.push_back(std::move(config));
        }
    }
    if (changed.configs.empty()) return fail("--alter needs --add-config or --delete-config");
    wire::IncrementalAlterConfigsRequest request;
    request.resources.push_back(std::move(changed));
    const auto answer = cluster.call<wire::IncrementalAlterConfigsResponse>(NodeId{-1}, request);
    if (!answer) return fail(answer.error());
    if ((*answer)->responses.empty()) return fail("the broker's answer names nothing");
    const auto result = (*answer)->responses.front();
    if (result.error_code != ErrorCode::none)
        return fail(fmt::format("the settings of {} {} were not changed: {}", resource.kind(), resource.name,
                                reason(result.error_code, result.error_message ? result.error_message->view() : "")));
    if (options.client.json)
        fmt::print("{}\n", Json{{"type", resource.kind()}, {"name", resource.name}, {"changed", true}}.dump());
    else
        fmt::print("Completed updating config for {} {}.\n", resource.kind(), resource.name);
    return kSuccess;
}

int run_configs(ConfigsOptions options) {
    const auto usage = [](std::string_view text) {
        fmt::print(stderr, "highwater configs: {}\n", text);
        return kUsageError;
    };
    if (!options.topic.empty()) {
        options.entity_type = "topics";
        options.entity_name = options.topic;
    }
    if (!options.broker.empty()) {
        options.entity_type = "brokers";
        options.entity_name = options.broker;
    }
    if (!options.group.empty()) {
        options.entity_type = "groups";
        options.entity_name = options.group;
    }
    if (options.describe + options.alter != 1) return usage("say one of --describe, --alter");
    const std::map<std::string, std::int8_t> types{{"topics", kTopic}, {"brokers", kBroker}, {"groups", kGroup}};
    const auto type = types.find(options.entity_type);
    if (type == types.end())
        return usage("--entity-type is topics, brokers or groups (users, clients and ips are not supported yet)");
    if (options.entity_name.empty()) return usage("--entity-name is missing");
    const Resource resource{.type = type->second, .name = options.entity_name};
    auto cluster = connect(options.client);
    if (!cluster) return fail(cluster.error());
    return options.describe ? describe(*cluster, options, resource) : alter(*cluster, options, resource);
}

}  // namespace

void add_configs_command(CLI::App& app, std::function<int()>& run) {
    const auto options = std::make_shared<ConfigsOptions>();
    CLI::App* command = app.add_subcommand("configs", "Describe and alter the settings of topics, brokers and groups");
    add_client_options(*command, options->client);
    command->add_flag("--describe", options->describe, "Print the settings that differ from the defaults");
    command->add_flag("--alter", options->alter, "Change settings");
    command->add_flag("--all", options->all, "With --describe: the defaults too");
    command->add_option("--entity-type", options->entity_type, "topics, brokers or groups");
    command->add_option("--entity-name", options->entity_name, "The topic's name, the broker's or the group's id");
    command->add_option("--topic", options->topic, "Short for --entity-type topics --entity-name NAME");
    command->add_option("--broker", options->broker, "Short for --entity-type brokers --entity-name ID");
    command->add_option("--group", options->group, "Short for --entity-type groups --entity-name ID");
    command->add_option("--add-config", options->add_configs, "Settings to set: key=value,key=[a,b]")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_option("--delete-config", options->delete_configs, "Settings to give their default again: key,key")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->callback([options, &run] { run = [options] { return run_configs(*options); }; });
}

}  // namespace highwater::cli
