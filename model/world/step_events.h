#pragma once

#include <cstdint>
#include <string>

#include "core/base/error_code.h"
#include "model/world/batch.h"
#include "model/world/fixed_vector.h"
#include "model/world/network.h"

namespace highwater::model {

/// A produce answer that left the node.
struct Answered {
    Request request;
    std::uint8_t error_plus_one = 0;
    std::uint8_t base_offset_plus_one = 0;  ///< 0: the answer has none
    bool duplicate = false;

    [[nodiscard]] ErrorCode error() const { return static_cast<ErrorCode>(error_plus_one - 1); }
};

/// A batch that the driver wrote because the machine said so.
struct Written {
    StoredBatch stored;
    /// Where the log ended before.
    std::uint8_t log_end_before = 0;
};

/// What a consumer was told that asked from where it stood.
struct FetchAnswered {
    bool happened = false;
    std::uint8_t error_plus_one = 0;
    std::uint8_t readable_end = 0;
    std::uint8_t high_watermark = 0;
    std::uint8_t log_start = 0;

    [[nodiscard]] ErrorCode error() const { return static_cast<ErrorCode>(error_plus_one - 1); }
};

/// What one step did that can be seen from outside the machine.
struct StepEvents {
    FixedVector<Answered, 24> answers;
    FixedVector<Written, 8> written;
    /// Batches that the machine asked the driver to write, and those that it told the driver to acknowledge: effects as
    /// they are given, before the driver carries them out.
    FixedVector<BatchId, 8> asked_to_write;
    FixedVector<BatchId, 24> told_to_acknowledge;
    FetchAnswered fetch;
    bool stopped = false;       ///< kill, power loss, or the process ended itself
    bool started = false;       ///< recovered, and leader
    bool write_failed = false;  ///< a write or a flush failed
    /// A batch whose producer was refused for good.
    FixedVector<BatchId, 4> refused;
    /// What the machine did that its contract with the driver forbids; empty when nothing.
    std::string contract_breach;
};

}  // namespace highwater::model
