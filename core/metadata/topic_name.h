#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace highwater {

/// Longest topic name, in bytes (Kafka: so that "name-partition" with a suffix is a file name everywhere).
inline constexpr std::size_t kMaxTopicNameBytes = 249;

/// Whether a client may create a topic of that name: 1 to 249 of [a-zA-Z0-9._-], and not "." or ".." (Kafka's rule; it
/// also keeps names from being paths).
[[nodiscard]] bool is_valid_topic_name(std::string_view name);

/// The name with every '.' as '_': topics for which it is equal collide in metric names.
[[nodiscard]] std::string collision_name(std::string_view name);

}  // namespace highwater
