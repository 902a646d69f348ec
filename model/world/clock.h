#pragma once

#include <cstdint>
#include <optional>

#include "core/base/time.h"

namespace highwater::model {

/// A broker's clock, coarse: it stands still until a deadline is allowed to come, then it stands at that deadline. All
/// that is within one tick of a request is "in time"; which deadlines come is the explorer's choice.
struct Clock {
    std::uint8_t tick = 0;
    /// The tick of the timer that the machine asked for; 0 when none is set (nothing is due at tick 0).
    std::uint8_t timer = 0;

    [[nodiscard]] Time now() const { return at(tick); }
    /// One tick from now: the deadline of what arrives now.
    [[nodiscard]] Time next_deadline() const { return at(static_cast<std::uint8_t>(tick + 1)); }
    void set_timer(Time time) { timer = static_cast<std::uint8_t>((time.value() + kTick.count() - 1) / kTick.count()); }
    /// The timer's time has come. Requires: timer != 0.
    void reach_timer() {
        if (timer > tick) tick = timer;
        timer = 0;
    }

    friend bool operator==(const Clock&, const Clock&) = default;

  private:
    static constexpr Duration kTick = std::chrono::seconds{1};
    static Time at(std::uint8_t t) { return Time{} + t * kTick; }
};

}  // namespace highwater::model
