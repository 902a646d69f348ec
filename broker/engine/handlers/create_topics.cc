#include "net/wire/message/create_topics.h"

#include <algorithm>

#include "broker/engine/handlers.h"
#include "broker/engine/topic_creation.h"

namespace highwater::engine {

namespace {

constexpr std::int16_t kFirstVersionWithConfigs = 5;
/// DescribeConfigs' number of a value that the topic itself has.
constexpr std::int8_t kSourceTopic = 1;
constexpr std::int8_t kSourceDynamicBroker = 2;
constexpr std::int8_t kSourceStaticBroker = 4;
constexpr std::int8_t kSourceDefault = 5;

TopicToCreate to_create(Node& node, const wire::CreateTopicsRequest::CreatableTopic& topic) {
    TopicToCreate out = topic_to_create(node, topic.name.view());
    out.partition_count = topic.num_partitions;
    out.replication_factor = topic.replication_factor;
    for (const auto& assignment : topic.assignments) {
        out.assignments.push_back(
            {.partition = assignment.partition_index, .replicas = assignment.broker_ids.to_vector()});
    }
    out.configs.clear();  // what is created by name has what its creator says
    for (const auto& config : topic.configs) {
        out.configs.emplace_back(config.name.to_string(), std::nullopt);
        if (config.value) out.configs.back().second = config.value->to_string();
    }
    return out;
}

void add_configs(Node& node, wire::CreateTopicsResponse::CreatableTopicResult& out, const TopicToCreate& topic) {
    auto& configs = out.configs.emplace();
    TopicConfig config = node.broker_defaults();
    const TopicConfig dynamic = config;
    const TopicConfig& fixed = node.config().topic_defaults;
    const TopicConfig defaults;
    for (const auto& [name, value] : topic.configs) {
        const TopicSetting* setting = find_topic_setting(name);
        if (setting != nullptr && value) static_cast<void>(set_value(config, *setting, *value));
    }
    for (const TopicSetting& setting : topic_settings()) {
        auto& entry = configs.emplace_back();
        entry.name = wire::String(setting.name);
        entry.value = wire::String(text_of(config, setting));
        const auto is_given = [&](const auto& given) { return given.first == setting.name && given.second; };
        if (std::ranges::any_of(topic.configs, is_given)) {
            entry.config_source = kSourceTopic;
        } else if (text_of(dynamic, setting) != text_of(fixed, setting)) {
            entry.config_source = kSourceDynamicBroker;
        } else {
            entry.config_source =
                text_of(fixed, setting) != text_of(defaults, setting) ? kSourceStaticBroker : kSourceDefault;
        }
    }
}

}  // namespace

wire::CreateTopicsResponse handle(Node& node, const RequestInfo& request, const wire::CreateTopicsRequest& message) {
    std::vector<TopicToCreate> topics;
    for (const auto& topic : message.topics) topics.push_back(to_create(node, topic));
    const std::vector<CreatedTopic> answers = create_topics(node, topics, message.validate_only, request.now);

    wire::CreateTopicsResponse response;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const CreatedTopic& answer = answers[i];
        auto& out = response.topics.emplace_back();
        out.name = wire::String(std::string_view(answer.name));
        out.error_code = answer.error.error;
        out.error_message = std::nullopt;
        if (answer.error.error != ErrorCode::none) {
            out.error_message = wire::String(std::string_view(answer.error.message));
            out.configs = std::nullopt;
            continue;
        }
        out.topic_id = answer.id;
        out.num_partitions = answer.partition_count;
        out.replication_factor = answer.replication_factor;
        if (request.version() >= kFirstVersionWithConfigs) add_configs(node, out, topics[i]);
    }
    return response;
}

}  // namespace highwater::engine
