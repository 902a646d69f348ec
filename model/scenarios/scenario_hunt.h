#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "model/mutants/mutant.h"
#include "model/scenarios/board.h"
#include "model/scenarios/exploration.h"
#include "model/scenarios/scope_options.h"
#include "model/scenarios/told_run.h"

namespace highwater::model {

/// The hunt for the mutant that this program was built with, in one scope of a scenario.
template <class Scope>
class ScenarioHunt {
  public:
    using Action = ActionIn<Scope>;

    ScenarioHunt(std::string_view scenario, ScopeSize size, Scope scope)
        : name_(scenario), size_(size), scope_(std::move(scope)) {}

    [[nodiscard]] Verdict run(const HuntOptions& options) const {
        const CoreVariant& mutant = core_variant();
        Scope scope = scope_;
        if (!weaken(scope, options)) return Verdict::usage;
        if (mutant.explorer == "liveness") return hunt_lasso(scope, options);
        const auto run = explore(scope, options.check);
        if (options.minimised && run.counterexample) return judge_minimiser(scope, *run.counterexample);
        if (!run.counterexample) {
            if (options.board) {
                fmt::print("{}\n", to_line(line_of(run)));
            } else {
                fmt::print("{} survived {} {}: {} states\n", mutant.id, name_, name_of(size_), run.states);
            }
            return options.expect_survival ? Verdict::holds : Verdict::violated;
        }
        const auto best = minimise(scope, *run.counterexample, length_of(options.check));
        const Told told = tell_story(scope, best.actions);
        if (options.expect_survival) {
            fmt::print("{}: expected to survive, and found:\n{}", mutant.id, told.text);
            return Verdict::violated;
        }
        const bool as_said = best.violation.property == mutant.breaks && told.property == mutant.breaks;
        if (options.board) {
            BoardLine line = line_of(run);
            line.killed_by = best.violation.property;
            line.as_said = as_said;
            line.actions = best.actions.size();
            for (const Explorer explorer : {Explorer::random, Explorer::pct, Explorer::swarm}) {
                line.found.push_back(found_by_walking(scope, explorer));
            }
            fmt::print("{}\n", to_line(line));
        } else {
            fmt::print("{}: {} ({})\n{}\nfound in {} states\n", mutant.id, mutant.title, mutant.source, told.text,
                       run.states);
            if (!as_said) fmt::print("expected to break {}, broke {}\n", mutant.breaks, best.violation.property);
        }
        return as_said ? Verdict::holds : Verdict::violated;
    }

  private:
    /// How many random steps the board gives to find a mutant.
    static constexpr std::uint64_t kBoardSteps = 2'000'000;

    /// Finds the same by random walks, minimises that, and compares with the shortest way. The limit is a fifth longer.
    static Verdict judge_minimiser(const Scope& scope, const Counterexample<Action>& shortest) {
        constexpr std::uint64_t kSeeds = 3;
        constexpr std::uint64_t kSteps = 1'000'000;
        const std::string_view property = shortest.violation.property;
        const std::size_t fewest = shortest.actions.size();
        bool found = false;
        bool short_enough = true;
        for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
            const auto walk =
                explore(judging_only(scope, property), {.explorer = Explorer::random, .seed = seed, .steps = kSteps});
            if (!walk.counterexample || walk.counterexample->violation.property != property) {
                fmt::print("{}\tseed {}: not found in {} random steps\n", core_variant().id, seed, walk.steps);
                continue;
            }
            found = true;
            const auto best = minimise(scope, *walk.counterexample);
            const std::size_t actions = best.actions.size();
            const bool as_it_should = best.violation.property == property && actions * 10 <= fewest * 12;
            short_enough = short_enough && as_it_should;
            fmt::print("{}\tseed {}: a walk of {} actions, minimised to {}; the shortest way has {}: {:.2f}{}\n",
                       core_variant().id, seed, walk.counterexample->actions.size(), actions, fewest,
                       static_cast<double>(actions) / static_cast<double>(fewest), as_it_should ? "" : ", TOO LONG");
        }
        if (!found) fmt::print("not judged: no walk finds it\n");
        return short_enough ? Verdict::holds : Verdict::violated;
    }

    /// run() of a mutant that the liveness explorer has to find.
    [[nodiscard]] Verdict hunt_lasso(const Scope& bounds, const HuntOptions& options) const {
        const CoreVariant& mutant = core_variant();
        const auto world = live_world(bounds);
        const Scope& scope = world.scope();
        const auto run = explore_liveness(world, {});
        const RunIn<Scope> lasso =
            run.lasso ? RunIn<Scope>{scope, run.lasso->stem, run.lasso->cycle} : RunIn<Scope>{scope, {}, {}};
        const Told told = run.lasso ? tell_lasso(lasso) : Told{};
        const bool as_said = told.property == mutant.breaks;
        if (options.minimised) {
            fmt::print("not judged: a lasso\n");
        } else if (options.board) {
            BoardLine line = line_of(Exploration<Action>{});
            line.killed_by = told.property;
            line.as_said = as_said;
            line.actions = lasso.all().size();
            line.states = run.states;
            line.processor_seconds = run.cpu_seconds;
            line.found = {{"liveness", run.lasso ? std::optional(run.calm_steps) : std::nullopt}};
            fmt::print("{}\n", to_line(line));
        } else if (!run.lasso) {
            fmt::print("{} survived {} {}: {} states\n", mutant.id, name_, name_of(size_), run.states);
        } else {
            fmt::print("{}: {} ({})\n{}\nfound in {} states\n", mutant.id, mutant.title, mutant.source, told.text,
                       run.states);
        }
        return as_said != options.expect_survival ? Verdict::holds : Verdict::violated;
    }

    [[nodiscard]] BoardLine line_of(const Exploration<Action>& run) const {
        const CoreVariant& mutant = core_variant();
        BoardLine line{.id = std::string{mutant.id},
                       .title = std::string{mutant.title},
                       .source = std::string{mutant.source},
                       .scenario = std::string{mutant.scenario},
                       .scope = std::string{mutant.scope},
                       .killed_by = {},
                       .as_said = true,
                       .actions = 0,
                       .states = run.states,
                       .processor_seconds = run.cpu_seconds,
                       .found = {}};
        line.found.push_back({"exhaustive", run.counterexample ? std::optional(run.steps) : std::nullopt});
        return line;
    }

    static Found found_by_walking(const Scope& scope, Explorer explorer) {
        const auto walk = explore(scope, {.explorer = explorer, .seed = 1, .steps = kBoardSteps});
        return {std::string{name_of(explorer)}, walk.counterexample ? std::optional(walk.steps) : std::nullopt};
    }

    std::string_view name_;
    ScopeSize size_;
    Scope scope_;
};

}  // namespace highwater::model
