#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/engine/node.h"
#include "core/metadata/controller.h"

namespace highwater::engine {

/// Where a value comes from, with the numbers of DescribeConfigs; a lower one wins; a group's own wins over all.
enum class ConfigSource : std::int8_t {
    topic = 1,
    dynamic_broker = 2,
    dynamic_default_broker = 3,
    static_broker = 4,
    default_value = 5,
    group = 8,
};

/// One place that has a say in a setting.
struct ConfigLayer {
    std::string name;
    std::string value;
    ConfigSource source = ConfigSource::default_value;
};

/// All that has a say in a setting of a topic or a group, the strongest first; the default is always there. `resource`
/// is null for the broker's own value.
std::vector<ConfigLayer> config_layers(const Node& node, const ConfigKey& key, const ConfigResource* resource);

/// The topic setting that a broker key is the first synonym of; nullptr: none.
const ConfigKey* topic_config_of_broker_key(std::string_view broker_key);

/// What may be altered here: all topic settings but those of tiered storage; of the broker's, the defaults of topic
/// settings; all of a consumer group. The broker's other keys are known as read-only.
AlterableConfigs alterable_configs(const Node& node);

/// A sentence when the topic setting asks for what this node does not do; empty otherwise.
std::string unsupported_config(std::string_view name, std::string_view value);

}  // namespace highwater::engine
