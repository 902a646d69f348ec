#include "model/scenarios/cluster_check.h"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/cluster/check/property.h"
#include "model/cluster/cluster_world.h"
#include "model/explore/exhaustive.h"
#include "model/explore/invariant_trap.h"
#include "model/explore/random.h"
#include "model/mutants/mutant.h"
#include "model/trace/minimise.h"

namespace highwater::model::cluster {
namespace {

constexpr std::string_view kFirstLine = "highwater-model cluster trace 1";
constexpr std::string_view kRestStatement =
    "When nothing is left to do, every record was acknowledged and is on every replica, and all are in sync.";

std::string bounds_of(const Scope& scope) {
    std::vector<std::string> budgets;
    for (std::size_t i = 0; i < kDisturbances; ++i) {
        if (scope.budgets[i] > 0) {
            budgets.push_back(fmt::format("{} {}", name_of(static_cast<ActionKind>(i)), scope.budgets[i]));
        }
    }
    return fmt::format(
        "{} brokers, min.insync.replicas {}, {} batches, {} in flight, flush={}, {} late messages; at "
        "most: {}",
        scope.brokers, scope.min_insync_replicas, scope.batches, scope.in_flight, enumerator_name(scope.flush_mode),
        scope.late_messages, fmt::join(budgets, ", "));
}

std::string_view statement_of(std::string_view name) {
    for (const Property& property : all_properties()) {
        if (property.name == name) return property.statement;
    }
    if (name == kRestProperty) return kRestStatement;
    if (name == kContractProperty) return "The machine keeps its contract with the driver.";
    return "No invariant of the core is broken.";
}

std::size_t disturbances(const std::vector<Action>& actions) {
    return static_cast<std::size_t>(std::ranges::count_if(
        actions, [](Action action) { return static_cast<std::size_t>(action.kind) < kDisturbances; }));
}

bool weaken(Scope& scope, const std::vector<std::string>& without, const std::vector<std::string>& silenced) {
    for (const std::string& name : without) {
        const auto action = action_from_text(name + " 0 0");
        if (!action || static_cast<std::size_t>(action->kind) >= kDisturbances) {
            fmt::print(stderr, "no disturbance is called {}\n", name);
            return false;
        }
        scope.budget(action->kind) = 0;
    }
    for (const std::string& name : silenced) {
        const auto properties = all_properties();
        if (std::ranges::find(properties, name, &Property::name) == properties.end()) {
            fmt::print(stderr, "no property is called {}\n", name);
            return false;
        }
        scope.silenced_properties |= property_bit(name);
    }
    return true;
}

}  // namespace

Told tell_story(const Scope& scope, std::span<const Action> actions) {
    const ClusterWorld world(scope);
    Told told;
    State state = world.initial();
    Coverage coverage;
    std::optional<Violation> violation;
    std::vector<Action> enabled;
    for (std::size_t i = 0; !violation; ++i) {
        enabled.clear();
        violation = world.enabled(state, enabled, coverage);
        if (violation || i == actions.size()) break;
        if (std::ranges::find(enabled, actions[i]) == enabled.end()) {
            told.text += fmt::format("{:3}. {}: not possible here\n", i + 1, to_text(actions[i]));
            break;
        }
        told.text += fmt::format("{:3}. {}{}\n", i + 1, to_text(actions[i]),
                                 world.disturbs(actions[i]) ? "   <- a disturbance" : "");
        Story story;
        try {
            violation = world.apply(state, actions[i], coverage, &story);
        } catch (const InvariantBroken& broken) {
            violation = Violation{kInvariantProperty, broken.what()};
        }
        for (const std::string& line : story) told.text += "      " + line + "\n";
    }
    if (violation) {
        told.property = violation->property;
        told.text += fmt::format("VIOLATED {}: {}\n  {}\n", violation->property, violation->facts,
                                 statement_of(violation->property));
    }
    told.text += "\n" + print(state, scope);
    return told;
}

Exploration<Action> explore(const Scope& scope, const CheckOptions& options) {
    const ClusterWorld world(scope);
    if (options.explorer == Explorer::random) {
        return explore_randomly(
            world, {.seed = options.seed, .steps = options.steps, .name = "random", .progress = options.progress});
    }
    return explore_exhaustively(world, {.threads = options.threads,
                                        .max_states = options.max_states,
                                        .max_depth = 0,
                                        .name = "exhaustive",
                                        .progress = options.progress});
}

Counterexample<Action> minimise(const Scope& scope, Counterexample<Action> found) {
    return leave_out(ClusterWorld(scope), std::move(found));
}

Verdict check(const Scenario& scenario, std::string_view size, const CheckOptions& options,
              const std::string& trace_file, const std::string& program) {
    const auto parsed = scope_size_from(size);
    const ScenarioScope* scope = parsed ? scenario.find(*parsed) : nullptr;
    if (scope == nullptr) {
        fmt::print(stderr, "{} has no scope {}; `{} list` shows them\n", scenario.name, size, program);
        return Verdict::usage;
    }
    const std::string core{core_variant().id};
    fmt::print("{}, scope {}{}: {}\n{}\n", scenario.name, size, core.empty() ? "" : fmt::format(", core {}", core),
               scenario.sentence, bounds_of(scope->scope));
    std::fflush(stdout);
    const auto run = explore(scope->scope, options);
    const double seconds = run.cpu_seconds > 0 ? run.cpu_seconds : 1;
    fmt::print(
        "{} states, depth {}, {} steps, {:.2f} s ({:.2f} s of processor time: {:.0f} states/s, {:.0f} steps/s)\n",
        run.states, run.depth, run.steps, run.seconds, run.cpu_seconds, static_cast<double>(run.states) / seconds,
        static_cast<double>(run.steps) / seconds);
    if (options.explorer == Explorer::exhaustive) {
        fmt::print(
            "{:.1f} bytes of memory for each stored state, {} bytes for each that waits; expected pairs of states "
            "with one fingerprint: {:.1e}\n",
            static_cast<double>(run.memory.visited + run.memory.discoveries) / static_cast<double>(run.states),
            sizeof(State), run.expected_collisions());
    }
    for (std::size_t i = 0; i < kOccurrences; ++i) {
        if (run.coverage.counts[i] == 0) continue;
        fmt::print("  {}: {}\n", name_of(static_cast<Occurrence>(i)), run.coverage.counts[i]);
    }
    if (run.counterexample) {
        const auto best = minimise(scope->scope, *run.counterexample);
        const std::string path =
            !trace_file.empty()
                ? trace_file
                : fmt::format("{}-{}{}{}.trace", scenario.name, best.violation.property, core.empty() ? "" : "-", core);
        std::ofstream out(path);
        out << kFirstLine << "\nscenario " << scenario.name << "\nscope " << size << "\ncore "
            << (core.empty() ? "unchanged" : core) << "\nproperty " << best.violation.property << "\nfacts "
            << best.violation.facts << '\n';
        for (const Action action : best.actions) out << "action " << to_text(action) << '\n';
        out.close();
        fmt::print("\n{}\n{} actions, {} of them disturbances\n", tell_story(scope->scope, best.actions).text,
                   best.actions.size(), disturbances(best.actions));
        if (out) fmt::print("trace saved; repeat it with:\n  {} replay {}\n", program, path);
        return Verdict::violated;
    }
    if (run.complete) {
        if (scope->golden && core.empty() &&
            (scope->golden->states != run.states || scope->golden->depth != run.depth)) {
            fmt::print("the pinned numbers are {} states, depth {}: something has changed\n", scope->golden->states,
                       scope->golden->depth);
            return Verdict::violated;
        }
        const auto missing = unseen(scenario, *scope, run.coverage);
        for (const Occurrence occurrence : missing) fmt::print("never occurred: {}\n", name_of(occurrence));
        if (!missing.empty()) {
            fmt::print("the properties hold, but of nothing: what they speak of did not occur\n");
            return Verdict::violated;
        }
    }
    fmt::print("{} properties hold{}\n", all_properties().size() + 2,
               run.complete ? " in every reachable state" : " as far as it went");
    return Verdict::holds;
}

bool is_trace(const std::string& file) {
    std::ifstream in(file);
    std::string line;
    return std::getline(in, line) && line == kFirstLine;
}

Verdict replay_file(const std::string& file) {
    std::ifstream in(file);
    std::string line;
    const Scenario* scenario = nullptr;
    const ScenarioScope* scope = nullptr;
    std::string property;
    std::vector<Action> actions;
    std::getline(in, line);
    for (std::size_t number = 2; std::getline(in, line); ++number) {
        const auto space = line.find(' ');
        const std::string key = line.substr(0, space);
        const std::string value = space == std::string::npos ? std::string{} : line.substr(space + 1);
        if (key == "scenario") {
            scenario = find_scenario(value);
        } else if (key == "scope") {
            const auto size = scope_size_from(value);
            scope = scenario != nullptr && size ? scenario->find(*size) : nullptr;
        } else if (key == "property") {
            property = value;
        } else if (key == "core") {
            const std::string core = value == "unchanged" ? "" : value;
            if (core != core_variant().id) fmt::print(stderr, "recorded with another core: {}\n", value);
        } else if (key == "action") {
            const auto action = action_from_text(value);
            if (!action) {
                fmt::print(stderr, "{}: line {}: not an action: {}\n", file, number, value);
                return Verdict::usage;
            }
            actions.push_back(*action);
        } else if (key != "facts") {
            fmt::print(stderr, "{}: line {}: unknown word {}\n", file, number, key);
            return Verdict::usage;
        }
    }
    if (scope == nullptr) {
        fmt::print(stderr, "{}: no such scenario or scope\n", file);
        return Verdict::usage;
    }
    const Told told = tell_story(scope->scope, actions);
    fmt::print("{}, scope {}\n{}", scenario->name, name_of(scope->size), told.text);
    if (told.property == property) return Verdict::violated;
    fmt::print("the recorded violation ({}) does not repeat\n", property);
    return told.property.empty() ? Verdict::holds : Verdict::violated;
}

void list_scenarios() {
    for (const Scenario& scenario : all_scenarios()) {
        fmt::print("{}\n    {}\n", scenario.name, scenario.sentence);
        for (const ScenarioScope& scope : scenario.scopes) {
            fmt::print("    {:7} {}", model::name_of(scope.size), bounds_of(scope.scope));
            if (scope.golden) fmt::print("; {} states, depth {}", scope.golden->states, scope.golden->depth);
            fmt::print("\n");
        }
    }
}

void list_properties() {
    for (const Property& property : all_properties()) {
        fmt::print("    {:4} {:21} {}\n", property.id, property.name, property.statement);
    }
    fmt::print("    {:4} {:21} {}\n", "", kRestProperty, kRestStatement);
}

Verdict hunt(const Scenario& scenario, const CheckOptions& options, bool board, bool expect_survival,
             const std::vector<std::string>& without, const std::vector<std::string>& silenced) {
    const CoreVariant& mutant = core_variant();
    const auto size = scope_size_from(mutant.scope);
    const ScenarioScope* scope = size ? scenario.find(*size) : nullptr;
    if (scope == nullptr) {
        fmt::print(stderr, "{}: no scenario {} with a scope {}\n", mutant.id, mutant.scenario, mutant.scope);
        return Verdict::usage;
    }
    Scope bounds = scope->scope;
    if (!weaken(bounds, without, silenced)) return Verdict::usage;
    const auto run = explore(bounds, options);
    if (!run.counterexample) {
        fmt::print("{}\tSURVIVED {} {} ({} states)\t{}\n", mutant.id, mutant.scenario, mutant.scope, run.states,
                   mutant.title);
        return expect_survival ? Verdict::holds : Verdict::violated;
    }
    const auto best = minimise(bounds, *run.counterexample);
    const Told told = tell_story(bounds, best.actions);
    if (expect_survival) {
        fmt::print("{}: expected to survive, and found:\n{}", mutant.id, told.text);
        return Verdict::violated;
    }
    const bool as_said = best.violation.property == mutant.breaks && told.property == mutant.breaks;
    if (!board) {
        fmt::print("{}: {} ({})\n{}\nfound in {} states\n", mutant.id, mutant.title, mutant.source, told.text,
                   run.states);
        if (!as_said) fmt::print("expected to break {}, broke {}\n", mutant.breaks, best.violation.property);
        return as_said ? Verdict::holds : Verdict::violated;
    }
    const auto walk =
        explore(bounds, {.explorer = Explorer::random, .threads = 1, .max_states = 0, .seed = 1, .steps = 2'000'000});
    const bool random_first = walk.counterexample && walk.steps < run.steps;
    fmt::print("{}\t{}{}\t{} {}\t{}\t{}\t{}\t{:.3f}\t{}\t{}\t{} ({})\n", mutant.id, best.violation.property,
               as_said ? "" : " (unexpected)", mutant.scenario, mutant.scope, best.actions.size(), run.states,
               run.steps, run.cpu_seconds, walk.counterexample ? fmt::format("{}", walk.steps) : "not in 2M",
               random_first ? "random" : "exhaustive", mutant.title, mutant.source);
    return as_said ? Verdict::holds : Verdict::violated;
}

}  // namespace highwater::model::cluster
