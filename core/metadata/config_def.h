#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace highwater {

/// The types of settings; the numbers are those of DescribeConfigs.
enum class ConfigType : std::int8_t {
    unknown = 0,
    boolean = 1,
    string = 2,
    int32 = 3,
    int16 = 4,
    int64 = 5,
    float64 = 6,
    list = 7,
    class_name = 8,
    password = 9,
};

/// What values a setting takes, besides being of its type.
enum class ConfigRule : std::uint8_t {
    any,
    /// A number in [minimum, maximum], both inclusive.
    range,
    /// As range, or -1.
    range_or_minus_one,
    /// One of `allowed`.
    one_of,
    /// Each element one of `allowed`, none twice.
    list_of,
    /// Elements "partition:broker", or one "*" alone.
    throttled_replicas,
};

/// A broker key whose value, times `factor`, is the default of the setting.
struct ConfigSynonym {
    std::string_view name;
    std::int64_t factor = 1;
};

/// All there is to know about a setting.
struct ConfigKey {
    std::string_view name;
    ConfigType type = ConfigType::string;
    /// Kafka's text form.
    std::string_view default_value;
    ConfigRule rule = ConfigRule::any;
    std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
    std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
    std::span<const std::string_view> allowed = {};
    /// The broker's keys that give the default, the strongest first.
    std::span<const ConfigSynonym> synonyms = {};
    std::string_view documentation = {};
    /// Cannot be changed over the protocol.
    bool read_only = false;
    bool sensitive = false;
};

/// Longest value that any setting takes, in bytes.
inline constexpr std::size_t kMaxConfigValueBytes = 32'768;

/// A table of settings, in order of name.
using ConfigKeys = std::span<const ConfigKey>;

/// nullptr: no setting has that name. Requires: `keys` ascend by name.
[[nodiscard]] const ConfigKey* find_config(ConfigKeys keys, std::string_view name);

/// Whether `value` is one for this key; the error is a sentence for the client.
[[nodiscard]] Result<void, std::string> check_config(const ConfigKey& key, std::string_view value);

/// The whole number that `value` is, as check_config() reads it: blanks around it and a leading '+' are allowed.
[[nodiscard]] std::optional<std::int64_t> whole_number(std::string_view value);

/// The elements of a list value, trimmed; an empty value has none.
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view value);

/// Kafka's text of a list: the elements joined with ','.
[[nodiscard]] std::string join_list(std::span<const std::string_view> elements);

/// "int", "long", ...: Kafka's name of the type.
[[nodiscard]] std::string_view kafka_name(ConfigType type);

}  // namespace highwater
