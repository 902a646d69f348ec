#pragma once

#include <optional>

#include "core/base/describe.h"
#include "core/base/epochs.h"
#include "core/base/error_code.h"
#include "core/base/offset.h"
#include "core/base/ring.h"
#include "core/base/time.h"
#include "core/log/replica_log.h"
#include "core/partition/effect.h"
#include "core/partition/flush_mode.h"
#include "core/partition/token.h"

namespace highwater {

/// A produce that is in the log and waits to be durable or replicated enough to be answered.
struct PendingProduce {
    ProduceToken token;
    /// Epoch of the batch in the log. The batch is named by (epoch, offset): after a truncation another batch may stand
    /// at the same offset, and its fate says nothing about this one.
    LeaderEpoch epoch;
    Offset base_offset;
    Offset end_offset;  ///< exclusive
    Time deadline;
    bool duplicate = false;

    static constexpr void describe(auto&& field) {
        field("token", &PendingProduce::token);
        field("epoch", &PendingProduce::epoch);
        field("base_offset", &PendingProduce::base_offset);
        field("end_offset", &PendingProduce::end_offset);
        field("deadline", &PendingProduce::deadline);
        field("duplicate", &PendingProduce::duplicate);
    }
};

/// acks=1: once the leader itself holds the batch, which in fsync mode means durably. `held` is exclusive.
[[nodiscard]] constexpr bool is_held_by_leader(const PendingProduce& produce, Offset held) {
    return held >= produce.end_offset;
}

/// acks=all: once the high watermark has passed the batch.
[[nodiscard]] constexpr bool is_committed(const PendingProduce& produce, Offset high_watermark) {
    return high_watermark >= produce.end_offset;
}

/// Whether the log still has this very batch: at that offset, of that epoch.
[[nodiscard]] bool is_still_in_log(const PendingProduce& produce, const ReplicaLog& log);

/// The answer of a produce that waited long enough: success, unless the batch is gone.
[[nodiscard]] ReplyProduce answer(const PendingProduce& produce, ErrorCode error, const ReplicaLog& log);

/// The produces that wait, those for the leader apart from those for the high watermark; each in offset order, so that
/// progress answers from the front.
struct PendingProduces {
    Ring<PendingProduce, 2> for_leader;
    Ring<PendingProduce, 2> for_high_watermark;

    [[nodiscard]] bool empty() const { return for_leader.empty() && for_high_watermark.empty(); }
    /// The earliest deadline of all; nullopt when none waits.
    [[nodiscard]] std::optional<Time> earliest_deadline() const;

    static constexpr void describe(auto&& field) {
        field("for_leader", &PendingProduces::for_leader);
        field("for_high_watermark", &PendingProduces::for_high_watermark);
    }
};

/// Adds at its place in offset order: a retry may wait for a batch before others that wait.
void add_in_order(Ring<PendingProduce, 2>& ring, const PendingProduce& produce);

}  // namespace highwater
