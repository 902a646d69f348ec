#pragma once

#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "model/explore/liveness.h"
#include "model/mutants/mutant.h"
#include "model/scenarios/checker.h"
#include "model/scenarios/exploration.h"
#include "model/scenarios/report.h"
#include "model/scenarios/scenario.h"
#include "model/scenarios/scenario_hunt.h"
#include "model/scenarios/scenario_traces.h"
#include "model/scenarios/scope_options.h"
#include "model/scenarios/told_run.h"
#include "model/trace/walk.h"

// What every world is checked with. Included by the one file of each world that instantiates it, which declares before,
// to be found by ADL:
//     std::string bounds_of(const Scope&)                        "2 brokers, 1 batch, ..." without the budgets
//     std::vector<Statement> statements_of(const Scope&)         all that can be found broken
//     std::uint32_t& silenced_properties(Scope&)                 bit i replaces property i by "true"
//     std::optional<std::uint32_t> property_bit(const Scope&, std::string_view name)
//     bool set_control(Scope&, std::string_view name)            switches a control on; false: there is none
//     void without_reductions(Scope&)                            leaves nothing out (see CheckOptions::reductions)
//     std::string print(const State&, const Scope&)              the state, for people
//     auto live_world(const Scope&)                              a Live world, where nothing hides what goes on for
//     ever Picture picture_of(const Scope&, std::span<const Action>)  a run, drawn std::string_view name_of(Occurrence)
//     the last one is came_to_rest

namespace highwater::model {

/// A scenario and what is done with it.
template <class Scope, class Occurrence>
class ScenarioChecker final : public Checker {
  public:
    using Scenario = ScenarioOf<Scope, Occurrence>;
    using Bounded = typename Scenario::Bounded;
    using Action = ActionIn<Scope>;

    ScenarioChecker(const Scenario& scenario, std::string_view world)
        : scenario_(scenario), world_(world), traces_(scenario) {}

    [[nodiscard]] std::string_view name() const override { return scenario_.name; }
    [[nodiscard]] std::string_view sentence() const override { return scenario_.sentence; }
    [[nodiscard]] std::string_view world() const override { return world_; }
    [[nodiscard]] std::string_view known_to_fail() const override { return scenario_.known_to_fail; }
    [[nodiscard]] ScopeSize usual_scope() const override {
        return scenario_.find(ScopeSize::ci) != nullptr ? ScopeSize::ci : scenario_.scopes.front().size;
    }
    [[nodiscard]] std::vector<Statement> statements() const override { return statements_of(Scope{}); }
    [[nodiscard]] std::string identity(ScopeSize size) const override { return identity_of(*scenario_.find(size)); }

    [[nodiscard]] std::vector<ListedScope> scopes() const override {
        std::vector<ListedScope> listed;
        for (const Bounded& bounded : scenario_.scopes) {
            listed.push_back({.size = bounded.size,
                              .bounds = all_bounds(bounded.scope),
                              .pinned = pinned(bounded),
                              .states = bounded.golden ? bounded.golden->states : 0,
                              .long_run = bounded.size > ScopeSize::ci});
        }
        return listed;
    }

