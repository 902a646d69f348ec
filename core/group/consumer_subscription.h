#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"

// What members of a classic group of protocol type "consumer" say and are told (`ConsumerProtocolSubscription`,
// `ConsumerProtocolAssignment`), as far as a coordinator has to know: it turns them into members of a consumer group
// and back.

namespace highwater {

/// The protocol type whose member metadata the coordinator can read.
inline constexpr std::string_view kConsumerProtocolType = "consumer";

/// By topic name; each list ascending.
using PartitionsByName = std::map<std::string, std::vector<PartitionId>>;

struct ConsumerSubscription {
    /// The client understands assignments of this version.
    std::int16_t version = 0;
    std::vector<std::string> topics;
    /// From version 1: what it has.
    PartitionsByName owned;
    /// From version 3.
    std::optional<std::string> rack_id;
};

/// nullopt: it cannot be read. Later versions are read as version 3.
[[nodiscard]] std::optional<ConsumerSubscription> read_subscription(std::string_view bytes);

/// The topics in the subscription of a consumer. nullopt: it cannot be read.
[[nodiscard]] std::optional<std::vector<std::string>> topics_of_subscription(std::string_view bytes);

/// The partitions of an assignment. nullopt: it cannot be read.
[[nodiscard]] std::optional<PartitionsByName> partitions_of_assignment(std::string_view bytes);

/// The bytes of an assignment without user data.
[[nodiscard]] std::string write_assignment(std::int16_t version, const PartitionsByName& partitions);

}  // namespace highwater
