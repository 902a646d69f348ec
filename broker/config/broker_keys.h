#pragma once

#include <span>
#include <string>
#include <string_view>

#include "broker/config/node_settings.h"
#include "broker/engine/topic_config.h"
#include "core/base/result.h"
#include "core/metadata/config_def.h"

namespace highwater::config {

/// What a key does here.
enum class Support : std::uint8_t {
    works,
    /// Kafka's key for something that highwater does otherwise: accepted, with a warning that says so.
    no_effect,
    /// Kafka's key of a feature that is not there yet: only its default is accepted.
    not_yet,
};

/// One configuration key of the node.
struct BrokerKey {
    using Apply = Result<void, std::string> (*)(NodeSettings&, std::string_view value);

    std::string_view group;
    std::string_view name;
    ConfigType type;
    /// As written in a file; empty: none.
    std::string_view default_value;
    /// Inclusive, for numbers.
    double minimum;
    double maximum;
    std::string_view documentation;
    Support support;
    /// For no_effect: what happens instead. For not_yet: the feature that is missing.
    std::string_view instead;
    /// Null unless the key works.
    Apply apply;
};

/// Every key that is no broker default of a topic setting (those are engine::topic_settings), in the order of the
/// documentation.
std::span<const BrokerKey> broker_keys();
/// nullptr: no such key.
const BrokerKey* find_broker_key(std::string_view name);

/// A number within the key's type and limits, "true" or "false" ...: the error is a sentence.
Result<void, std::string> check_value(const BrokerKey& key, std::string_view value);

}  // namespace highwater::config
