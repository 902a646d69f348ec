#pragma once

#include <optional>

#include "broker/storage/partition_log.h"
#include "core/log/replica_log.h"

namespace highwater::storage {

/// The machine's state of a log that was just opened: what the checkpoints and snapshots say, then every batch after
/// it. The high watermark is the checkpoint's, clamped to the log; nullopt when none is known.
/// Damage: the checkpoints contradict the log.
IoResult<ReplicaLog> load_replica_log(const PartitionLog& log, const OpenedState& state,
                                      std::optional<Offset> high_watermark, ProducerLimits limits, Time now);

}  // namespace highwater::storage
