#include "broker/config/documentation.h"

#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "broker/config/broker_keys.h"

namespace highwater::config {

namespace {

std::string limits(double minimum, double maximum) {
    const bool low = std::isfinite(minimum) && minimum > -9e18;
    const bool high = std::isfinite(maximum) && maximum < 9e18;
    if (minimum == maximum) return {};
    if (low && high) return fmt::format("{:.15g} to {:.15g}", minimum, maximum);
    if (low) return fmt::format("at least {:.15g}", minimum);
    if (high) return fmt::format("at most {:.15g}", maximum);
    return {};
}

std::string allowed_text(const ConfigKey& key) {
    if (!key.allowed.empty()) return fmt::format("{}", fmt::join(key.allowed, ","));
    if (key.rule != ConfigRule::range && key.rule != ConfigRule::range_or_minus_one) return {};
    const bool has_end = key.maximum < std::numeric_limits<std::int32_t>::max();
    const std::string range =
        has_end ? fmt::format("{} to {}", key.minimum, key.maximum) : fmt::format("at least {}", key.minimum);
    return key.rule == ConfigRule::range_or_minus_one ? "-1 or " + range : range;
}

void row(std::string& out, std::string_view key, std::string_view type, std::string_view value, std::string_view limit,
         std::string_view text) {
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", key, type, value.empty() ? "" : fmt::format("`{}`", value),
                       limit, text);
}

}  // namespace

std::string documentation() {
    std::string out =
        "# Configuration\n\n"
        "Written by `highwater serve --print-config-docs`; a test keeps it current.\n\n"
        "`highwater serve --config FILE` reads a file of Kafka's form (`server.properties`: one `key=value` a line), "
        "and\n"
        "`--set key=value`, as often as needed, overrides it. Names and defaults are those of Kafka 4.3; keys that "
        "Kafka\n"
        "does not have say \"highwater:\". Where the default differs from Kafka's, that is so that the node runs "
        "without\n"
        "any configuration: `node.id`, `process.roles`, `listeners`, `log.dirs`, the socket buffers.\n\n"
        "An unknown key, a bad value, or a key of a feature that is not there yet stops the start with exit code 78 "
        "and\n"
        "a line that names the file, the line and the key. Nothing is started then.\n";
    std::string_view group;
    constexpr std::string_view kHead = "| key | type | default | allowed | meaning |\n|---|---|---|---|---|\n";
    for (const BrokerKey& key : broker_keys()) {
        if (key.support != Support::works) continue;
        if (key.group != group) {
            group = key.group;
            out += fmt::format("\n## {}\n\n{}", group, kHead);
        }
        row(out, key.name, kafka_name(key.type), key.default_value, limits(key.minimum, key.maximum),
            key.documentation);
    }
    out += fmt::format(
        "\n## defaults of topics\n\n"
        "What a topic uses that has no value of its own. `log.retention.minutes` and `log.retention.hours` set\n"
        "`log.retention.ms`, `log.roll.hours` sets `log.roll.ms`, `log.roll.jitter.hours` sets `log.roll.jitter.ms`; "
        "the\n"
        "finer unit wins.\n\n{}",
        kHead);
    const engine::TopicConfig defaults;
    for (const engine::TopicSetting& setting : engine::topic_settings()) {
        if (setting.broker_name().empty()) continue;
        const std::string allowed = allowed_text(*setting.key);
        row(out, setting.broker_name(), kafka_name(setting.key->type), engine::text_of(defaults, setting), allowed,
            fmt::format("Topic key `{}`. {}", setting.name, setting.key->documentation));
    }
    out += "\n## accepted without effect\n\n| key | why |\n|---|---|\n";
    for (const BrokerKey& key : broker_keys()) {
        if (key.support == Support::no_effect) out += fmt::format("| `{}` | {} |\n", key.name, key.instead);
    }
    out +=
        "\n## not supported yet\n\nKeys of Kafka whose feature is missing. Only the default is accepted.\n\n"
        "| key | default | missing |\n|---|---|---|\n";
    for (const BrokerKey& key : broker_keys()) {
        if (key.support == Support::not_yet)
            out += fmt::format("| `{}` | {} | {} |\n", key.name,
                               key.default_value.empty() ? "" : fmt::format("`{}`", key.default_value), key.instead);
    }
    return out;
}

}  // namespace highwater::config
