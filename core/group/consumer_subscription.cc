#include "core/group/consumer_subscription.h"

#include <cstdint>

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

}  // namespace

std::optional<std::vector<std::string>> topics_of_subscription(std::string_view bytes) {
    const auto version = take_number<std::int16_t>(bytes);
    const auto count = take_number<std::int32_t>(bytes);
    // Every topic takes two bytes at least: a count beyond that is not believed.
    if (!version || *version < 0 || !count || *count < 0 || static_cast<std::size_t>(*count) > bytes.size() / 2) {
        return std::nullopt;
    }
    std::vector<std::string> topics;
    for (std::int32_t i = 0; i < *count; ++i) {
        const auto length = take_number<std::int16_t>(bytes);
        if (!length || *length < 0 || static_cast<std::size_t>(*length) > bytes.size()) return std::nullopt;
        topics.emplace_back(bytes.substr(0, static_cast<std::size_t>(*length)));
        bytes.remove_prefix(static_cast<std::size_t>(*length));
    }
    return topics;
}

}  // namespace highwater
