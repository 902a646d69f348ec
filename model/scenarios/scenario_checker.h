#pragma once

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/explore/exhaustive.h"
#include "model/explore/invariant_trap.h"
#include "model/explore/liveness.h"
#include "model/explore/pct.h"
#include "model/explore/random.h"
#include "model/explore/story.h"
#include "model/explore/swarm.h"
#include "model/mutants/mutant.h"
#include "model/scenarios/board.h"
#include "model/scenarios/checker.h"
#include "model/scenarios/report.h"
#include "model/scenarios/scenario.h"
#include "model/trace/minimise.h"
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

template <class Scope>
Told tell_story(const Scope& scope, std::span<const ActionIn<Scope>> actions) {
    const typename Scope::World world(scope);
    Told told;
    Coverage coverage;
    Story story;
    std::optional<Violation> violation;
    const auto add_lines = [&] {
        for (const std::string& line : story) told.text += "      " + line + "\n";
        story.clear();
    };
    told.text += "  0. the beginning\n";
    auto state = world.initial(&story);
    add_lines();
    std::vector<ActionIn<Scope>> enabled;
    for (std::size_t i = 0; !violation; ++i) {
        enabled.clear();
        violation = world.enabled(state, enabled, coverage);
        if (violation || i == actions.size()) break;
        if (std::ranges::find(enabled, actions[i]) == enabled.end()) {
            told.impossible = true;
            told.text += fmt::format("{:3}. {}: not possible here\n", i + 1, to_text(actions[i]));
            break;
        }
        told.text += fmt::format("{:3}. {}{}\n", i + 1, to_text(actions[i]),
                                 world.disturbs(actions[i]) ? "   <- a disturbance" : "");
        try {
            violation = world.apply(state, actions[i], coverage, &story);
        } catch (const InvariantBroken& broken) {
            violation = Violation{kInvariantProperty, broken.what()};
        }
        add_lines();
    }
    if (violation) {
        told.property = violation->property;
        const auto statements = statements_of(scope);
        const auto stated = std::ranges::find(statements, violation->property, &Statement::name);
        told.text += fmt::format("VIOLATED {}: {}\n  {}\n", violation->property, violation->facts,
                                 stated == statements.end() ? std::string_view{} : stated->text);
    } else if (!told.impossible) {
        told.text += "every property holds\n";
    }
    told.text += "\n" + print(state, scope);
    return told;
}

/// A scenario and what is done with it.
template <class Scope, class Occurrence>
class ScenarioChecker final : public Checker {
  public:
    using Scenario = ScenarioOf<Scope, Occurrence>;
    using Bounded = typename Scenario::Bounded;
    using Action = ActionIn<Scope>;

