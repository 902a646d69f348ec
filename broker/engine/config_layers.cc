#include "broker/engine/config_layers.h"

#include <algorithm>
#include <charconv>

#include "core/metadata/topic_configs.h"

namespace highwater::engine {

namespace {

/// A broker's value in the unit of the topic setting ("log.retention.hours" in milliseconds).
std::string scaled(std::string_view value, std::int64_t factor) {
    if (factor == 1) return std::string(value);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || number < 0) return std::string(value);
    return std::to_string(number * factor);
}

void add_dynamic(std::vector<ConfigLayer>& layers, const Node& node, std::string_view broker_key,
                 std::string_view resource, ConfigSource source) {
    const ConfigValues& values = node.metadata().image().configs({ConfigResourceType::broker, std::string(resource)});
    const auto found = values.find(broker_key);
    if (found != values.end()) layers.push_back({std::string(broker_key), found->second, source});
}

}  // namespace

std::vector<ConfigLayer> config_layers(const Node& node, const ConfigKey& key, const ConfigResource* resource) {
    std::vector<ConfigLayer> layers;
    if (resource != nullptr) {
        const ConfigValues& values = node.metadata().image().configs(*resource);
        const bool is_group = resource->type == ConfigResourceType::group;
        const auto found = values.find(key.name);
        if (found != values.end()) {
            layers.push_back({found->first, found->second, is_group ? ConfigSource::group : ConfigSource::topic});
        }
    }
    if (!key.synonyms.empty()) {
        const std::string_view broker_key = key.synonyms.front().name;
        const std::string self = std::to_string(node.config().node_id.value());
        add_dynamic(layers, node, broker_key, self, ConfigSource::dynamic_broker);
        add_dynamic(layers, node, broker_key, "", ConfigSource::dynamic_default_broker);
    }
    for (const ConfigSynonym& synonym : key.synonyms) {
        for (const StaticSetting& setting : node.config().static_settings) {
            if (setting.name != synonym.name) continue;
            layers.push_back({setting.name, scaled(setting.value, synonym.factor), ConfigSource::static_broker});
        }
    }
    const std::string_view name = key.synonyms.empty() ? key.name : key.synonyms.front().name;
    layers.push_back({std::string(name), std::string(key.default_value), ConfigSource::default_value});
    return layers;
}

const ConfigKey* topic_config_of_broker_key(std::string_view broker_key) {
    for (const ConfigKey& key : topic_configs()) {
        if (!key.synonyms.empty() && key.synonyms.front().name == broker_key) return &key;
    }
    return nullptr;
}

std::string unsupported_config(std::string_view name, std::string_view value) {
    if (name == "remote.storage.enable" && value == "true") return "Tiered storage is not supported.";
    return {};
}

AlterableConfigs alterable_configs(const Node& node) {
    static const std::vector<ConfigKey> kTopic = [] {
        std::vector<ConfigKey> keys(topic_configs().begin(), topic_configs().end());
        for (ConfigKey& key : keys) {
            const bool is_tiered = key.name.starts_with("remote.") || key.name.starts_with("local.");
            if (is_tiered) key.read_only = true;
        }
        return keys;
    }();
    return {.topic = kTopic, .broker = node.broker_config_keys(), .group = node.group_config_keys()};
}

}  // namespace highwater::engine
