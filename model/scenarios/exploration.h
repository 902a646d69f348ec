#pragma once

#include <optional>
#include <utility>

#include "model/explore/exhaustive.h"
#include "model/explore/pct.h"
#include "model/explore/random.h"
#include "model/explore/swarm.h"
#include "model/scenarios/check.h"
#include "model/trace/minimise.h"

namespace highwater::model {

/// How short a counterexample is wanted: that of a breadth-first search is as short as can be.
[[nodiscard]] inline Length length_of(const CheckOptions& options) {
    return options.explorer == Explorer::exhaustive ? Length::fewest_actions : Length::any;
}

template <class Scope>
Exploration<ActionIn<Scope>> explore(const Scope& scope, const CheckOptions& options) {
    const typename Scope::World world(scope);
    const RandomOptions walks{
        .seed = options.seed, .steps = options.steps, .name = name_of(options.explorer), .progress = options.progress};
    if (options.explorer == Explorer::random) return explore_randomly(world, walks);
    if (options.explorer == Explorer::pct) return explore_by_priorities(world, walks);
    if (options.explorer == Explorer::swarm) return explore_as_a_swarm(world, walks);
    return explore_exhaustively(world, {.threads = options.threads,
                                        .max_states = options.max_states,
                                        .max_depth = 0,
                                        .symmetry = options.reductions,
                                        .frontier = {.directory = options.frontier_directory},
                                        .checkpoint = {.directory = options.checkpoint_directory,
                                                       .every_states = options.checkpoint_states,
                                                       .identity = options.identity},
                                        .name = "exhaustive",
                                        .progress = options.progress});
}

/// The scope, where nothing but this property is judged. What has no bit of its own is judged anyway.
template <class Scope>
Scope judging_only(Scope scope, std::string_view property) {
    if (const auto bit = property_bit(scope, property)) silenced_properties(scope) = ~*bit;
    return scope;
}

template <class Scope>
Counterexample<ActionIn<Scope>> minimise(const Scope& scope, Counterexample<ActionIn<Scope>> found, Length length) {
    if (length == Length::any) found = leave_out(typename Scope::World(scope), std::move(found));
    return NarrowSearch(scope, std::move(found), judging_only<Scope>).run(length);
}

}  // namespace highwater::model