    ScenarioChecker(const Scenario& scenario, std::string_view world) : scenario_(scenario), world_(world) {}

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
        const auto run = run_of(trace);
        if (!run) return std::unexpected(run.error());
        return run->cycle.empty() ? tell_story(run->scope, run->actions) : tell_lasso(*run);
    }

    [[nodiscard]] std::expected<Picture, std::string> draw(const Trace& trace) const override {
        const auto run = run_of(trace);
        if (!run) return std::unexpected(run.error());
        Picture picture = picture_of(run->scope, run->all());
        if (!run->cycle.empty() && picture.property.empty()) {
            if (const auto violation = judge_lasso(live_world(run->scope), run->actions, run->cycle)) {
                picture.property = violation->property;
                picture.facts = split_facts(violation->facts);
            }
        }
        const CoreVariant& core = core_variant();
        picture.statement = statement_of(run->scope, picture.property);
        picture.title = core.id.empty()
                            ? fmt::format("{}{}{}", name(), picture.property.empty() ? "" : ": ", picture.property)
                            : fmt::format("{} ({})", core.title, core.source);
        picture.title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(picture.title[0])));
        picture.notes = {
            fmt::format("{}, scope {}. {}", name(), name_of(trace.size), sentence()), all_bounds(run->scope),
            core.id.empty() ? std::string{"The core as it is."}
                            : fmt::format("Core: the mutant {}, {} ({}).", core.id, core.title, core.source)};
        if (!trace.silenced.empty()) {
            picture.notes.push_back(
                fmt::format("Not judged, so that the run goes on: {}.", fmt::join(trace.silenced, ", ")));
        }
        if (!run->cycle.empty()) {
            picture.notes.push_back(
                fmt::format("From step {} on the steps repeat, for ever.", run->actions.size() + 1));
        }
        picture.story = retell(trace)->text;
        return picture;
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
                    if (!save(trace_of(bounded, actions, violation, report), path)) return "cannot write " + path;
                    return fmt::format("trace saved; repeat it with:\n  {} replay {}", report.program, path);
                },
            .draw =
                [&](const std::string& file, const Actions& actions, const std::optional<Violation>& violation) {
                    const std::string path = file_or(file, "html");
                    const bool drawn = draw_page(trace_of(bounded, actions, violation, report), path);
                    return (drawn ? "drawn: " : "cannot write ") + path;
                }};
        return Walk<Walked>(world, hooks, in, out).run() ? Verdict::holds : Verdict::violated;
    }

    [[nodiscard]] Verdict hunt(ScopeSize size, const HuntOptions& options) const override {
        const CoreVariant& mutant = core_variant();
        Scope scope = scenario_.find(size)->scope;
        if (!weaken(scope, options)) return Verdict::usage;
        if (mutant.explorer == "liveness") return hunt_lasso(scope, size, options);
        const auto run = explore(scope, options.check);
        if (options.minimised && run.counterexample) return judge_minimiser(scope, *run.counterexample);
        if (!run.counterexample) {
            if (options.board) {
                fmt::print("{}\n", to_line(line_of(run)));
            } else {
                fmt::print("{} survived {} {}: {} states\n", mutant.id, name(), name_of(size), run.states);
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

    using Kind = decltype(Action::kind);

    static Length length_of(const CheckOptions& options) {
        return options.explorer == Explorer::exhaustive ? Length::fewest_actions : Length::any;
    }

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

    /// What a trace says, in this world's types.
    struct Run {
        Scope scope;
        std::vector<Action> actions;
        std::vector<Action> cycle;

        [[nodiscard]] std::vector<Action> all() const {
            std::vector<Action> all = actions;
            all.insert(all.end(), cycle.begin(), cycle.end());
            return all;
        }
    };

    static std::string_view statement_of(const Scope& scope, std::string_view property) {
        const auto statements = statements_of(scope);
        const auto stated = std::ranges::find(statements, property, &Statement::name);
        if (stated != statements.end()) return stated->text;
        return property == kLivenessProperty ? kLivenessStatement : std::string_view{};
    }

    [[nodiscard]] std::expected<Run, std::string> run_of(const Trace& trace) const {
        const Bounded* bounded = scenario_.find(trace.size);
        if (bounded == nullptr) {
            return std::unexpected(fmt::format("{} has no scope {}", name(), name_of(trace.size)));
        }
        Run run{trace.cycle.empty() ? bounded->scope : live_world(bounded->scope).scope(), {}, {}};
        for (const std::string& property : trace.silenced) {
            const auto bit = property_bit(run.scope, property);
            if (!bit) return std::unexpected(fmt::format("no property is called {}", property));
            silenced_properties(run.scope) |= *bit;
        }
        for (const std::string& text : trace.actions) {
            const auto action = action_from<Kind>(text);
            if (!action) return std::unexpected(fmt::format("not an action: {}", text));
            run.actions.push_back(*action);
        }
        for (const std::string& text : trace.cycle) {
            const auto action = action_from<Kind>(text);
            if (!action) return std::unexpected(fmt::format("not an action: {}", text));
            run.cycle.push_back(*action);
        }
        return run;
    }

    static std::string all_bounds(const Scope& scope) {
        std::vector<std::string> budgets;
        for (std::size_t i = 0; i < scope.budgets.size(); ++i) {
            if (scope.budgets[i] == 0) continue;
            budgets.push_back(fmt::format("{} {}", name_of(static_cast<Kind>(i)), scope.budgets[i]));
        }
        return fmt::format("{}; at most: {}", bounds_of(scope), fmt::join(budgets, ", "));
    }

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
        keep(trace_of(bounded, best.actions, best.violation, report), report);
        return known ? Verdict::fails_as_known : Verdict::violated;
    }

    /// Saves a trace, draws it where that is wanted, and says so.
    void keep(const Trace& trace, const ReportOptions& report) const {
        const std::string file = !report.trace_file.empty() ? report.trace_file
                                                            : fmt::format("{}-{}{}{}.trace", name(), trace.property,
                                                                          trace.core.empty() ? "" : "-", trace.core);
        if (save(trace, file)) {
            fmt::print("trace saved; repeat it with:\n  {} replay {}\n", report.program, file);
        } else {
            fmt::print(stderr, "cannot write {}\n", file);
        }
        if (report.page_file.empty()) return;
        if (draw_page(trace, report.page_file)) {
            fmt::print("drawn: {}\n", report.page_file);
        } else {
            fmt::print(stderr, "cannot write {}\n", report.page_file);
        }
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
        keep(lasso_trace(bounded, lasso, report), report);
        return Verdict::violated;
    }

    [[nodiscard]] Trace lasso_trace(const Bounded& bounded, const Run& lasso, const ReportOptions& report) const {
        const auto violation = judge_lasso(live_world(lasso.scope), lasso.actions, lasso.cycle);
        Trace trace = trace_of(bounded, lasso.actions, violation, report);
        for (const Action action : lasso.cycle) trace.cycle.push_back(to_text(action));
        return trace;
    }

    /// The story of a stem and its cycle, judged anew.
    static Told tell_lasso(const Run& lasso) {
        Told told = tell_story(lasso.scope, lasso.all());
        if (!told.property.empty() || told.impossible) return told;
        const std::string first = fmt::format("{:3}. ", lasso.actions.size() + 1);
        const auto at = told.text.find("\n" + first);
        if (at != std::string::npos) told.text.insert(at + 1, "  from here on, again and again:\n");
        const auto violation = judge_lasso(live_world(lasso.scope), lasso.actions, lasso.cycle);
        if (!violation) return told;
        told.property = violation->property;
        constexpr std::string_view kHolds = "every property holds\n";
        told.text.replace(told.text.find(kHolds), kHolds.size(),
                          fmt::format("  and so on, for ever\nVIOLATED {}: {}\n  {}\n", violation->property,
                                      violation->facts, kLivenessStatement));
        return told;
    }

    /// hunt() of a mutant that the liveness explorer has to find.
    [[nodiscard]] Verdict hunt_lasso(const Scope& bounds, ScopeSize size, const HuntOptions& options) const {
        const CoreVariant& mutant = core_variant();
        const auto world = live_world(bounds);
        const Scope& scope = world.scope();
        const auto run = explore_liveness(world, {});
        const Run lasso = run.lasso ? Run{scope, run.lasso->stem, run.lasso->cycle} : Run{scope, {}, {}};
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
            fmt::print("{} survived {} {}: {} states\n", mutant.id, name(), name_of(size), run.states);
        } else {
            fmt::print("{}: {} ({})\n{}\nfound in {} states\n", mutant.id, mutant.title, mutant.source, told.text,
                       run.states);
        }
        return as_said != options.expect_survival ? Verdict::holds : Verdict::violated;
    }

    [[nodiscard]] Trace trace_of(const Bounded& bounded, const std::vector<Action>& actions,
                                 const std::optional<Violation>& violation, const ReportOptions& report) const {
        Trace trace{.scenario = std::string{name()},
                    .size = bounded.size,
                    .core = std::string{core_variant().id},
                    .silenced = report.silenced,
                    .property = violation ? std::string{violation->property} : std::string{},
                    .facts = violation ? violation->facts : std::string{},
                    .actions = {},
                    .cycle = {}};
        for (const Action action : actions) trace.actions.push_back(to_text(action));
        return trace;
    }

    static bool save(const Trace& trace, const std::string& file) {
        std::ofstream out(file);
        write_trace(out, trace);
        out.close();
        return static_cast<bool>(out);
    }

    [[nodiscard]] bool draw_page(const Trace& trace, const std::string& file) const {
        std::ofstream out(file);
        out << page_of(*draw(trace));
        out.close();
        return static_cast<bool>(out);
    }

    /// False when a name is unknown.
    [[nodiscard]] static bool silence(Scope& scope, const std::vector<std::string>& names) {
        for (const std::string& property : names) {
            const auto bit = property_bit(scope, property);
            if (!bit) {
                fmt::print(stderr, "no property is called {}\n", property);
                return false;
            }
            silenced_properties(scope) |= *bit;
        }
        return true;
    }

    /// Takes from the harness what a control takes. False when a name is unknown.
    [[nodiscard]] static bool weaken(Scope& scope, const HuntOptions& options) {
        for (const std::string& name : options.without) {
            const auto kind = kind_from<Kind>(name);
            if (!kind || static_cast<std::size_t>(*kind) >= scope.budgets.size()) {
                fmt::print(stderr, "no disturbance is called {}\n", name);
                return false;
            }
            scope.budgets[static_cast<std::size_t>(*kind)] = 0;
        }
        if (!silence(scope, options.silenced)) return false;
        for (const std::string& name : options.controls) {
            if (!set_control(scope, name)) {
                fmt::print(stderr, "no control is called {}\n", name);
                return false;
            }
        }
        return true;
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

    const Scenario& scenario_;
    std::string_view world_;
};

}  // namespace highwater::model
