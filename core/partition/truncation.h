#pragma once

#include "core/base/offset.h"
#include "core/log/replica_log.h"
#include "core/partition/input.h"

namespace highwater {

/// Where a follower cuts its log when the leader says that the logs diverge (KIP-101, KIP-279): to where both agree for
/// sure. If it knows the leader's epoch, to the smaller of the two ends of that epoch; if not, to its own end of the
/// next lower epoch, from which the next fetch asks again; without any history, to the high watermark. Never above the
/// log end nor below the log start.
[[nodiscard]] Offset truncation_offset(const ReplicaLog& log, const LeaderAnswered::Diverging& leader);

}  // namespace highwater
