#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/explore/progress.h"
#include "model/explore/system.h"
#include "model/trace/minimise.h"

namespace highwater::model {

enum class Explorer : std::uint8_t { exhaustive, random, pct, swarm, liveness };
[[nodiscard]] std::string_view name_of(Explorer explorer);
/// Of those that walk at random.
[[nodiscard]] constexpr bool walks(Explorer explorer) {
    return explorer == Explorer::random || explorer == Explorer::pct || explorer == Explorer::swarm;
}

/// How a scope is explored. Together with the scope it decides everything but the seconds; `threads` decides nothing
/// but the seconds.
struct CheckOptions {
    Explorer explorer = Explorer::exhaustive;
    unsigned threads = 1;
    /// Stop when more than this many states were found; 0: no limit.
    std::uint64_t max_states = 0;
    /// Of the explorers that walk at random.
    std::uint64_t seed = 1;
    std::uint64_t steps = 1'000'000;
    /// Leave out what a world says need not be visited: mirror images, fetches that tell nobody anything new. Without,
    /// there are more states, and the verdict must be the same.
    bool reductions = true;
    ProgressStyle progress = ProgressStyle::silent;
    /// Exhaustive: where the states that wait go when they are many; empty: where temporary files are.
    std::string frontier_directory{};
    /// Exhaustive: where checkpoints are written and gone on from; empty: none are. Each after so many new states.
    std::string checkpoint_directory{};
    std::uint64_t checkpoint_states = 20'000'000;
    /// What is explored, for the checkpoint; with the program that explores, since another one may explore it
    /// otherwise.
    std::string identity{};
};

/// The numbered story of a run, in Kafka's words: each action and what came of it, the violation at the end (or that
/// there is none), and the state there.
struct Told {
    std::string text;
    /// Name of the property that does not hold at the end; empty when all do.
    std::string property;
    /// An action of the list was not possible: the story ends before it.
    bool impossible = false;
};

/// Scope::World says which world the scope bounds.
template <class Scope>
using ActionIn = typename Scope::World::Action;

// Of both worlds; instantiated in partition_checker.cc and cluster_checker.cc.

/// Explores the scope with all properties. The counterexample, if there is one, is as it was found.
template <class Scope>
Exploration<ActionIn<Scope>> explore(const Scope& scope, const CheckOptions& options);

/// The same violation in as few actions, and then as few disturbances, as bounded searches find.
template <class Scope>
Counterexample<ActionIn<Scope>> minimise(const Scope& scope, Counterexample<ActionIn<Scope>> found,
                                         Length length = Length::any);

template <class Scope>
Told tell_story(const Scope& scope, std::span<const ActionIn<Scope>> actions);
template <class Scope>
Told tell_story(const Scope& scope, const std::vector<ActionIn<Scope>>& actions) {
    return tell_story(scope, std::span<const ActionIn<Scope>>(actions));
}

/// How many actions of the list disturb.
template <class Action>
std::size_t disturbances(const std::vector<Action>& actions) {
    std::size_t number = 0;
    for (const Action action : actions) number += disturbs(action) ? 1 : 0;
    return number;
}

}  // namespace highwater::model
