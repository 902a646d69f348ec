#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "model/explore/system.h"
#include "model/scenarios/check.h"
#include "model/scenarios/scope_size.h"

namespace highwater::model {

/// "  record acknowledged: 8112" for each thing that occurred.
template <class Occurrence>
void print_occurrences(const Coverage& coverage, std::size_t number) {
    for (std::size_t i = 0; i < number; ++i) {
        if (coverage.counts[i] > 0) fmt::print("  {}: {}\n", name_of(static_cast<Occurrence>(i)), coverage.counts[i]);
    }
}

/// What repeats a run that is not exhaustive, as a line; nothing for one that is.
[[nodiscard]] inline std::string explorer_text(const CheckOptions& options) {
    if (!walks(options.explorer)) return {};
    return fmt::format("{}, seed {}, {} steps\n", name_of(options.explorer), options.seed, options.steps);
}

/// The same as print_exploration() in one line.
template <class Action>
void print_briefly(std::string_view name, ScopeSize size, const Exploration<Action>& run) {
    const double seconds = run.cpu_seconds > 0 ? run.cpu_seconds : 1;
    fmt::print("{} {}: {} states, depth {}, {:.1f} s, {:.0f} states/s of processor time, {:.1f} bytes a state{}\n",
               name, name_of(size), run.states, run.depth, run.seconds, static_cast<double>(run.states) / seconds,
               static_cast<double>(run.memory.total()) / static_cast<double>(run.states),
               run.counterexample
                   ? fmt::format("; {} is violated in {} actions", run.counterexample->violation.property,
                                 run.counterexample->actions.size())
                   : std::string{});
    std::fflush(stdout);
}

/// How large the space was, how fast it was explored, and what that took.
template <class Action>
void print_exploration(const Exploration<Action>& run, const CheckOptions& options) {
    const auto per_second = [&run](std::uint64_t count) {
        return run.cpu_seconds > 0 ? static_cast<double>(count) / run.cpu_seconds : 0.0;
    };
    const auto time = fmt::format("{:.2f} s ({:.2f} s of processor time: {:.0f} states/s, {:.0f} steps/s)", run.seconds,
                                  run.cpu_seconds, per_second(run.states), per_second(run.steps));
    if (options.explorer != Explorer::exhaustive) {
        fmt::print("{} steps, longest walk {}, {}\n", run.steps, run.depth, time);
        return;
    }
    if (run.known_states > 0) fmt::print("went on from a checkpoint of {} states\n", run.known_states);
    fmt::print("{} states, depth {}, {} steps, {}\n", run.states, run.depth, run.steps, time);
    if (run.unreduced_states != run.states) fmt::print("{} states without symmetry\n", run.unreduced_states);
    const auto a_state = [&run](std::uint64_t bytes) {
        return static_cast<double>(bytes) / static_cast<double>(run.states);
    };
    fmt::print(
        "{:.1f} bytes of memory a state ({:.1f} visited set, {:.1f} way back, {:.1f} frontier, {:.1f} steps that are "
        "remembered); {} MiB of frontier in a file; expected pairs of states with one fingerprint: {:.1e}\n",
        a_state(run.memory.total()), a_state(run.memory.visited), a_state(run.memory.discoveries),
        a_state(run.memory.frontier), a_state(run.memory.system), run.memory.frontier_file >> 20,
        run.expected_collisions());
}

}  // namespace highwater::model
