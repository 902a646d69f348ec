#pragma once

#include <map>

#include "broker/client/cluster.h"
#include "core/base/offset.h"
#include "core/group/group_records.h"

namespace highwater::client {

/// ListOffsets' times that are no times.
inline constexpr std::int64_t kLatestTimestamp = -1;
inline constexpr std::int64_t kEarliestTimestamp = -2;

/// The offset of the first record at or after each timestamp (in ms; or one of the constants above), asked of the
/// leaders that `topics` names. nullopt: there is no such record. The error names the first partition that failed.
Result<std::map<TopicPartition, std::optional<Offset>>, std::string> list_offsets(
    Cluster& cluster, const std::vector<TopicInfo>& topics, const std::map<TopicPartition, std::int64_t>& timestamps);

}  // namespace highwater::client
