#include "broker/storage/meta_properties.h"

#include <chrono>
#include <ctime>
#include <limits>
#include <map>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "broker/storage/text_checkpoint.h"

namespace highwater::storage {

namespace {

/// Values here hold nothing that java.util.Properties would escape but ':' and '=' in a free cluster id.
std::string escaped(std::string_view value) {
    std::string text;
    for (const char c : value) {
        if (c == '\\' || c == ':' || c == '=' || c == '#' || c == '!') text += '\\';
        text += c;
    }
    return text;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
    return text;
}

std::string unescaped(std::string_view text) {
    std::string value;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        value += text[i];
    }
    return value;
}

}  // namespace

std::string encode_meta_properties(const MetaProperties& properties, Timestamp now) {
    std::string text = "#\n";
    text += fmt::format("#{:%a %b %d %H:%M:%S UTC %Y}\n", fmt::gmtime(static_cast<std::time_t>(now.value() / 1000)));
    if (properties.cluster_id) text += fmt::format("cluster.id={}\n", escaped(*properties.cluster_id));
    if (properties.directory_id) text += fmt::format("directory.id={}\n", *properties.directory_id);
    if (properties.node_id) text += fmt::format("node.id={}\n", *properties.node_id);
    text += "version=1\n";
    return text;
}

IoResult<MetaProperties> decode_meta_properties(std::string_view text, std::string_view path) {
    std::map<std::string, std::string, std::less<>> values;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line.front() == '#' || line.front() == '!') continue;
        const auto equals = line.find('=');
        if (equals == std::string_view::npos || equals == 0)
            return damaged(path, fmt::format("\"{}\" is no key=value", line));
        values[std::string(trimmed(line.substr(0, equals)))] = unescaped(trimmed(line.substr(equals + 1)));
    }

    const auto version = values.find("version");
    if (version == values.end() || (version->second != "0" && version->second != "1"))
        return damaged(path, version == values.end() ? "no version" : fmt::format("version {}", version->second));
    MetaProperties properties;
    if (const auto cluster = values.find("cluster.id"); cluster != values.end())
        properties.cluster_id = cluster->second;
    if (const auto node = values.find(version->second == "0" ? "broker.id" : "node.id"); node != values.end()) {
        std::int64_t number = 0;
        if (!parse_number(node->second, number) || number > std::numeric_limits<std::int32_t>::max())
            return damaged(path, fmt::format("node id \"{}\"", node->second));
        properties.node_id = NodeId{static_cast<std::int32_t>(number)};
    }
    if (const auto directory = values.find("directory.id"); directory != values.end()) {
        properties.directory_id = uuid_from_text(directory->second);
        if (!properties.directory_id) return damaged(path, fmt::format("directory id \"{}\"", directory->second));
    }
    if (version->second == "1" && (!properties.cluster_id || !properties.node_id))
        return damaged(path, "version 1 needs cluster.id and node.id");
    return properties;
}

}  // namespace highwater::storage
