#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/cluster/action.h"
#include "model/explore/system.h"
#include "model/scenarios/check.h"
#include "model/scenarios/cluster_scenario.h"

namespace highwater::model::cluster {

/// The numbered story of a run, and the state at its end.
struct Told {
    std::string text;
    /// Name of the property that does not hold at the end; empty when all do.
    std::string property;
};
Told tell_story(const Scope& scope, std::span<const Action> actions);

/// Explores the scope with all properties.
Exploration<Action> explore(const Scope& scope, const CheckOptions& options);
/// The same violation without the actions that can be left out.
Counterexample<Action> minimise(const Scope& scope, Counterexample<Action> found);

enum class Verdict { holds, violated, usage };

/// Explores a scenario, prints what came of it, compares it with what is pinned, and saves a counterexample (under a
/// name of its own when `trace_file` is empty).
Verdict check(const Scenario& scenario, std::string_view size, const CheckOptions& options,
              const std::string& trace_file, const std::string& program);
/// Whether this is a trace of a cluster.
bool is_trace(const std::string& file);
Verdict replay_file(const std::string& file);
/// Prints the scenarios; prints the properties.
void list_scenarios();
void list_properties();
/// What a mutant's program does: finds its own bug where its file says, by the property that its file names.
Verdict hunt(const Scenario& scenario, const CheckOptions& options, bool board, bool expect_survival,
             const std::vector<std::string>& without, const std::vector<std::string>& silenced);

}  // namespace highwater::model::cluster
