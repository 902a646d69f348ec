// highwater-model: check a scenario, walk through it by hand, replay a counterexample, list what there is, hunt the
// mutants. Exit codes: 0 every property holds, 1 one is violated, 2 usage.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "model/mutants/mutant.h"
#include "model/scenarios/checker.h"
#include "model/scenarios/hunt_all.h"
#include "model/scenarios/ladder.h"

namespace highwater::model {
namespace {

constexpr int kHolds = 0;
constexpr int kViolated = 1;
constexpr int kUsage = 2;

int exit_code_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::holds:
            return kHolds;
        case Verdict::violated:
        case Verdict::fails_as_known:
            return kViolated;
        case Verdict::usage:
            break;
    }
    return kUsage;
}

ProgressStyle progress_style() {
    return isatty(STDERR_FILENO) == 1 ? ProgressStyle::terminal : ProgressStyle::lines;
}

constexpr std::array kExplorers = {Explorer::exhaustive, Explorer::random, Explorer::pct, Explorer::swarm,
                                   Explorer::liveness};

std::vector<std::string> explorers() {
    std::vector<std::string> names;
    for (const Explorer explorer : kExplorers) names.emplace_back(name_of(explorer));
    return names;
}

struct Arguments {
    std::string program;
    std::string scenario;
    /// Empty: the scenario's usual one.
    std::string scope;
    std::string explorer = "exhaustive";
    bool unreduced = false;
    Rungs rungs = Rungs::short_runs;
    CheckOptions options;
    ReportOptions report;
    HuntOptions hunt;
    std::string trace;
    std::string mutants_directory;
    unsigned jobs = 1;
    bool page = false;
};

/// The scope that is meant; says what there is when it means none.
std::optional<ScopeSize> scope_of(const Checker& checker, const std::string& name) {
    if (name.empty()) return checker.usual_scope();
    const auto size = scope_size_from(name);
    for (const ListedScope& scope : checker.scopes()) {
        if (scope.size == size) return size;
    }
    fmt::print(stderr, "{} has no scope {}; it has", checker.name(), name);
    for (const ListedScope& scope : checker.scopes()) fmt::print(stderr, " {}", name_of(scope.size));
    fmt::print(stderr, "\n");
    return std::nullopt;
}

/// The scenario that is meant; says so when there is none.
const Checker* checker_of(const Arguments& arguments) {
    const Checker* checker = find_checker(arguments.scenario);
    if (checker == nullptr) {
        fmt::print(stderr, "no scenario is called {}; `{} list` shows them\n", arguments.scenario, arguments.program);
    }
    return checker;
}

int check(const Arguments& arguments) {
    const Checker* checker = checker_of(arguments);
    if (checker == nullptr) return kUsage;
    const auto size = scope_of(*checker, arguments.scope);
    return size ? exit_code_of(checker->check(*size, arguments.options, arguments.report)) : kUsage;
}

int explore_by_hand(const Arguments& arguments) {
    const Checker* checker = checker_of(arguments);
    if (checker == nullptr) return kUsage;
    const auto size = scope_of(*checker, arguments.scope);
    return size ? exit_code_of(checker->walk(*size, arguments.report, std::cin, std::cout)) : kUsage;
}

std::string core_text(std::string_view id) {
    return id.empty() ? "the core as it is" : fmt::format("the mutant {}", id);
}

bool write_page(const Checker& checker, const Trace& trace, const std::string& file) {
    const auto picture = checker.draw(trace);
    if (!picture) {
        fmt::print(stderr, "{}\n", picture.error());
        return false;
    }
    std::ofstream out(file);
    out << page_of(*picture);
    out.close();
    if (!out) fmt::print(stderr, "cannot write {}\n", file);
    return static_cast<bool>(out);
}

int replay(const Arguments& arguments) {
    std::ifstream in(arguments.trace);
    if (!in) {
        fmt::print(stderr, "cannot read {}\n", arguments.trace);
        return kUsage;
    }
    const auto trace = read_trace(in);
    if (!trace) {
        fmt::print(stderr, "{}: {}\n", arguments.trace, trace.error());
        return kUsage;
    }
    const Checker* checker = find_checker(trace->scenario);
    if (checker == nullptr) {
        fmt::print(stderr, "{}: no scenario is called {}\n", arguments.trace, trace->scenario);
        return kUsage;
    }
    if (trace->core != core_variant().id) {
        fmt::print(stderr, "recorded with {}; this program has {}\n", core_text(trace->core),
                   core_text(core_variant().id));
    }
    const auto told = checker->retell(*trace);
    if (!told) {
        fmt::print(stderr, "{}: {}\n", arguments.trace, told.error());
        return kUsage;
    }
    if (!arguments.report.page_file.empty() && !write_page(*checker, *trace, arguments.report.page_file)) return kUsage;
    fmt::print("{}, scope {}\n{}", trace->scenario, name_of(trace->size), told->text);
    if (told->property == trace->property) return told->property.empty() ? kHolds : kViolated;
    fmt::print("the recorded violation ({}) does not repeat\n", trace->property);
    return told->property.empty() ? kHolds : kViolated;
}

