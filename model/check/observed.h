#pragma once

#include <array>
#include <cstdint>

#include "model/world/disk.h"
#include "model/world/history.h"
#include "model/world/scope.h"
#include "model/world/step_events.h"

namespace highwater::model {

/// What a property judges after a step: what the step showed, what was known before, and what is on the disk.
struct Observed {
    const Scope& scope;
    const StepEvents& events;
    /// Without the events of this step.
    const History& before;
    const Disk& disk;
    bool broker_is_up = false;
    /// By BatchId::number(): how many copies the log holds, and the offset plus one of the first.
    std::array<std::uint8_t, kMaxProducers * kMaxBatches> copies{};
    std::array<std::uint8_t, kMaxProducers * kMaxBatches> position{};

    Observed(const Scope& scope, const StepEvents& events, const History& before, const Disk& disk, bool broker_is_up);
};

}  // namespace highwater::model
