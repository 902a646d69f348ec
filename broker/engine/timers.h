#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>

#include "core/base/time.h"

namespace highwater::engine {

/// What a timer is for.
struct TimerId {
    enum class Kind : std::uint8_t {
        partition,
        fetch,
        group_coordinator,
        transaction_coordinator,
        verification,
        task
    };
    Kind kind = Kind::task;
    /// partition: its number. fetch: its connection. A coordinator: its partition. verification: 0. task:
    /// which one.
    std::uint64_t first = 0;
    /// fetch: its sequence in the connection.
    std::uint64_t second = 0;

    friend auto operator<=>(const TimerId&, const TimerId&) = default;
};

/// Everything that waits for a time, earliest first; of equal times in the order of ids, so that runs repeat.
class Timers {
  public:
    void set(Time time, TimerId id) { due_.emplace(time, id); }
    void cancel(Time time, TimerId id) { due_.erase({time, id}); }
    [[nodiscard]] std::optional<Time> next() const {
        if (due_.empty()) return std::nullopt;
        return due_.begin()->first;
    }
    /// Removes and returns the earliest one that is due at `now`.
    std::optional<TimerId> take_due(Time now) {
        if (due_.empty() || due_.begin()->first > now) return std::nullopt;
        const TimerId id = due_.begin()->second;
        due_.erase(due_.begin());
        return id;
    }

  private:
    std::set<std::pair<Time, TimerId>> due_;
};

}  // namespace highwater::engine