int list() {
    std::string_view world;
    for (const auto& checker : all_checkers()) {
        if (checker->world() != world) {
            world = checker->world();
            fmt::print("Properties {}\n", world);
            for (const Statement& statement : checker->statements()) {
                fmt::print("    {:4} {:22} {}\n", statement.id, statement.name, statement.text);
            }
            fmt::print("\nScenarios {}\n", world);
        }
        fmt::print("    {}\n        {}\n", checker->name(), checker->sentence());
        if (!checker->known_to_fail().empty()) fmt::print("        known to fail: {}\n", checker->known_to_fail());
        for (const ListedScope& scope : checker->scopes()) {
            fmt::print("        {:7} {}{}{}\n", name_of(scope.size), scope.bounds, scope.pinned.empty() ? "" : "; ",
                       scope.pinned);
        }
        if (checker == all_checkers().back() || checker->world() != (&checker)[1]->world()) fmt::print("\n");
    }
    return kHolds;
}

int hunt(const Arguments& arguments) {
    const CoreVariant& mutant = core_variant();
    if (mutant.id.empty()) {
        fmt::print(stderr, "hunt is for the mutants' programs; `highwater-model mutants` runs them all\n");
        return kUsage;
    }
    const Checker* checker = find_checker(mutant.scenario);
    if (checker == nullptr) {
        fmt::print(stderr, "{}: no scenario is called {}\n", mutant.id, mutant.scenario);
        return kUsage;
    }
    const auto size = scope_of(*checker, std::string{mutant.scope});
    if (!size) return kUsage;
    HuntOptions options = arguments.hunt;
    options.check = arguments.options;
    return exit_code_of(checker->hunt(*size, options));
}

int mutants(const Arguments& arguments) {
    const std::filesystem::path directory = arguments.mutants_directory.empty()
                                                ? std::filesystem::absolute(arguments.program).parent_path() / "mutants"
                                                : std::filesystem::path{arguments.mutants_directory};
    const auto board = hunt_all(directory, arguments.jobs);
    if (!board) {
        fmt::print(stderr, "{}\n", board.error());
        return kUsage;
    }
    fmt::print("{}", arguments.page ? board_page(*board) : board_text(*board));
    const auto survivors = std::ranges::count_if(*board, [](const BoardLine& line) { return line.killed_by.empty(); });
    const auto unexpected = std::ranges::count_if(*board, [](const BoardLine& line) { return !line.as_said; });
    fmt::print(stderr, "{} mutants, {} survived, {} found by another property than their file says\n", board->size(),
               survivors, unexpected);
    return survivors == 0 && unexpected == 0 ? kHolds : kViolated;
}