    [[nodiscard]] Verdict check(ScopeSize size, const CheckOptions& options,
                                const ReportOptions& report) const override {
        Bounded bounded = *scenario_.find(size);
        if (!silence(bounded.scope, report.silenced)) return Verdict::usage;
        if (!options.reductions) {
            without_reductions(bounded.scope);
            bounded.golden.reset();
            // A follower that may always fetch, though it learns nothing, never rests.
            bounded.cannot_occur.push_back(Occurrence::came_to_rest);
        }
        if (!report.brief) print_question(bounded, options);
        if (options.explorer == Explorer::liveness) return check_liveness(bounded, options, report);
        CheckOptions named = options;
        named.identity = identity_of(bounded) + (options.reductions ? "" : ", unreduced");
        const auto run = explore(bounded.scope, named);
        if (!run.failure.empty()) {
            fmt::print(stderr, "{}\n", run.failure);
            return Verdict::usage;
        }
        if (report.brief) {
            print_briefly(name(), size, run);
        } else {
            print_exploration(run, options);
            print_occurrences<Occurrence>(run.coverage, static_cast<std::size_t>(Occurrence::came_to_rest) + 1);
        }
        if (run.counterexample) {
            return report_violation(bounded, *run.counterexample, length_of(options), report);
        }
        if (run.complete && !is_as_pinned(bounded, run)) return Verdict::violated;
        if (report.processor_seconds > 0 && run.cpu_seconds > report.processor_seconds) {
            fmt::print("that took more than {:.1f} s of processor time\n", report.processor_seconds);
            return Verdict::violated;
        }
        if (!report.brief) {
            fmt::print("{} properties hold{}\n", statements().size(),
                       run.complete ? " in every reachable state" : " as far as it went");
        }
        return Verdict::holds;
    }

    [[nodiscard]] std::expected<Told, std::string> retell(const Trace& trace) const override {
        return traces_.retell(trace);
    }
    [[nodiscard]] std::expected<Picture, std::string> draw(const Trace& trace) const override {
        return traces_.draw(trace);
    }
    [[nodiscard]] Verdict hunt(ScopeSize size, const HuntOptions& options) const override {
        return ScenarioHunt<Scope>(name(), size, scenario_.find(size)->scope).run(options);
    }

    [[nodiscard]] Verdict walk(ScopeSize size, const ReportOptions& report, std::istream& in,
                               std::ostream& out) const override {
        using Walked = typename Scope::World;
        using Actions = typename WalkHooks<Walked>::Actions;
        Bounded bounded = *scenario_.find(size);
        if (!silence(bounded.scope, report.silenced)) return Verdict::usage;
        fmt::print(out, "{}, scope {}: {}\n{}\n", name(), name_of(size), sentence(), all_bounds(bounded.scope));
        const Walked world(bounded.scope);
        const auto file_or = [&](const std::string& file, std::string_view ending) {
            return file.empty() ? fmt::format("{}-{}.{}", name(), name_of(size), ending) : file;
        };
        const WalkHooks<Walked> hooks{
            .print = [&](const auto& state) { return print(state, bounded.scope); },
            .statement = [&](std::string_view property) { return statement_of(bounded.scope, property); },
            .save =
                [&](const std::string& file, const Actions& actions, const std::optional<Violation>& violation) {
                    const std::string path = file_or(file, "trace");
                    if (!traces_.save(traces_.trace_of(bounded, actions, violation, report), path))
                        return "cannot write " + path;
                    return fmt::format("trace saved; repeat it with:\n  {} replay {}", report.program, path);
                },
            .draw =
                [&](const std::string& file, const Actions& actions, const std::optional<Violation>& violation) {
                    const std::string path = file_or(file, "html");
                    const bool drawn = traces_.draw_page(traces_.trace_of(bounded, actions, violation, report), path);
                    return (drawn ? "drawn: " : "cannot write ") + path;
                }};
        return Walk<Walked>(world, hooks, in, out).run() ? Verdict::holds : Verdict::violated;
    }

  private:
    using Run = RunIn<Scope>;

    static std::string core_text() {
        const std::string_view core = core_variant().id;
        return core.empty() ? std::string{} : fmt::format(", core {}", core);
    }

    /// In one line.
    std::string identity_of(const Bounded& bounded) const {
        return fmt::format("{}, scope {}{} ({}), explored by program {:016x}", name(), name_of(bounded.size),
                           core_text(), all_bounds(bounded.scope), program_checksum());
    }

    void print_question(const Bounded& bounded, const CheckOptions& options) const {
        fmt::print("{}, scope {}{}: {}\n{}\n{}", name(), name_of(bounded.size), core_text(), sentence(),
                   all_bounds(bounded.scope), explorer_text(options));
        std::fflush(stdout);
    }

