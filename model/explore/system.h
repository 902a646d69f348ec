#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace highwater::model {

/// A property that does not hold, and the two facts that contradict each other.
struct Violation {
    /// Name of the property, as `highwater-model list` prints it.
    std::string_view property;
    std::string facts;
};

/// How often each thing of interest occurred. A scope names the counters that must not stay zero: a check that never
/// saw its case is no check. The meaning of a counter's index is the system's.
struct Coverage {
    std::array<std::uint64_t, 64> counts{};

    void add(const Coverage& other) {
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
    }
    friend bool operator==(const Coverage&, const Coverage&) = default;
};

/// Counts one occurrence of a thing of interest; `Occurrence` is the system's enum of them.
template <class Occurrence>
    requires std::is_enum_v<Occurrence>
void count(Coverage& coverage, Occurrence occurrence) {
    ++coverage.counts[static_cast<std::size_t>(occurrence)];
}

/// What the explorers explore: states are values, actions small values, and everything is a function of its arguments.
/// A system object is only read during exploration, by several threads at once.
template <class S>
concept System = std::copyable<typename S::State> && std::is_trivially_copyable_v<typename S::Action> &&
                 std::equality_comparable<typename S::Action> &&
                 requires(const S system, const typename S::State state, typename S::State next,
                          typename S::Action action, std::vector<typename S::Action> actions, Coverage coverage) {
                     { system.initial() } -> std::same_as<typename S::State>;
                     // Appends the actions that are possible in `state`, always in the same order. When nothing is left
                     // to do but to disturb, `state` is at rest: what must hold then is judged here.
                     { system.enabled(state, actions, coverage) } -> std::same_as<std::optional<Violation>>;
                     // Carries out an enabled action and judges what must hold after every step.
                     { system.apply(next, action, coverage) } -> std::same_as<std::optional<Violation>>;
                     // Equal states have equal fingerprints; so have states that differ in a way the system calls
                     // irrelevant.
                     { system.fingerprint(state) } -> std::same_as<std::uint64_t>;
                     // Whether the action disturbs (a fault, from a budget), as opposed to letting something proceed.
                     { system.disturbs(action) } -> std::same_as<bool>;
                 };

/// A system that remembers what it computed before.
template <class S>
concept RemembersSteps = System<S> && requires(const S system) {
    { system.memory_bytes() } -> std::same_as<std::uint64_t>;
};

/// A way from the initial state to a violation.
template <class Action>
struct Counterexample {
    std::vector<Action> actions;
    Violation violation;
};

/// What an exhaustive exploration held at its largest, in bytes.
struct MemoryUse {
    /// The set of fingerprints,
    std::uint64_t visited = 0;
    /// the way back from each state,
    std::uint64_t discoveries = 0;
    /// the states that wait to be expanded, without what they own on the heap, and as far as they are not in a file,
    std::uint64_t frontier = 0;
    /// and what the system itself remembers.
    std::uint64_t system = 0;
    /// Not memory: the states that wait in a file.
    std::uint64_t frontier_file = 0;

    [[nodiscard]] std::uint64_t total() const { return visited + discoveries + frontier + system; }
};

/// Expected number of pairs among so many states that share a 64-bit fingerprint by chance: n^2 / 2^65.
[[nodiscard]] constexpr double expected_collisions(std::uint64_t states) {
    const auto n = static_cast<double>(states);
    return n * n / 36893488147419103232.0;
}

/// What an exploration did. Two runs with the same arguments agree in everything but the seconds.
template <class Action>
struct Exploration {
    /// Distinct states (exhaustive), or states passed (random).
    std::uint64_t states = 0;
    /// Exhaustive: how many they are when renamed states of a symmetric system count as different. Equal to `states`
    /// without reduction.
    std::uint64_t unreduced_states = 0;
    /// Steps taken: actions carried out, also into states that were known.
    std::uint64_t steps = 0;
    /// Length of the longest shortest way (exhaustive) or of the longest walk (random), in actions.
    std::uint32_t depth = 0;
    /// Whether all that can be reached was visited: neither a violation nor a limit ended the run.
    bool complete = false;
    /// Why it could not go on: a file that cannot be written, a checkpoint that does not fit. Empty: it could.
    std::string failure;
    /// So many of the states were found by another process, which left a checkpoint.
    std::uint64_t known_states = 0;
    /// Random: a hash chain of every choice that was made, among how many, and of the states in which walks ended. Equal
    /// on every compiler and in every build (R1).
    std::uint64_t event_log = 0;
    double seconds = 0;
    /// Of all threads: the measure on a machine that does other things too.
    double cpu_seconds = 0;
    MemoryUse memory;
    Coverage coverage;
    std::optional<Counterexample<Action>> counterexample;

    [[nodiscard]] double expected_collisions() const { return model::expected_collisions(states); }
};

}  // namespace highwater::model
