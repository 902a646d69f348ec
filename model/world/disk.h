#pragma once

#include <cstdint>

#include "core/base/result.h"
#include "core/log/replica_log.h"
#include "model/world/batch.h"
#include "model/world/fixed_vector.h"

namespace highwater::model {

/// One entry of the leader-epoch-checkpoint.
struct StoredEpoch {
    std::uint8_t epoch = 0;
    std::uint8_t start_offset = 0;

    friend bool operator==(const StoredEpoch&, const StoredEpoch&) = default;
};

/// What a broker has of a partition outside its process: the log as batch identities, of which a prefix is durable.
/// The checkpoints are durable when written. Between two flushes a power loss keeps any prefix.
struct Disk {
    FixedVector<StoredBatch, 14> log;
    /// So many batches survive a power loss.
    std::uint8_t durable_batches = 0;
    /// A flush failed: batches from here on never become durable, though a later flush may say so (fsyncgate).
    std::uint8_t lost_from = 0xff;
    std::uint8_t log_start = 0;
    FixedVector<StoredEpoch, 8> epochs;

    /// Where the next batch belongs.
    [[nodiscard]] std::uint8_t end_offset() const { return log.empty() ? log_start : log.back().end_offset(); }
    /// Everything below it survives a power loss.
    [[nodiscard]] std::uint8_t durable_end() const {
        return durable_batches == 0 ? log_start : log[durable_batches - 1U].end_offset();
    }
    /// A flush of everything below `end_offset` succeeded, as far as the kernel says.
    void flushed(std::uint8_t end_offset);
    void cut_to_batches(std::size_t count);

    friend bool operator==(const Disk&, const Disk&) = default;
};

/// The state of the log after a restart, by the path that the broker's recovery takes: checkpoint, each batch replayed,
/// what was found made durable, load finished. Error: what ReplicaLog::load refuses.
[[nodiscard]] Result<ReplicaLog> recover(const Disk& disk, Time now);

}  // namespace highwater::model