    static std::string pinned(const Bounded& bounded) {
        if (!bounded.golden) return {};
        return fmt::format("{} states, depth {}", bounded.golden->states, bounded.golden->depth);
    }

    /// Whether a complete run is what it has to be; says what is not.
    [[nodiscard]] bool is_as_pinned(const Bounded& bounded, const Exploration<Action>& run) const {
        if (!known_to_fail().empty()) {
            fmt::print("{} was expected to fail here and does not: the anomaly is tolerated without an occurrence\n",
                       known_to_fail());
            return false;
        }
        const bool unchanged = core_variant().id.empty();
        if (bounded.golden && unchanged &&
            (bounded.golden->states != run.states || bounded.golden->depth != run.depth)) {
            fmt::print("pinned is {}: something has changed\n", pinned(bounded));
            return false;
        }
        const auto missing = unseen(scenario_, bounded, run.coverage);
        for (const Occurrence occurrence : missing) fmt::print("never occurred: {}\n", name_of(occurrence));
        if (missing.empty()) return true;
        fmt::print("the properties hold, but of nothing: what they speak of did not occur\n");
        return false;
    }

    /// Minimises, saves and tells a counterexample.
    Verdict report_violation(const Bounded& bounded, const Counterexample<Action>& found, Length length,
                             const ReportOptions& report) const {
        const bool known = found.violation.property == known_to_fail();
        if (known && report.brief) return Verdict::fails_as_known;
        if (known) fmt::print("known to fail here, as documented: {}\n", known_to_fail());
        const auto best =
            in_reading_order(typename Scope::World(bounded.scope), minimise(bounded.scope, found, length),
                             [&](const auto& actions) { return frames_under_way(picture_of(bounded.scope, actions)); });
        fmt::print("\n{}\n{} actions, {} of them disturbances\n", tell_story(bounded.scope, best.actions).text,
                   best.actions.size(), disturbances(best.actions));
        traces_.keep(traces_.trace_of(bounded, best.actions, best.violation, report), report);
        return known ? Verdict::fails_as_known : Verdict::violated;
    }

    /// Whether something goes on for ever while somebody waits.
    Verdict check_liveness(const Bounded& bounded, const CheckOptions& options, const ReportOptions& report) const {
        const auto world = live_world(bounded.scope);
        const Scope& scope = world.scope();
        const auto run = explore_liveness(world, {.progress = options.progress});
        fmt::print("{} states, depth {}, {} steps without a disturbance, {:.2f} s of processor time\n", run.states,
                   run.depth, run.calm_steps, run.cpu_seconds);
        if (run.counterexample) {
            Bounded unreduced = bounded;
            unreduced.scope = scope;
            fmt::print("not even safe: {}\n", run.counterexample->violation.property);
            return report_violation(unreduced, *run.counterexample, Length::fewest_actions, report);
        }
        fmt::print("{} sets of states in which one can go round; in {} somebody waits all the time\n", run.cycles,
                   run.waiting_cycles);
        if (!run.lasso) {
            fmt::print("{}\n", run.complete ? "none of them is fair: whatever somebody waits for comes to pass"
                                            : "too large to be stored; nothing is said");
            return run.complete ? Verdict::holds : Verdict::usage;
        }
        const Run lasso{scope, run.lasso->stem, run.lasso->cycle};
        fmt::print("\n{}\n{} actions, then {} for ever\n", tell_lasso(lasso).text, lasso.actions.size(),
                   lasso.cycle.size());
        traces_.keep(traces_.lasso_trace(bounded, lasso, report), report);
        return Verdict::violated;
    }

    const Scenario& scenario_;
    std::string_view world_;
    ScenarioTraces<Scope, Occurrence> traces_;
};

}  // namespace highwater::model
