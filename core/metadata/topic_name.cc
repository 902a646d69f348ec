#include "core/metadata/topic_name.h"

#include <algorithm>

namespace highwater {

bool is_valid_topic_name(std::string_view name) {
    const auto is_legal = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    };
    return !name.empty() && name.size() <= kMaxTopicNameBytes && name != "." && name != ".." &&
           std::all_of(name.begin(), name.end(), is_legal);
}

std::string collision_name(std::string_view name) {
    std::string result{name};
    std::replace(result.begin(), result.end(), '.', '_');
    return result;
}

}  // namespace highwater
