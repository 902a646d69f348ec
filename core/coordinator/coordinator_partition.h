#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/ids.h"

namespace highwater {

/// The hash of a text that every client and tool of Kafka computes (Java's String.hashCode): over the UTF-16 code units
/// of `utf8`. A byte that is no UTF-8 counts as U+FFFD.
[[nodiscard]] std::int32_t java_hash(std::string_view utf8);

/// The partition of a coordinator's topic (`__consumer_offsets`, `__transaction_state`), of `partitions` (1 or more),
/// whose leader coordinates `key`, a group's id or a transactional id (`GroupCoordinator.partitionFor`,
/// `TransactionStateManager.partitionFor`).
[[nodiscard]] PartitionId coordinator_partition(std::string_view key, std::int32_t partitions);

}  // namespace highwater
