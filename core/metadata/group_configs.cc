#include "core/metadata/group_configs.h"

#include <array>

#include <fmt/format.h>

namespace highwater {
namespace {

constexpr std::string_view kAssignmentInterval = "consumer.assignment.interval.ms";
constexpr std::string_view kHeartbeatInterval = "consumer.heartbeat.interval.ms";
constexpr std::string_view kSessionTimeout = "consumer.session.timeout.ms";

constexpr std::array<ConfigSynonym, 1> kOfAssignmentInterval{{{"group.consumer.assignment.interval.ms"}}};
constexpr std::array<ConfigSynonym, 1> kOfHeartbeatInterval{{{"group.consumer.heartbeat.interval.ms"}}};
constexpr std::array<ConfigSynonym, 1> kOfSessionTimeout{{{"group.consumer.session.timeout.ms"}}};

constexpr std::chrono::milliseconds kDefaultHeartbeatInterval{5'000};
constexpr std::chrono::milliseconds kDefaultSessionTimeout{45'000};

ConfigKey milliseconds(std::string_view name, std::string_view default_value, const GroupConfigBounds::Interval& bounds,
                       std::span<const ConfigSynonym> synonyms, std::string_view documentation) {
    return {.name = name,
            .type = ConfigType::int32,
            .default_value = default_value,
            .rule = ConfigRule::range,
            .minimum = bounds.min.count(),
            .maximum = bounds.max.count(),
            .synonyms = synonyms,
            .documentation = documentation};
}

}  // namespace

std::vector<ConfigKey> group_configs(const GroupConfigBounds& bounds) {
    return {milliseconds(kAssignmentInterval, "1000", bounds.assignment_interval, kOfAssignmentInterval,
                         "Time between two assignments of the consumer group, at least."),
            milliseconds(kHeartbeatInterval, "5000", bounds.heartbeat_interval, kOfHeartbeatInterval,
                         "How often members of the consumer group are told to be heard of."),
            milliseconds(kSessionTimeout, "45000", bounds.session_timeout, kOfSessionTimeout,
                         "A member of the consumer group that is not heard of for so long is out of it.")};
}

std::optional<std::chrono::milliseconds> group_config(const ConfigValues& values, std::string_view name) {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return std::chrono::milliseconds{whole_number(found->second).value_or(0)};
}

Result<void, std::string> check_group_configs(const ConfigValues& values) {
    const auto session_timeout = group_config(values, kSessionTimeout).value_or(kDefaultSessionTimeout);
    const auto heartbeat_interval = group_config(values, kHeartbeatInterval).value_or(kDefaultHeartbeatInterval);
    if (session_timeout > heartbeat_interval) return {};
    return refuse(fmt::format("{} must be greater than {}", kSessionTimeout, kHeartbeatInterval));
}

}  // namespace highwater
