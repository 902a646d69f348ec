#include "core/group/consumer_subscription.h"

#include <cstdint>
#include <utility>

namespace highwater {
namespace {

/// Takes a big-endian number off the front; nullopt: too few bytes are left.
template <class Number>
std::optional<Number> take_number(std::string_view& bytes) {
    if (bytes.size() < sizeof(Number)) return std::nullopt;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
    bytes.remove_prefix(sizeof(Number));
    return static_cast<Number>(number);
}

std::optional<std::string> take_string(std::string_view& bytes) {
    const auto length = take_number<std::int16_t>(bytes);
    if (!length || *length < 0 || static_cast<std::size_t>(*length) > bytes.size()) return std::nullopt;
    std::string text(bytes.substr(0, static_cast<std::size_t>(*length)));
    bytes.remove_prefix(text.size());
    return text;
}

/// A number of things to come of which each takes `bytes_of_each` at least: a number beyond that is not believed.
std::optional<std::size_t> take_count(std::string_view& bytes, std::size_t bytes_of_each) {
    const auto count = take_number<std::int32_t>(bytes);
    if (!count || *count < 0 || static_cast<std::size_t>(*count) > bytes.size() / bytes_of_each) return std::nullopt;
    return static_cast<std::size_t>(*count);
}

/// The number of topics after the version that both structures begin with.
std::optional<std::size_t> take_topic_count(std::string_view& bytes, std::size_t bytes_of_each) {
    const auto version = take_number<std::int16_t>(bytes);
    if (!version || *version < 0) return std::nullopt;
    return take_count(bytes, bytes_of_each);
}

}  // namespace

std::optional<std::vector<std::string>> topics_of_subscription(std::string_view bytes) {
    const auto count = take_topic_count(bytes, sizeof(std::int16_t));
    if (!count) return std::nullopt;
    std::vector<std::string> topics;
    while (topics.size() < *count) {
        auto topic = take_string(bytes);
        if (!topic) return std::nullopt;
        topics.push_back(std::move(*topic));
    }
    return topics;
}

std::optional<std::map<std::string, std::vector<PartitionId>>> partitions_of_assignment(std::string_view bytes) {
    auto topics = take_topic_count(bytes, sizeof(std::int16_t) + sizeof(std::int32_t));
    if (!topics) return std::nullopt;
    std::map<std::string, std::vector<PartitionId>> result;
    for (; *topics > 0; --*topics) {
        const auto topic = take_string(bytes);
        if (!topic) return std::nullopt;
        auto partitions = take_count(bytes, sizeof(std::int32_t));
        if (!partitions) return std::nullopt;
        for (; *partitions > 0; --*partitions) result[*topic].emplace_back(*take_number<std::int32_t>(bytes));
    }
    return result;
}

}  // namespace highwater
