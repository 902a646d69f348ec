#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/group/consumer_group.h"

namespace highwater {

/// Whether there is a server assignor of this name (`uniform`, `range`).
[[nodiscard]] bool is_assignor(std::string_view name);

/// The assignor that most members prefer; of equally many the first name. `fallback` when nobody prefers one.
[[nodiscard]] std::string assignor_of(const ConsumerGroup& group, const std::string& fallback);

/// What each member shall have, by the group's assignor: of the topics that there are, what members subscribe to.
[[nodiscard]] GroupAssignment target_for(const ConsumerGroup& group, const GroupTopics& topics,
                                         const std::string& fallback);

}  // namespace highwater
