#pragma once

#include <optional>

#include "core/base/time.h"

namespace highwater::storage {

/// Guards retention by time against a wall clock that jumps (storage-faults S18): a clock that ran ahead by ten years
/// must not delete the log. The monotonic clock tells how much time really passed.
class RetentionClock {
  public:
    /// The wall time to use in a retention check made now. nullopt: hold, and say so in the log. It holds when the wall
    /// clock moved more than a day further than the monotonic one since the last check that did not hold.
    std::optional<Timestamp> admit(Time monotonic, Timestamp wall);

    /// A person says that the present wall clock is right.
    void trust(Time monotonic, Timestamp wall);

  private:
    struct Reading {
        Time monotonic;
        Timestamp wall;
    };
    std::optional<Reading> last_;
};

}  // namespace highwater::storage
