#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/group/group_topics.h"

namespace highwater::engine {

/// Whether it is a regular expression that members of consumer groups may subscribe with (RE2 syntax, KIP-848).
[[nodiscard]] bool is_topic_regex(std::string_view expression);

/// Those of `texts` that the expression matches as a whole; none when it is not one.
[[nodiscard]] std::set<std::string> matching_texts(std::string_view expression, const std::set<std::string>& texts);

/// Of each expression, the topics whose whole names it matches. Internal topics are nobody's. Takes time in the length
/// of the names, whatever the expression. An expression that is none matches nothing.
[[nodiscard]] std::map<std::string, std::set<std::string>> matching_topics(const std::set<std::string>& expressions,
                                                                           const GroupTopics& topics);

}  // namespace highwater::engine
