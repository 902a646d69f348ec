#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/offset.h"
#include "core/partition/flush_mode.h"
#include "core/partition/roles.h"

namespace highwater {

class ReplicaLog;

/// How far the leader itself holds its log (exclusive): durably in fsync mode, readably in replicated mode. This and no
/// other end of the leader counts for acks and for the high watermark.
[[nodiscard]] Offset held_offset(FlushMode mode, const ReplicaLog& log);

/// min.insync.replicas, but not more than there are replicas (KIP-966). At least 1.
[[nodiscard]] std::int32_t effective_min_insync(std::int32_t min_insync_replicas, std::size_t replica_count);

/// Whether the in-sync replicas are enough to take acks=all and to raise the high watermark (KIP-966).
[[nodiscard]] bool has_enough_in_sync(const NodeIds& isr, const NodeIds& replicas, std::int32_t min_insync_replicas);

/// The smallest end among `members`: the leader's own `held`, and what the followers said in this epoch. A member that
/// has not fetched in this epoch holds it back. nullopt when such a one exists.
[[nodiscard]] std::optional<Offset> smallest_end(NodeId leader, Offset held, const NodeIds& members,
                                                 std::span<const FollowerProgress> followers);

}  // namespace highwater
