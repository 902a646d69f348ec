#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/config/node_settings.h"
#include "core/base/result.h"

namespace highwater::config {

/// One thing that is wrong with the configuration, or that its writer should know.
struct Remark {
    /// "server.properties:12" or "--set".
    std::string where;
    /// Empty when the text itself can't be read.
    std::string key;
    std::string message;
};

/// "server.properties:12: log.retention.hour: no such key; did you mean log.retention.hours?"
std::string to_text(const Remark& remark);

struct Loaded {
    NodeSettings settings;
    std::vector<Remark> warnings;
};

/// A configuration file's name and text.
struct ConfigFile {
    std::string name;
    std::string text;
};

/// Puts the defaults, the file and the `--set` entries ("key=value") together: a later entry overrides an earlier one,
/// `--set` overrides the file. Of the synonyms of one setting the finest-grained wins wherever it stands
/// (`log.retention.ms` over `.minutes` over `.hours`), as in Kafka. Errors: everything that is wrong, in order.
Result<Loaded, std::vector<Remark>> load(const std::optional<ConfigFile>& file, const std::vector<std::string>& sets);

}  // namespace highwater::config
