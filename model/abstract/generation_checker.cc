// The generations of the abstract model, checked as scenarios are.

#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "model/abstract/generations.h"
#include "model/explore/exhaustive.h"
#include "model/explore/random.h"
#include "model/scenarios/checker.h"
#include "model/scenarios/report.h"

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

std::string story_of(const ReplicationModel& model, const Counterexample<ReplicationAction>& found) {
    std::string text;
    ReplicationState state = model.initial();
    Coverage coverage;
    std::size_t number = 0;
    for (const ReplicationAction action : found.actions) {
        text += fmt::format("{:3}. {}", ++number, describe(state, action));
        const std::uint32_t former_end = ReplicaWord::LogEnd::get(state.replicas[action.replica]);
        static_cast<void>(model.apply(state, action, coverage));
        const std::uint32_t end = ReplicaWord::LogEnd::get(state.replicas[action.replica]);
        text += end < former_end ? fmt::format(", and truncates its log from {} to {}\n", former_end, end) : "\n";
    }
    return text + fmt::format("{} does not hold: {}\n", found.violation.property, found.violation.facts);
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

/// A generation of the abstract model as something that is checked. Its counterexamples are told, not saved: they are
/// found again in a second.
class GenerationChecker final : public Checker {
  public:
    explicit GenerationChecker(const Generation& generation) : generation_(generation) {}

    [[nodiscard]] std::string_view name() const override { return generation_.name; }
    [[nodiscard]] std::string_view sentence() const override { return generation_.sentence; }
    [[nodiscard]] std::string_view world() const override {
        return "of the abstract replication model, which certifies the explorer";
    }
    [[nodiscard]] std::string_view known_to_fail() const override {
        const auto& violations = generation_.scopes.front().violations;
        return violations.empty() ? std::string_view{} : name_of(violations.front().property);
    }
    [[nodiscard]] ScopeSize usual_scope() const override { return ScopeSize::small; }
    [[nodiscard]] std::string identity(ScopeSize size) const override {
        return fmt::format("{} {}: {}", name(), name_of(size), bounds_of(generation_.find(size)->bounds));
    }

    [[nodiscard]] std::vector<ListedScope> scopes() const override {
        std::vector<ListedScope> listed;
        for (const ReplicationScope& scope : generation_.scopes) {
            listed.push_back({.size = scope.size,
                              .bounds = bounds_of(scope.bounds),
                              .pinned = pinned(scope),
                              .states = scope.counts ? scope.counts->states : 0,
                              .long_run = false});
        }
        return listed;
    }

    [[nodiscard]] std::vector<Statement> statements() const override {
        std::vector<Statement> statements;
        for (std::size_t i = 0; i < kReplicationProperties; ++i) {
            const auto property = static_cast<ReplicationProperty>(i);
            statements.push_back({"", name_of(property), statement_of(property)});
        }
        return statements;
    }

    [[nodiscard]] Verdict check(ScopeSize size, const CheckOptions& options,
                                const ReportOptions& report) const override {
        if (options.explorer != Explorer::exhaustive && options.explorer != Explorer::random) {
            fmt::print(stderr, "the abstract model is explored exhaustively or at random\n");
            return Verdict::usage;
        }
        const ReplicationScope& scope = *generation_.find(size);
        if (!report.brief) {
            fmt::print("{}, scope {}: {}\n{}\n{}", name(), name_of(size), sentence(), bounds_of(scope.bounds),
                       explorer_text(options));
            std::fflush(stdout);
        }
        const ReplicationModel model(scope.bounds, generation_.rules);
        const Run run = explore(model, options);
        if (report.brief) {
            print_briefly(name(), size, run);
        } else {
            print_exploration(run, options);
            print_coverage(run);
        }
        if (run.counterexample) {
            const bool shortest = options.explorer != Explorer::exhaustive || is_shortest(scope, *run.counterexample);
            if (report.brief && shortest) return Verdict::fails_as_known;
            fmt::print("\n{}{} actions\n", story_of(model, *run.counterexample), run.counterexample->actions.size());
            if (!shortest) fmt::print("pinned is {}: something has changed\n", pinned(scope));
            return shortest ? Verdict::fails_as_known : Verdict::violated;
        }
        if (options.explorer == Explorer::exhaustive && run.complete) {
            if (!scope.counts || !counts_hold(*scope.counts, run, options.reductions)) {
                fmt::print("pinned is {}: something has changed\n", pinned(scope));
                return Verdict::violated;
            }
            if (!nothing_idle(run)) {
                fmt::print("some action or property had no occasion\n");
                return Verdict::violated;
            }
        }
        if (report.processor_seconds > 0 && run.cpu_seconds > report.processor_seconds) {
            fmt::print("that took more than {:.1f} s of processor time\n", report.processor_seconds);
            return Verdict::violated;
        }
        if (!report.brief) {
            fmt::print("{} properties hold{}\n", kReplicationProperties,
                       run.complete ? " in every reachable state" : " as far as it went");
        }
        return Verdict::holds;
    }

    [[nodiscard]] std::expected<Told, std::string> retell(const Trace&) const override {
        return std::unexpected("of the abstract model no traces are kept; `check` tells its shortest one");
    }

    [[nodiscard]] std::expected<Picture, std::string> draw(const Trace&) const override {
        return std::unexpected("of the abstract model nothing is drawn");
    }

    [[nodiscard]] Verdict walk(ScopeSize, const ReportOptions&, std::istream&, std::ostream&) const override {
        fmt::print(stderr, "the abstract model is not walked by hand\n");
        return Verdict::usage;
    }

    [[nodiscard]] Verdict hunt(ScopeSize, const HuntOptions&) const override {
        fmt::print(stderr, "the abstract model's mutants are hunted by highwater-certify\n");
        return Verdict::usage;
    }

  private:
    [[nodiscard]] Run explore(const ReplicationModel& model, const CheckOptions& options) const {
        if (options.explorer == Explorer::random) {
            return explore_randomly(
                model, {.seed = options.seed, .steps = options.steps, .name = name(), .progress = options.progress});
        }
        return explore_exhaustively(model, {.threads = options.threads,
                                            .max_states = options.max_states,
                                            .max_depth = 0,
                                            .symmetry = options.reductions,
                                            .name = name(),
                                            .progress = options.progress});
    }

    const Generation& generation_;
};

}  // namespace

std::vector<std::unique_ptr<const Checker>> generation_checkers() {
    std::vector<std::unique_ptr<const Checker>> checkers;
    for (const Generation& generation : all_generations()) {
        checkers.push_back(std::make_unique<GenerationChecker>(generation));
    }
    return checkers;
}

}  // namespace highwater::model
