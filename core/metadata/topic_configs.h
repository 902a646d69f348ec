#pragma once

#include <string>

#include "core/base/result.h"
#include "core/metadata/config_def.h"
#include "core/metadata/image.h"

namespace highwater {

/// The 33 settings of a topic in Kafka 4.3, in order of name, with Kafka's defaults, ranges and broker synonyms. That
/// one is listed says what it means, not that this node does it; what a node does not do it must refuse to have set.
[[nodiscard]] ConfigKeys topic_configs();

/// What one setting alone cannot say: checks a topic's own settings together (defaults where it has none).
/// The error is a sentence for the client. Requires: each value passes check_config().
[[nodiscard]] Result<void, std::string> check_topic_configs(const ConfigValues& values);

}  // namespace highwater
