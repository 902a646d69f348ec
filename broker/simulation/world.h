#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "broker/engine/moment.h"
#include "broker/simulation/scenario.h"
#include "core/base/hash.h"

namespace highwater::simulation {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// What all parts of a run share: virtual time, what is to happen when, chance, and what was seen.
class World {
  public:
    using Act = std::function<void()>;

    explicit World(const Scenario& scenario);

    [[nodiscard]] const Scenario& scenario() const { return scenario_; }
    [[nodiscard]] engine::Moment now() const { return now_; }
    [[nodiscard]] Outcome& outcome() { return outcome_; }

    void at(Time time, Act act);
    void in(Duration from_now, Act act) { at(now_.time + from_now, std::move(act)); }
    /// Carries out the next event if it is due by `end`. Events of one time happen in the order in which they were
    /// asked for.
    bool step(Time end);

    /// In [0, most].
    std::uint64_t up_to(std::uint64_t most) { return random_() % (most + 1); }
    microseconds delay(microseconds least, microseconds most);

    void violated(std::string_view property, std::string facts);
    /// Into the chain of the event log.
    void note(std::uint64_t what) { chain_.add(what); }
    void note(std::string_view what) { chain_.add(what); }
    void note_frame(std::uint64_t connection, std::span<const std::byte> frame);
    [[nodiscard]] std::uint64_t event_log() const { return chain_.value(); }

    /// One line per thing that happened, with HIGHWATER_SIMULATION_TRACE in the environment: how a failure is read.
    template <class... Args>
    void trace(fmt::format_string<Args...> what, Args&&... args) {
        if (traced_) print(fmt::format(what, std::forward<Args>(args)...));
    }
    [[nodiscard]] bool is_traced() const { return traced_; }

  private:
    struct Event {
        Time time;
        std::uint64_t number = 0;
        Act act;
    };
    static bool is_later(const Event& a, const Event& b) {
        return std::pair(a.time, a.number) > std::pair(b.time, b.number);
    }
    void print(const std::string& line) const;

    const Scenario scenario_;
    const bool traced_;
    std::mt19937_64 random_;
    engine::Moment now_{Time{1}, Timestamp{1'700'000'000'000}};
    std::vector<Event> events_;  // a heap: the earliest is on top
    std::uint64_t next_event_ = 0;
    Hasher chain_;
    Outcome outcome_;
};

}  // namespace highwater::simulation
