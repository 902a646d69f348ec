#pragma once

#include <optional>

#include "core/base/offset.h"
#include "core/base/time.h"
#include "core/partition/input.h"
#include "core/partition/roles.h"

namespace highwater {

/// Whether `node` is one of `nodes`.
[[nodiscard]] bool contains(const NodeIds& nodes, NodeId node);

/// The committed ISR with what was proposed: every ISR that the controller may have committed is inside (KIP-497).
[[nodiscard]] NodeIds widest_isr(const NodeIds& committed, const std::optional<ProposedIsr>& proposal);

/// Takes over what a fetch says: the follower's log ends at `end_offset` while this leader has written up to
/// `leader_end`. It had everything at `now` if it is there, and at its last fetch if it has come past what was written
/// then, so a follower that is always one fetch behind a busy leader counts as caught up.
void note_fetch(FollowerProgress& follower, Offset end_offset, Offset leader_end, Time now);

/// The moment from which a follower counts as lagging: `lag_time_max` after it last had everything, exclusive. nullopt:
/// it has everything.
[[nodiscard]] std::optional<Time> lags_from(const FollowerProgress& follower, Offset leader_end, Duration lag_time_max);

/// Whether the follower has everything up to `leader_end`, or had not longer ago than `lag_time_max` (inclusive).
[[nodiscard]] bool is_caught_up(const FollowerProgress& follower, Offset leader_end, Time now, Duration lag_time_max);

/// Whether the follower's log is good enough to be in sync: it has everything committed (its end is at the high
/// watermark or above), and has passed the start of this leader's epoch (KAFKA-7128: the high watermark of a new leader
/// lags).
[[nodiscard]] bool has_everything_committed(const FollowerProgress& follower, Offset high_watermark,
                                            Offset epoch_start_offset);

/// Whether the broker may be in an ISR: active, and the same incarnation as the one that fetched (KIP-841, KIP-903).
/// A follower that does not say which one it is passes.
[[nodiscard]] bool is_eligible(const FollowerProgress& follower, const SmallVector<ReplicaBroker, 3>& brokers);

}  // namespace highwater
