#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/explore/progress.h"
#include "model/explore/system.h"
#include "model/scenarios/scenario.h"
#include "model/trace/trace.h"
#include "model/world/action.h"

namespace highwater::model {

enum class Explorer : std::uint8_t { exhaustive, random };

/// How a scenario is explored. Together with the scope it decides everything but the seconds; `threads` decides nothing
/// but the seconds.
struct CheckOptions {
    Explorer explorer = Explorer::exhaustive;
    unsigned threads = 1;
    std::uint64_t max_states = 0;
    std::uint64_t seed = 1;
    std::uint64_t steps = 1'000'000;
    ProgressStyle progress = ProgressStyle::silent;
};

/// Explores the scope with all properties. The counterexample, if there is one, is as it was found.
Exploration<Action> explore(const Scope& scope, const CheckOptions& options);

/// The same violation in as few actions, and then as few disturbances, as a bounded search finds.
Counterexample<Action> minimise(const Scope& scope, Counterexample<Action> found);

/// How many actions of the list disturb.
std::size_t disturbances(const std::vector<Action>& actions);

}  // namespace highwater::model
