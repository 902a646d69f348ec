#include "net/wire/message/describe_configs.h"

#include <algorithm>
#include <set>

#include "broker/engine/config_layers.h"
#include "broker/engine/handlers.h"
#include "core/metadata/topic_configs.h"
#include "core/metadata/topic_name.h"

namespace highwater::engine {

namespace {

using Result = wire::DescribeConfigsResponse::DescribeConfigsResult;
using Entry = wire::DescribeConfigsResponse::DescribeConfigsResourceResult;

/// What of one request its entries depend on.
struct Describe {
    const Node& node;
    std::int16_t version;
    bool include_synonyms;
    bool include_documentation;
    /// Empty: all.
    std::set<std::string_view> wanted;

    [[nodiscard]] bool wants(std::string_view name) const { return wanted.empty() || wanted.contains(name); }
};

void add(Result& out, const Describe& describe, std::string_view name, const ConfigKey& key,
         const std::vector<ConfigLayer>& layers) {
    if (!describe.wants(name)) return;
    Entry entry;
    entry.name = wire::String(name);
    entry.value = std::nullopt;
    if (!key.sensitive) entry.value = wire::String(std::string_view(layers.front().value));
    entry.read_only = key.read_only;
    entry.config_source = static_cast<std::int8_t>(layers.front().source);
    // Version 0 knows no sources, only this.
    entry.is_default = describe.version == 0 && layers.front().source == ConfigSource::default_value;
    entry.is_sensitive = key.sensitive;
    entry.config_type = static_cast<std::int8_t>(key.type);
    entry.documentation = std::nullopt;
    if (describe.include_documentation) entry.documentation = wire::String(key.documentation);
    if (describe.include_synonyms) {
        for (const ConfigLayer& layer : layers) {
            auto& synonym = entry.synonyms.emplace_back();
            synonym.name = wire::String(std::string_view(layer.name));
            synonym.value = std::nullopt;
            if (!key.sensitive) synonym.value = wire::String(std::string_view(layer.value));
            synonym.source = static_cast<std::int8_t>(layer.source);
        }
    }
    out.configs.push_back(std::move(entry));
}

void refuse(Result& out, ErrorCode error, std::string_view message) {
    out.error_code = error;
    out.error_message = wire::String(message);
}

void describe_topic(Result& out, const Describe& describe, Node& node, std::string_view name) {
    const Topic* topic = node.topics().find(name);
    if (topic == nullptr) {
        if (is_valid_topic_name(name)) return refuse(out, ErrorCode::unknown_topic_or_partition, "No such topic.");
        return refuse(out, ErrorCode::invalid_topic_exception, "No topic can have that name.");
    }
    const ConfigResource resource{ConfigResourceType::topic, topic->name};
    for (const ConfigKey& key : alterable_configs(node).topic) {
        add(out, describe, key.name, key, config_layers(node, key, &resource));
    }
}

/// Whether the group is there does not matter: it goes by its settings once it is.
void describe_group(Result& out, const Describe& describe, const Node& node, std::string_view name) {
    if (name.empty()) return refuse(out, ErrorCode::invalid_request, "Group name must not be empty");
    const ConfigResource resource{ConfigResourceType::group, std::string(name)};
    for (const ConfigKey& key : alterable_configs(node).group) {
        add(out, describe, key.name, key, config_layers(node, key, &resource));
    }
}

void describe_broker(Result& out, const Describe& describe, const Node& node) {
    for (const ConfigKey& key : node.broker_config_keys()) {
        if (const ConfigKey* topic_key = topic_config_of_broker_key(key.name)) {
            add(out, describe, key.name, key, config_layers(node, *topic_key, nullptr));
            continue;
        }
        std::vector<ConfigLayer> layers;
        for (const StaticSetting& setting : node.config().static_settings) {
            if (setting.name == key.name) layers.push_back({setting.name, setting.value, ConfigSource::static_broker});
        }
        layers.push_back({std::string(key.name), std::string(key.default_value), ConfigSource::default_value});
        add(out, describe, key.name, key, layers);
    }
}

/// The defaults of all brokers: only what was set.
void describe_broker_default(Result& out, const Describe& describe, const Node& node) {
    for (const auto& [name, value] : node.metadata().image().configs({ConfigResourceType::broker, ""})) {
        const ConfigKey* key = find_config(node.broker_config_keys(), name);
        if (key != nullptr) add(out, describe, name, *key, {{name, value, ConfigSource::dynamic_default_broker}});
    }
}

}  // namespace

wire::DescribeConfigsResponse handle(Node& node, const RequestInfo& request,
                                     const wire::DescribeConfigsRequest& message) {
    wire::DescribeConfigsResponse response;
    const std::string self = std::to_string(node.config().node_id.value());
    for (const auto& resource : message.resources) {
        Result& out = response.results.emplace_back();
        out.resource_type = resource.resource_type;
        out.resource_name = wire::String(resource.resource_name.view());
        out.error_message = std::nullopt;
        Describe describe{.node = node,
                          .version = request.version(),
                          .include_synonyms = message.include_synonyms,
                          .include_documentation = message.include_documentation,
                          .wanted = {}};
        if (resource.configuration_keys) {
            for (const auto& key : *resource.configuration_keys) describe.wanted.insert(key.view());
        }
        switch (static_cast<ConfigResourceType>(resource.resource_type)) {
            case ConfigResourceType::topic:
                describe_topic(out, describe, node, resource.resource_name.view());
                break;
            case ConfigResourceType::broker:
                if (resource.resource_name.empty()) {
                    describe_broker_default(out, describe, node);
                } else if (resource.resource_name.view() == self) {
                    describe_broker(out, describe, node);
                } else {
                    refuse(out, ErrorCode::invalid_request, "Unexpected broker id, expected " + self + ".");
                }
                break;
            case ConfigResourceType::group:
                describe_group(out, describe, node, resource.resource_name.view());
                break;
            default:
                refuse(out, ErrorCode::invalid_request, "Unsupported resource type.");
                break;
        }
    }
    return response;
}

}  // namespace highwater::engine
