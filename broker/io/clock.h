#pragma once

#include "broker/engine/engine.h"
#include "core/base/time.h"

namespace highwater::io {

/// The system's wall clock, in milliseconds since 1970.
Timestamp wall_clock();

/// The system's monotonic clock.
Time monotonic_clock();

/// From the kernel.
engine::RandomSeed random_seed();

}  // namespace highwater::io
