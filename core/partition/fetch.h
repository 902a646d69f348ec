#pragma once

#include <optional>

#include "core/base/epochs.h"
#include "core/base/error_code.h"
#include "core/base/offset.h"
#include "core/log/replica_log.h"
#include "core/partition/effect.h"
#include "core/partition/input.h"

namespace highwater {

/// Whether a fetch position lies in the log: [log start, log end], both inclusive. At the end there is nothing yet.
[[nodiscard]] bool is_in_range(const ReplicaLog& log, Offset fetch_offset);

/// Where the fetcher's log leaves this one, when it does (KIP-595): the fetcher's last epoch ended here before the
/// fetcher's position, or is not known here at all but an earlier one is. nullopt: no divergence is seen.
/// Requires: `last_fetched_epoch` is not above the latest epoch of the log.
[[nodiscard]] std::optional<ReplyFetch::Diverging> find_divergence(const ReplicaLog& log, Offset fetch_offset,
                                                                   LeaderEpoch last_fetched_epoch);

/// Where a fetch stands against the leader's log: the error to answer with, or the divergence, or neither.
/// OFFSET_OUT_OF_RANGE below the log start comes first; then an epoch above all known ones, and a position above the
/// log end, are OFFSET_OUT_OF_RANGE too.
struct FetchPosition {
    ErrorCode error = ErrorCode::none;
    std::optional<ReplyFetch::Diverging> diverging;
};
[[nodiscard]] FetchPosition check_position(const ReplicaLog& log, Offset fetch_offset,
                                           std::optional<LeaderEpoch> last_fetched_epoch);

/// The exclusive end of what a consumer may read: the high watermark, or the last stable offset (KIP-98).
[[nodiscard]] Offset readable_end(const ReplicaLog& log, IsolationLevel isolation);

/// Whether a consumer's fetch has nothing to wait for: it does not wait at all, or there is more to read than it wants.
[[nodiscard]] bool is_worth_answering(const FetchReceived& fetch, const ReplicaLog& log);

/// The answer with this log's offsets of the moment.
[[nodiscard]] ReplyFetch reply_fetch(FetchToken token, const ReplicaLog& log, Offset readable_end);

/// The answer that says only why it is none.
[[nodiscard]] ReplyFetch refuse_fetch(const FetchReceived& fetch, ErrorCode error, const ReplicaLog& log);

/// Where a consumer's position stands against the log of a follower (KIP-392). As check_position(), but above the high
/// watermark this log may itself be the one that is short or diverges: what would be told from there is
/// OFFSET_OUT_OF_RANGE, which sends a consumer back to the leader.
[[nodiscard]] FetchPosition check_position_at_follower(const ReplicaLog& log, Offset fetch_offset,
                                                       std::optional<LeaderEpoch> last_fetched_epoch);

/// The answer to a consumer's fetch at `position`, which may be answered here; nullopt while it has to wait.
[[nodiscard]] std::optional<ReplyFetch> answer_fetch(const FetchReceived& fetch, const ReplicaLog& log,
                                                     const FetchPosition& position);

}  // namespace highwater
