#pragma once

#include "core/base/time.h"
#include "core/log/replica_log.h"
#include "core/partition/effect.h"
#include "core/partition/input.h"

namespace highwater {

/// When a record counts as held by a replica (design.md: durability is in the protocol).
/// fsync: when it survives a power loss. replicated: when it is in the replica's memory (Kafka's own rule).
enum class FlushMode : std::uint8_t { fsync, replicated };

// DRAFT of the interface that the core work refines; names stay:
//   class Replica {
//     public:
//       Replica(NodeId self, FlushMode mode, ReplicaLog log, Offset high_watermark, std::int32_t min_insync_replicas);
//       void step(Time now, const Input& input, Effects& effects);   // the one way in
//       const ReplicaLog& log() const; Offset high_watermark() const; Offset last_stable_offset() const; ...
//       std::uint64_t hash() const;
//   };

}  // namespace highwater
