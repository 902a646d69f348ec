// highwater-model: check a scenario, replay a counterexample, list what there is, hunt the mutants.
// Exit codes: 0 every property holds, 1 one is violated, 2 usage.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "model/abstract/generation_check.h"
#include "model/abstract/generations.h"
#include "model/check/property.h"
#include "model/mutants/mutant.h"
#include "model/scenarios/check.h"
#include "model/scenarios/cluster_check.h"
#include "model/scenarios/scenario.h"
#include "model/trace/story.h"
#include "model/trace/trace.h"
#include "model/world/partition_world.h"

namespace highwater::model {
namespace {

constexpr int kHolds = 0;
constexpr int kViolated = 1;
constexpr int kUsage = 2;

std::string bounds_of(const Scope& scope) {
    std::vector<std::string> budgets;
    for (std::size_t i = 0; i < kDisturbances; ++i) {
        if (scope.budgets[i] > 0) {
            budgets.push_back(fmt::format("{} {}", name_of(static_cast<ActionKind>(i)), scope.budgets[i]));
        }
    }
    return fmt::format("{} producers of {} batches, {} in flight, flush={}; at most: {}", scope.producers,
                       scope.batches, scope.max_in_flight, enumerator_name(scope.flush_mode), fmt::join(budgets, ", "));
}

ProgressStyle progress_style() {
    return isatty(STDERR_FILENO) == 1 ? ProgressStyle::terminal : ProgressStyle::lines;
}

struct Arguments {
    std::string scenario;
    /// Empty: ci, or small for the abstract model.
    std::string scope;
    std::string explorer = "exhaustive";
    std::string trace_file;
    std::string mutants_directory;
    CheckOptions options;
    bool no_symmetry = false;
    double processor_seconds = 0;
    bool board = false;
    std::vector<std::string> without;
    std::vector<std::string> silenced;
    bool disk_loses_nothing = false;
    bool expect_survival = false;
};

void print_exploration(const Exploration<Action>& run, const CheckOptions& options) {
    const auto per_cpu_second = [&run](std::uint64_t count) {
        return run.cpu_seconds > 0 ? static_cast<double>(count) / run.cpu_seconds : 0.0;
    };
    if (options.explorer == Explorer::exhaustive) {
        fmt::print(
            "{} states, depth {}, {} steps, {:.2f} s ({:.2f} s of processor time: {:.0f} states/s, {:.0f} "
            "steps/s)\n",
            run.states, run.depth, run.steps, run.seconds, run.cpu_seconds, per_cpu_second(run.states),
            per_cpu_second(run.steps));
        fmt::print("expected pairs of states with one fingerprint: {:.1e}\n", run.expected_collisions());
    } else {
        fmt::print("{} steps, longest walk {}, {:.2f} s ({:.2f} s of processor time: {:.0f} steps/s)\n", run.steps,
                   run.depth, run.seconds, run.cpu_seconds, per_cpu_second(run.steps));
    }
    for (std::size_t i = 0; i < kOccurrences; ++i) {
        if (run.coverage.counts[i] > 0) {
            fmt::print("  {}: {}\n", name_of(static_cast<Occurrence>(i)), run.coverage.counts[i]);
        }
    }
}

/// Minimises, saves and tells a counterexample.
void report_violation(const Scenario& scenario, const ScenarioScope& scope, const Counterexample<Action>& found,
                      const std::string& file, const std::string& program) {
    const auto best = minimise(scope.scope, found);
    const std::string core{core_variant().id};
    const Trace trace{.scenario = std::string{scenario.name},
                      .size = scope.size,
                      .core = core,
                      .property = std::string{best.violation.property},
                      .facts = best.violation.facts,
                      .actions = best.actions};
    const std::string path = !file.empty() ? file
                                           : fmt::format("{}-{}{}{}.trace", scenario.name, best.violation.property,
                                                         core.empty() ? "" : "-", core);
    std::ofstream out(path);
    write_trace(out, trace);
    out.close();
    fmt::print("\n{}\n", tell_story(scope.scope, best.actions).text);
    fmt::print("{} actions, {} of them disturbances\n", best.actions.size(), disturbances(best.actions));
    if (out) {
        fmt::print("trace saved; repeat it with:\n  {} replay {}\n", program, path);
    } else {
        fmt::print(stderr, "cannot write {}\n", path);
    }
}

int check_abstract(const Arguments& arguments, const Generation& generation, const std::string& program) {
    const auto size = scope_size_from(arguments.scope.empty() ? "small" : arguments.scope);
    const ReplicationScope* scope = size ? generation.find(*size) : nullptr;
    if (scope == nullptr) {
        fmt::print(stderr, "{} has no scope {}; `{} list` shows them\n", generation.name, arguments.scope, program);
        return kUsage;
    }
    const CheckOptions& options = arguments.options;
    const auto verdict = check_generation(generation, *scope,
                                          {.threads = options.threads,
                                           .max_states = options.max_states,
                                           .symmetry = !arguments.no_symmetry,
                                           .random = options.explorer == Explorer::random,
                                           .seed = options.seed,
                                           .steps = options.steps,
                                           .processor_seconds = arguments.processor_seconds,
                                           .progress = progress_style()});
    return verdict == GenerationVerdict::holds ? kHolds : kViolated;
}

int exit_code_of(cluster::Verdict verdict) {
    switch (verdict) {
        case cluster::Verdict::holds:
            return kHolds;
        case cluster::Verdict::violated:
            return kViolated;
        case cluster::Verdict::usage:
            break;
    }
    return kUsage;
}

int check(Arguments arguments, const std::string& program) {
    if (const Generation* generation = find_generation(arguments.scenario)) {
        return check_abstract(arguments, *generation, program);
    }
    if (arguments.scope.empty()) arguments.scope = "ci";
    if (const cluster::Scenario* replicated = cluster::find_scenario(arguments.scenario)) {
        arguments.options.progress = progress_style();
        return exit_code_of(
            cluster::check(*replicated, arguments.scope, arguments.options, arguments.trace_file, program));
    }
    const Scenario* scenario = find_scenario(arguments.scenario);
    if (scenario == nullptr) {
        fmt::print(stderr, "no scenario is called {}; `{} list` shows them\n", arguments.scenario, program);
        return kUsage;
    }
    const auto size = scope_size_from(arguments.scope);
    const ScenarioScope* scope = size ? scenario->find(*size) : nullptr;
    if (scope == nullptr) {
        fmt::print(stderr, "{} has no scope {}; `{} list` shows them\n", arguments.scenario, arguments.scope, program);
        return kUsage;
    }
    CheckOptions options = arguments.options;
    options.progress = progress_style();
    fmt::print("{}, scope {}{}: {}\n{}\n", scenario->name, arguments.scope,
               core_variant().id.empty() ? "" : fmt::format(", core {}", core_variant().id), scenario->sentence,
               bounds_of(scope->scope));
    if (options.explorer == Explorer::random) fmt::print("random, seed {}, {} steps\n", options.seed, options.steps);
    std::fflush(stdout);
    const auto run = explore(scope->scope, options);
    print_exploration(run, options);
    if (run.counterexample) {
        if (run.counterexample->violation.property == scenario->known_to_fail) {
            fmt::print("known to fail here, as documented: {}\n", scenario->known_to_fail);
        }
        report_violation(*scenario, *scope, *run.counterexample, arguments.trace_file, program);
        return kViolated;
    }
    if (!scenario->known_to_fail.empty() && run.complete) {
        fmt::print("{} was expected to fail here and does not: the anomaly is tolerated without an occurrence\n",
                   scenario->known_to_fail);
        return kViolated;
    }
    if (run.complete) {
        if (scope->golden && core_variant().id.empty() &&
            (scope->golden->states != run.states || scope->golden->depth != run.depth)) {
            fmt::print("the pinned numbers are {} states, depth {}: something has changed\n", scope->golden->states,
                       scope->golden->depth);
            return kViolated;
        }
        const auto missing = unseen(*scenario, run.coverage);
        for (const Occurrence occurrence : missing) fmt::print("never occurred: {}\n", name_of(occurrence));
        if (!missing.empty()) {
            fmt::print("the properties hold, but of nothing: what they speak of did not occur\n");
            return kViolated;
        }
    }
    fmt::print("{} properties hold{}\n", all_properties().size() + 1,
               run.complete ? " in every reachable state" : " as far as it went");
    return kHolds;
}

int replay_file(const std::string& file) {
    std::ifstream in(file);
    if (!in) {
        fmt::print(stderr, "cannot read {}\n", file);
        return kUsage;
    }
    if (cluster::is_trace(file)) return exit_code_of(cluster::replay_file(file));
    const auto trace = read_trace(in);
    if (!trace) {
        fmt::print(stderr, "{}: {}\n", file, trace.error());
        return kUsage;
    }
    const Scenario* scenario = find_scenario(trace->scenario);
    const ScenarioScope* scope = scenario != nullptr ? scenario->find(trace->size) : nullptr;
    if (scope == nullptr) {
        fmt::print(stderr, "{}: no scenario {} with a scope {}\n", file, trace->scenario, name_of(trace->size));
        return kUsage;
    }
    if (trace->core != core_variant().id) {
        fmt::print(stderr, "recorded with {}; this program has {}\n",
                   trace->core.empty() ? "the core as it is" : "the mutant " + trace->core,
                   core_variant().id.empty() ? "the core as it is" : fmt::format("the mutant {}", core_variant().id));
    }
    const Told told = tell_story(scope->scope, trace->actions);
    fmt::print("{}, scope {}\n{}", trace->scenario, name_of(trace->size), told.text);
    if (told.property == trace->property) return kViolated;
    fmt::print("the recorded violation ({}) does not repeat\n", trace->property);
    return told.property.empty() ? kHolds : kViolated;
}

int list() {
    for (const Scenario& scenario : all_scenarios()) {
        fmt::print("{}\n    {}\n", scenario.name, scenario.sentence);
        if (!scenario.known_to_fail.empty()) fmt::print("    known to fail: {}\n", scenario.known_to_fail);
        for (const ScenarioScope& scope : scenario.scopes) {
            fmt::print("    {:7} {}", name_of(scope.size), bounds_of(scope.scope));
            if (scope.golden) fmt::print("; {} states, depth {}", scope.golden->states, scope.golden->depth);
            fmt::print("\n");
        }
    }
    fmt::print("\nof a replicated partition:\n");
    cluster::list_scenarios();
    fmt::print("\nof the abstract replication model, which certifies the explorer:\n");
    list_generations();
    fmt::print("\nproperties\n");
    for (const Property& property : all_properties()) {
        fmt::print("    {:4} {:16} {}\n", property.id, property.name, property.statement);
    }
    fmt::print("    {:4} {:16} {}\n", "", kRestProperty, "At rest every record is in the log once, and acknowledged.");
    fmt::print("\nproperties of a replicated partition\n");
    cluster::list_properties();
    return kHolds;
}

/// Takes disturbances and properties away: a control of the harness, which must then miss the mutant. False when a
/// name is unknown.
bool weaken(Scope& scope, const Arguments& arguments) {
    for (const std::string& name : arguments.without) {
        const auto kind = action_kind_from(name);
        if (!kind || static_cast<std::size_t>(*kind) >= kDisturbances) {
            fmt::print(stderr, "no disturbance is called {}\n", name);
            return false;
        }
        scope.budget(*kind) = 0;
    }
    for (const std::string& name : arguments.silenced) {
        const auto properties = all_properties();
        if (std::ranges::find(properties, name, &Property::name) == properties.end()) {
            fmt::print(stderr, "no property is called {}\n", name);
            return false;
        }
        scope.controls.silenced_properties |= property_bit(name);
    }
    if (arguments.disk_loses_nothing) scope.controls.disk_loses_nothing = true;
    return true;
}

/// What a mutant's program does: finds its own bug where its file says, by the property that its file names.
int hunt(const Arguments& arguments) {
    const CoreVariant& mutant = core_variant();
    if (mutant.id.empty()) {
        fmt::print(stderr, "hunt is for the mutants' programs; `highwater-model mutants` runs them all\n");
        return kUsage;
    }
    if (const cluster::Scenario* replicated = cluster::find_scenario(mutant.scenario)) {
        return exit_code_of(cluster::hunt(*replicated, arguments.options, arguments.board, arguments.expect_survival,
                                          arguments.without, arguments.silenced));
    }
    const Scenario* scenario = find_scenario(mutant.scenario);
    const auto size = scope_size_from(mutant.scope);
    const ScenarioScope* scope = scenario != nullptr && size ? scenario->find(*size) : nullptr;
    if (scope == nullptr) {
        fmt::print(stderr, "{}: no scenario {} with a scope {}\n", mutant.id, mutant.scenario, mutant.scope);
        return kUsage;
    }
    Scope bounds = scope->scope;
    if (!weaken(bounds, arguments)) return kUsage;
    const auto run = explore(bounds, arguments.options);
    if (!run.counterexample) {
        fmt::print("{}\tSURVIVED {} {} ({} states)\t{}\n", mutant.id, mutant.scenario, mutant.scope, run.states,
                   mutant.title);
        return arguments.expect_survival ? kHolds : kViolated;
    }
    const auto best = minimise(bounds, *run.counterexample);
    const Told told = tell_story(bounds, best.actions);
    if (arguments.expect_survival) {
        fmt::print("{}: expected to survive, and found:\n{}", mutant.id, told.text);
        return kViolated;
    }
    const bool as_said = best.violation.property == mutant.breaks && told.property == mutant.breaks;
    if (!arguments.board) {
        fmt::print("{}: {} ({})\n{}\nfound in {} states\n", mutant.id, mutant.title, mutant.source, told.text,
                   run.states);
        if (!as_said) fmt::print("expected to break {}, broke {}\n", mutant.breaks, best.violation.property);
        return as_said ? kHolds : kViolated;
    }
    const auto walk = explore(bounds, {.explorer = Explorer::random,
                                       .threads = 1,
                                       .max_states = 0,
                                       .seed = 1,
                                       .steps = 2'000'000,
                                       .progress = ProgressStyle::silent});
    const bool random_first = walk.counterexample && walk.steps < run.steps;
    fmt::print("{}\t{}{}\t{} {}\t{}\t{}\t{}\t{:.3f}\t{}\t{}\t{} ({})\n", mutant.id, best.violation.property,
               as_said ? "" : " (unexpected)", mutant.scenario, mutant.scope, best.actions.size(), run.states,
               run.steps, run.cpu_seconds, walk.counterexample ? fmt::format("{}", walk.steps) : "not in 2M",
               random_first ? "random" : "exhaustive", mutant.title, mutant.source);
    return as_said ? kHolds : kViolated;
}

int mutants(const Arguments& arguments, const std::filesystem::path& program) {
    namespace fs = std::filesystem;
    const fs::path directory = arguments.mutants_directory.empty() ? fs::absolute(program).parent_path() / "mutants"
                                                                   : fs::path{arguments.mutants_directory};
    std::vector<fs::path> programs;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
        if (entry.is_regular_file() && entry.path().filename().string().starts_with("highwater-mutant-")) {
            programs.push_back(entry.path());
        }
    }
    if (programs.empty()) {
        fmt::print(stderr, "no mutants in {}: build them first\n", directory.string());
        return kUsage;
    }
    std::sort(programs.begin(), programs.end());
    fmt::print("mutant\tkilled by\tscenario\tactions\tstates\tsteps\tseconds\trandom steps\tfewer steps\tedit\n");
    int survivors = 0;
    for (const fs::path& mutant : programs) {
        std::fflush(stdout);
        const std::string command = "'" + mutant.string() + "' hunt --board";
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
        if (!pipe) return kUsage;
        std::array<char, 512> line{};
        bool killed = false;
        while (std::fgets(line.data(), line.size(), pipe.get()) != nullptr) {
            const std::string text = line.data();
            killed = killed || text.find("SURVIVED") == std::string::npos;
            fmt::print("{}", text);
        }
        if (!killed) ++survivors;
    }
    fmt::print("{} mutants, {} survived\n", programs.size(), survivors);
    return survivors == 0 ? kHolds : kViolated;
}

int run(int argc, char** argv) {
    const std::string program = argv[0];
    Arguments arguments;
    CLI::App app{"Explores what can happen to highwater's machines, and what must hold."};
    app.require_subcommand(1);
    const auto add_options = [&](CLI::App* command) {
        command->add_option("--threads", arguments.options.threads, "threads (the result does not depend on them)")
            ->check(CLI::Range(1, 64));
    };

    auto* check_command = app.add_subcommand("check", "explore a scenario");
    check_command->add_option("scenario", arguments.scenario, "its name; `list` shows them")->required();
    check_command->add_option("--scope", arguments.scope, "small, ci (of the machines the default), medium or large");
    check_command->add_option("--explorer", arguments.explorer, "exhaustive or random")
        ->check(CLI::IsMember({"exhaustive", "random"}));
    check_command->add_option("--seed", arguments.options.seed, "of the random explorer");
    check_command->add_option("--steps", arguments.options.steps, "of the random explorer");
    check_command->add_option("--max-states", arguments.options.max_states, "stop after so many states");
    check_command->add_option("--trace", arguments.trace_file, "where a counterexample is saved");
    check_command->add_flag("--no-symmetry", arguments.no_symmetry, "abstract model: tell renamed states apart");
    check_command->add_option("--processor-seconds", arguments.processor_seconds,
                              "abstract model: fail when it takes more");
    add_options(check_command);

    std::string file;
    auto* replay_command = app.add_subcommand("replay", "repeat a saved counterexample and tell its story");
    replay_command->add_option("file", file, "the trace")->required();

    auto* list_command = app.add_subcommand("list", "scenarios, scopes and properties");
    auto* mutants_command = app.add_subcommand("mutants", "hunt every mutant and print the board");
    mutants_command->add_option("--dir", arguments.mutants_directory, "where the mutants' programs are");
    auto* hunt_command = app.add_subcommand("hunt", "in a mutant's program: find it");
    hunt_command->add_flag("--board", arguments.board, "one line, with the random explorer's result");
    hunt_command->add_option("--without", arguments.without, "disturbances that do not happen (a control)");
    hunt_command->add_option("--silence", arguments.silenced, "properties that are not judged (a control)");
    hunt_command->add_flag("--disk-loses-nothing", arguments.disk_loses_nothing, "power loss is harmless (a control)");
    hunt_command->add_flag("--expect-survival", arguments.expect_survival, "succeed when the mutant is not found");
    add_options(hunt_command);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kHolds : kUsage;
    }
    arguments.options.explorer = arguments.explorer == "random" ? Explorer::random : Explorer::exhaustive;
    if (check_command->parsed()) return check(arguments, program);
    if (replay_command->parsed()) return replay_file(file);
    if (list_command->parsed()) return list();
    if (mutants_command->parsed()) return mutants(arguments, program);
    if (hunt_command->parsed()) return hunt(arguments);
    return kUsage;
}

}  // namespace
}  // namespace highwater::model

int main(int argc, char** argv) {
    return highwater::model::run(argc, argv);
}
