#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"

namespace highwater {

/// The protocol type whose member metadata the coordinator can read.
inline constexpr std::string_view kConsumerProtocolType = "consumer";

/// The topics in the subscription of a consumer (`ConsumerProtocolSubscription`: int16 version, then an array of
/// strings, both big endian; what follows is not looked at). nullopt: it cannot be read.
[[nodiscard]] std::optional<std::vector<std::string>> topics_of_subscription(std::string_view bytes);

/// What a consumer has, by topic (`ConsumerProtocolAssignment`: int16 version, then an array of a string and an array of
/// int32; what follows is not looked at). nullopt: it cannot be read.
[[nodiscard]] std::optional<std::map<std::string, std::vector<PartitionId>>> partitions_of_assignment(
    std::string_view bytes);

}  // namespace highwater
