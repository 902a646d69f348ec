#pragma once

#include <array>
#include <cstdint>

#include "model/world/batch.h"
#include "model/world/disk.h"
#include "model/world/fixed_vector.h"
#include "model/world/step_events.h"

namespace highwater::model {

/// A batch that the consumer read, and where.
struct Read {
    BatchId id;
    std::uint8_t base_offset = 0;

    friend bool operator==(const Read&, const Read&) = default;
};

/// What has happened so far, as far as properties need it: part of the world, so two states with different pasts are
/// different where it matters.
struct History {
    /// Offset plus one at which a success answer put the batch, by BatchId::number(); 0: no success answer left.
    std::array<std::uint8_t, kMaxProducers * kMaxBatches> acknowledged{};
    /// What the consumer has read, in order; it reads whatever it may as soon as it may.
    FixedVector<Read, kMaxProducers * kMaxBatches> delivered;
    /// Where the consumer stands: after the last record that it read, or at the log start if that overtook it.
    std::uint8_t delivered_end = 0;
    /// The highest watermark a consumer was told.
    std::uint8_t high_watermark = 0;
    /// A write or a flush failed in this life of the broker.
    bool write_failed = false;

    void add(const StepEvents& events, const Disk& disk);
    friend bool operator==(const History&, const History&) = default;
};

}  // namespace highwater::model
