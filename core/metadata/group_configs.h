#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/metadata/config_def.h"
#include "core/metadata/image.h"

namespace highwater {

/// What single groups may set, as the node bounds it: both ends inclusive. The initialisers are Kafka's (4.3).
struct GroupConfigBounds {
    struct Interval {
        std::chrono::milliseconds min;
        std::chrono::milliseconds max;
    };
    /// `group.consumer.{min,max}.session.timeout.ms`
    Interval session_timeout{std::chrono::seconds{45}, std::chrono::seconds{60}};
    /// `group.consumer.{min,max}.heartbeat.interval.ms`
    Interval heartbeat_interval{std::chrono::seconds{5}, std::chrono::seconds{15}};
    /// `group.consumer.{min,max}.assignment.interval.ms` (KIP-1263)
    Interval assignment_interval{std::chrono::seconds{0}, std::chrono::seconds{15}};
};

/// The settings of a consumer group (KIP-848) in order of name, with Kafka's defaults. Those of share and of Streams
/// groups are not among them.
[[nodiscard]] std::vector<ConfigKey> group_configs(const GroupConfigBounds& bounds);

/// Checks a group's own settings together, with Kafka's defaults where it has none: a session outlives a heartbeat
/// interval. The error is a sentence for the client. Requires: each value passes check_config().
[[nodiscard]] Result<void, std::string> check_group_configs(const ConfigValues& values);

/// The value of one of group_configs(), all of which are milliseconds. nullopt: the group has none of its own.
[[nodiscard]] std::optional<std::chrono::milliseconds> group_config(const ConfigValues& values, std::string_view name);

}  // namespace highwater
