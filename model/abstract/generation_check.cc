#include "model/abstract/generation_check.h"

#include <algorithm>
#include <cstdio>
#include <span>
#include <string>

#include <fmt/format.h>

#include "model/explore/exhaustive.h"
#include "model/explore/random.h"
#include "model/trace/replay.h"

namespace highwater::model {
namespace {

using Run = Exploration<ReplicationAction>;

std::string bounds_of(const ReplicationBounds& bounds) {
    return fmt::format("3 replicas, {} offsets, {} records, leader epochs 0 to {}", bounds.offsets, bounds.records,
                       bounds.greatest_epoch);
}

std::string pinned(const ReplicationScope& scope) {
    std::string text;
    if (scope.counts) {
        text = fmt::format("{} states, {} without symmetry, depth {}", scope.counts->states,
                           scope.counts->unreduced_states, scope.counts->depth);
    }
    for (const ShortestViolation& shortest : scope.violations) {
        text += fmt::format("{}{} in {} actions", text.empty() ? "violated: " : ", ", name_of(shortest.property),
                            shortest.actions);
    }
    return text;
}

double per_second(std::uint64_t count, const Run& run) {
    return run.cpu_seconds > 0 ? static_cast<double>(count) / run.cpu_seconds : 0.0;
}

void print_exhaustive(const Run& run) {
    const auto states = static_cast<double>(run.states);
    fmt::print("{} states up to renaming, {} in all, depth {}, {} steps\n", run.states, run.unreduced_states, run.depth,
               run.steps);
    fmt::print("{:.2f} s, {:.2f} s of processor time: {:.0f} states/s, {:.0f} steps/s\n", run.seconds, run.cpu_seconds,
               per_second(run.states, run), per_second(run.steps, run));
    fmt::print("{:.1f} bytes a state: {:.1f} visited set, {:.1f} way back, {:.1f} frontier\n",
               static_cast<double>(run.memory.total()) / states, static_cast<double>(run.memory.visited) / states,
               static_cast<double>(run.memory.discoveries) / states, static_cast<double>(run.memory.frontier) / states);
    fmt::print("expected pairs of states with one fingerprint: {:.1e}\n", run.expected_collisions());
}

void print_coverage(const Run& run) {
    for (std::size_t kind = 0; kind < kReplicationActionKinds; ++kind) {
        if (run.coverage.counts[kind] == 0) continue;
        fmt::print("  {}: {}\n", name_of(static_cast<ReplicationActionKind>(kind)), run.coverage.counts[kind]);
    }
    for (std::size_t property = 0; property < kReplicationProperties; ++property) {
        fmt::print("  {} judged of something: {}\n", name_of(static_cast<ReplicationProperty>(property)),
                   run.coverage.counts[kReplicationActionKinds + property]);
    }
}

void tell(const ReplicationModel& model, const Counterexample<ReplicationAction>& found) {
    ReplicationState state = model.initial();
    Coverage coverage;
    std::size_t number = 0;
    for (const ReplicationAction action : found.actions) {
        fmt::print("{:3}. {}", ++number, describe(state, action));
        const std::uint32_t former_end = ReplicaWord::LogEnd::get(state.replicas[action.replica]);
        static_cast<void>(model.apply(state, action, coverage));
        const std::uint32_t end = ReplicaWord::LogEnd::get(state.replicas[action.replica]);
        fmt::print("{}\n",
                   end < former_end ? fmt::format(", and truncates its log from {} to {}", former_end, end) : "");
    }
    fmt::print("{} does not hold: {}\n", found.violation.property, found.violation.facts);
}

/// Whether the length that was found is the pinned one.
bool is_shortest(const ReplicationScope& scope, const Counterexample<ReplicationAction>& found) {
    if (scope.violations.empty()) return false;
    return found.actions.size() == std::ranges::min(scope.violations, {}, &ShortestViolation::actions).actions;
}

bool counts_hold(const ReplicationCounts& counts, const Run& run, bool symmetry) {
    return run.unreduced_states == counts.unreduced_states && run.depth == counts.depth &&
           run.states == (symmetry ? counts.states : counts.unreduced_states) &&
           (!symmetry || run.steps == counts.steps);
}

/// Every property was judged of something, and every kind of action that these rules have was carried out.
bool nothing_idle(const Run& run) {
    for (std::size_t i = 0; i < kReplicationActionKinds + kReplicationProperties; ++i) {
        if (run.coverage.counts[i] == 0 && i != static_cast<std::size_t>(ReplicationActionKind::truncate)) return false;
    }
    return true;
}

}  // namespace

GenerationVerdict check_generation(const Generation& generation, const ReplicationScope& scope,
                                   const GenerationCheckOptions& options) {
    fmt::print("{}, scope {}: {}\n{}\n", generation.name, name_of(scope.size), generation.sentence,
               bounds_of(scope.bounds));
    if (options.random) fmt::print("random, seed {}, {} steps\n", options.seed, options.steps);
    std::fflush(stdout);
    const ReplicationModel model(scope.bounds, generation.rules);
    const Run run =
        options.random
            ? explore_randomly(
                  model,
                  {.seed = options.seed, .steps = options.steps, .name = generation.name, .progress = options.progress})
            : explore_exhaustively(model, {.threads = options.threads,
                                           .max_states = options.max_states,
                                           .max_depth = 0,
                                           .symmetry = options.symmetry,
                                           .name = generation.name,
                                           .progress = options.progress});
    if (options.random) {
        fmt::print("{} steps, longest walk {}, {:.2f} s of processor time: {:.0f} steps/s\n", run.steps, run.depth,
                   run.cpu_seconds, per_second(run.steps, run));
    } else {
        print_exhaustive(run);
    }
    print_coverage(run);
    if (run.counterexample) {
        fmt::print("\n");
        tell(model, *run.counterexample);
        fmt::print("{} actions\n", run.counterexample->actions.size());
        if (options.random || is_shortest(scope, *run.counterexample)) return GenerationVerdict::violated;
        fmt::print("pinned is {}: something has changed\n", pinned(scope));
        return GenerationVerdict::unexpected;
    }
    if (!options.random && run.complete) {
        if (!scope.counts || !counts_hold(*scope.counts, run, options.symmetry)) {
            fmt::print("pinned is {}: something has changed\n", pinned(scope));
            return GenerationVerdict::unexpected;
        }
        if (!nothing_idle(run)) {
            fmt::print("some action or property had no occasion\n");
            return GenerationVerdict::unexpected;
        }
    }
    if (options.processor_seconds > 0 && run.cpu_seconds > options.processor_seconds) {
        fmt::print("that took more than {:.1f} s of processor time\n", options.processor_seconds);
        return GenerationVerdict::unexpected;
    }
    fmt::print("{} properties hold{}\n", kReplicationProperties,
               run.complete ? " in every reachable state" : " as far as it went");
    return GenerationVerdict::holds;
}

void list_generations() {
    for (const Generation& generation : all_generations()) {
        fmt::print("{}\n    {}\n", generation.name, generation.sentence);
        if (generation.published_actions > 0) {
            fmt::print("    known to fail, in at most {} actions as published\n", generation.published_actions);
        }
        for (const ReplicationScope& scope : generation.scopes) {
            fmt::print("    {:7} {}; {}\n", name_of(scope.size), bounds_of(scope.bounds), pinned(scope));
        }
    }
    fmt::print("    properties of these\n");
    for (std::size_t i = 0; i < kReplicationProperties; ++i) {
        const auto property = static_cast<ReplicationProperty>(i);
        fmt::print("         {:16} {}\n", name_of(property), statement_of(property));
    }
}

}  // namespace highwater::model