int run(int argc, char** argv) {
    Arguments arguments;
    arguments.program = argv[0];
    arguments.report.program = argv[0];
    arguments.jobs = std::max(1U, std::thread::hardware_concurrency());
    CLI::App app{"Explores what can happen to highwater's machines, and what must hold."};
    app.require_subcommand(1);
    const auto add_threads = [&](CLI::App* command) {
        command->add_option("--threads", arguments.options.threads, "threads (the result does not depend on them)")
            ->check(CLI::Range(1, 64));
    };

    auto* check_command = app.add_subcommand("check", "explore a scenario");
    check_command->add_option("scenario", arguments.scenario, "its name; `list` shows them")->required();
    check_command->add_option("--scope", arguments.scope, "one of the scenario's scopes (default: ci, else its first)");
    check_command->add_option("--explorer", arguments.explorer, "exhaustive, random, pct, swarm or liveness")
        ->check(CLI::IsMember(explorers()));
    check_command->add_option("--seed", arguments.options.seed, "of random, pct and swarm");
    check_command->add_option("--steps", arguments.options.steps, "of random, pct and swarm");
    check_command->add_option("--max-states", arguments.options.max_states, "stop after so many states");
    check_command->add_option("--trace", arguments.report.trace_file, "where a counterexample is saved");
    check_command->add_option("--html", arguments.report.page_file, "where a counterexample is drawn, as one page");
    check_command->add_option("--silence", arguments.report.silenced, "properties that are not judged");
    check_command->add_flag("--unreduced", arguments.unreduced,
                            "leave out nothing: no renaming of ids that are alike, every fetch");
    check_command->add_option("--processor-seconds", arguments.report.processor_seconds, "fail when it takes more");
    add_threads(check_command);
    check_command->add_option("--frontier", arguments.options.frontier_directory,
                              "where the states that wait go when they are many (default: among temporary files)");
    check_command->add_option("--checkpoint", arguments.options.checkpoint_directory,
                              "write checkpoints there, and go on from what lies there");
    check_command->add_option("--checkpoint-states", arguments.options.checkpoint_states,
                              "a checkpoint after so many new states, at the end of a level");

    auto* replay_command = app.add_subcommand("replay", "repeat a saved counterexample and tell its story");
    replay_command->add_option("file", arguments.trace, "the trace")->required();
    replay_command->add_option("--html", arguments.report.page_file, "where it is drawn, as one page");

    auto* ladder_command = app.add_subcommand("ladder", "check every scope that takes minutes at most, one line each");
    ladder_command->add_flag_callback("--long", [&] { arguments.rungs = Rungs::long_runs; }, "those that take longer");
    ladder_command->add_flag_callback(
        "--unreduced", [&] { arguments.rungs = Rungs::unreduced; },
        "those of up to 10,000,000 states, with nothing left out: the verdicts must be the same");
    ladder_command->add_option("--checkpoints", arguments.options.checkpoint_directory,
                               "go on there after the process was killed: nothing that is done is done again");
    add_threads(ladder_command);

    auto* explore_command = app.add_subcommand("explore", "walk through a scenario's states by hand");
    explore_command->add_option("scenario", arguments.scenario, "its name; `list` shows them")->required();
    explore_command->add_option("--scope", arguments.scope,
                                "one of the scenario's scopes (default: ci, else its first)");
    explore_command->add_option("--silence", arguments.report.silenced, "properties that are not judged");

    auto* list_command = app.add_subcommand("list", "scenarios, scopes and properties");
    auto* mutants_command = app.add_subcommand("mutants", "hunt every mutant and print the board");
    mutants_command->add_option("--dir", arguments.mutants_directory, "where the mutants' programs are");
    mutants_command->add_option("--jobs", arguments.jobs, "how many are hunted at a time")->check(CLI::Range(1, 64));
    mutants_command->add_flag("--page", arguments.page, "as docs/mutants.md");
    auto* hunt_command = app.add_subcommand("hunt", "in a mutant's program: find it");
    hunt_command->add_flag("--board", arguments.hunt.board,
                           "one line for the board, with what the explorers that walk at random need");
    hunt_command->add_flag("--minimised", arguments.hunt.minimised,
                           "find it by random walks, minimise, and compare with the shortest way");
    hunt_command->add_option("--without", arguments.hunt.without, "disturbances that do not happen (a control)");
    hunt_command->add_option("--silence", arguments.hunt.silenced, "properties that are not judged (a control)");
    hunt_command->add_option("--control", arguments.hunt.controls, "controls of the world that are switched on");
    hunt_command->add_flag("--expect-survival", arguments.hunt.expect_survival,
                           "succeed when the mutant is not found (a control)");
    add_threads(hunt_command);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kHolds : kUsage;
    }
    for (const Explorer explorer : kExplorers) {
        if (arguments.explorer == name_of(explorer)) arguments.options.explorer = explorer;
    }
    arguments.options.reductions = !arguments.unreduced;
    if (check_command->parsed() || ladder_command->parsed()) arguments.options.progress = progress_style();
    if (check_command->parsed()) return check(arguments);
    if (replay_command->parsed()) return replay(arguments);
    if (explore_command->parsed()) return explore_by_hand(arguments);
    if (ladder_command->parsed()) {
        return exit_code_of(climb(arguments.rungs, arguments.options, arguments.report));
    }
    if (list_command->parsed()) return list();
    if (mutants_command->parsed()) return mutants(arguments);
    if (hunt_command->parsed()) return hunt(arguments);
    return kUsage;
}

}  // namespace
}  // namespace highwater::model

int main(int argc, char** argv) {
    return highwater::model::run(argc, argv);
}
