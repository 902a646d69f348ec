#include "core/metadata/config_def.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace highwater {
namespace {

std::string_view trim(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

template <class Number>
std::optional<Number> parse(std::string_view text) {
    text = trim(text);
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

bool is_boolean(std::string_view value) {
    std::string lower{trim(value)};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower == "true" || lower == "false";
}

/// The number as its type allows it; a float as the nearest below, so that 0 and 1 stay exact bounds.
std::optional<double> parse_number(ConfigType type, std::string_view value) {
    switch (type) {
        case ConfigType::int16: {
            const auto number = parse<std::int16_t>(value);
            return number ? std::optional<double>{*number} : std::nullopt;
        }
        case ConfigType::int32: {
            const auto number = parse<std::int32_t>(value);
            return number ? std::optional<double>{*number} : std::nullopt;
        }
        case ConfigType::float64: {
            const auto number = parse<double>(value);
            return number && std::isfinite(*number) ? number : std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

bool is_a_number(ConfigType type) {
    return type == ConfigType::int16 || type == ConfigType::int32 || type == ConfigType::int64 ||
           type == ConfigType::float64;
}

bool is_in_range(const ConfigKey& key, std::string_view value) {
    if (key.type == ConfigType::int64) {
        const std::int64_t number = *parse<std::int64_t>(value);
        if (key.rule == ConfigRule::range_or_minus_one && number == -1) return true;
        return number >= key.minimum && number <= key.maximum;
    }
    const double number = *parse_number(key.type, value);
    if (key.rule == ConfigRule::range_or_minus_one && number == -1) return true;
    return number >= static_cast<double>(key.minimum) && number <= static_cast<double>(key.maximum);
}

bool is_of_type(const ConfigKey& key, std::string_view value) {
    if (key.type == ConfigType::boolean) return is_boolean(value);
    if (key.type == ConfigType::int64) return parse<std::int64_t>(value).has_value();
    return !is_a_number(key.type) || parse_number(key.type, value).has_value();
}

bool is_allowed(const ConfigKey& key, std::string_view value) {
    return std::find(key.allowed.begin(), key.allowed.end(), value) != key.allowed.end();
}

bool is_list_of_allowed(const ConfigKey& key, std::string_view value) {
    const auto elements = split_list(value);
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const auto rest = elements.begin() + static_cast<std::ptrdiff_t>(i) + 1;
        if (!is_allowed(key, elements[i]) || std::find(rest, elements.end(), elements[i]) != elements.end()) {
            return false;
        }
    }
    return true;
}

bool is_throttled_replicas(std::string_view value) {
    const auto elements = split_list(value);
    if (elements.size() == 1 && elements[0] == "*") return true;
    return std::all_of(elements.begin(), elements.end(), [](std::string_view element) {
        const auto colon = element.find(':');
        if (colon == std::string_view::npos) return false;
        const auto partition = parse<std::int32_t>(element.substr(0, colon));
        const auto broker = parse<std::int32_t>(element.substr(colon + 1));
        return partition && broker && *partition >= 0 && *broker >= 0;
    });
}

bool follows_rule(const ConfigKey& key, std::string_view value) {
    switch (key.rule) {
        case ConfigRule::any:
            return true;
        case ConfigRule::range:
        case ConfigRule::range_or_minus_one:
            return is_in_range(key, value);
        case ConfigRule::one_of:
            return is_allowed(key, trim(value));
        case ConfigRule::list_of:
            return is_list_of_allowed(key, value);
        case ConfigRule::throttled_replicas:
            return is_throttled_replicas(value);
    }
    return false;
}

std::string rule_text(const ConfigKey& key) {
    switch (key.rule) {
        case ConfigRule::range:
        case ConfigRule::range_or_minus_one: {
            const std::string also = key.rule == ConfigRule::range ? "" : " (or -1)";
            if (key.maximum == std::numeric_limits<std::int64_t>::max()) {
                return fmt::format("at least {}{}", key.minimum, also);
            }
            return fmt::format("in [{},...,{}]{}", key.minimum, key.maximum, also);
        }
        case ConfigRule::one_of:
            return fmt::format("one of {}", fmt::join(key.allowed, ", "));
        case ConfigRule::list_of:
            return fmt::format("a list of {}, each at most once", fmt::join(key.allowed, ", "));
        case ConfigRule::throttled_replicas:
            return "'*' or [partitionId]:[brokerId],...";
        case ConfigRule::any:
            break;
    }
    return "anything";
}

/// As much of a value as a message shows.
std::string_view shown(std::string_view value) {
    return value.substr(0, 100);
}

}  // namespace

const ConfigKey* find_config(ConfigKeys keys, std::string_view name) {
    const auto at = std::lower_bound(keys.begin(), keys.end(), name,
                                     [](const ConfigKey& key, std::string_view wanted) { return key.name < wanted; });
    return at != keys.end() && at->name == name ? &*at : nullptr;
}

Result<void, std::string> check_config(const ConfigKey& key, std::string_view value) {
    if (value.size() > kMaxConfigValueBytes) {
        return refuse(
            fmt::format("Invalid value for configuration {}: longer than {} bytes", key.name, kMaxConfigValueBytes));
    }
    if (!is_of_type(key, value)) {
        return refuse(fmt::format("Invalid value {} for configuration {}: Not a {}", shown(value), key.name,
                                  is_a_number(key.type) ? "number of type " + std::string{kafka_name(key.type)}
                                                        : std::string{kafka_name(key.type)}));
    }
    if (!follows_rule(key, value)) {
        return refuse(fmt::format("Invalid value {} for configuration {}: Value must be {}", shown(value), key.name,
                                  rule_text(key)));
    }
    return {};
}

std::optional<std::int64_t> whole_number(std::string_view value) {
    return parse<std::int64_t>(value);
}

std::vector<std::string_view> split_list(std::string_view value) {
    std::vector<std::string_view> elements;
    if (trim(value).empty()) return elements;
    while (true) {
        const auto comma = value.find(',');
        elements.push_back(trim(value.substr(0, comma)));
        if (comma == std::string_view::npos) return elements;
        value.remove_prefix(comma + 1);
    }
}

std::string join_list(std::span<const std::string_view> elements) {
    return fmt::format("{}", fmt::join(elements, ","));
}

std::string_view kafka_name(ConfigType type) {
    switch (type) {
        case ConfigType::boolean:
            return "boolean";
        case ConfigType::string:
            return "string";
        case ConfigType::int32:
            return "int";
        case ConfigType::int16:
            return "short";
        case ConfigType::int64:
            return "long";
        case ConfigType::float64:
            return "double";
        case ConfigType::list:
            return "list";
        case ConfigType::class_name:
            return "class";
        case ConfigType::password:
            return "password";
        case ConfigType::unknown:
            break;
    }
    return "unknown";
}

}  // namespace highwater
