#pragma once

#include <cctype>
#include <cstdio>
#include <expected>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/mutants/mutant.h"
#include "model/scenarios/checker.h"
#include "model/scenarios/scenario.h"
#include "model/scenarios/scope_options.h"
#include "model/scenarios/told_run.h"

namespace highwater::model {

/// A scenario's runs as they are written down: traces, stories and pages.
template <class Scope, class Occurrence>
class ScenarioTraces {
  public:
    using Scenario = ScenarioOf<Scope, Occurrence>;
    using Bounded = typename Scenario::Bounded;
    using Action = ActionIn<Scope>;
    using Run = RunIn<Scope>;

    explicit ScenarioTraces(const Scenario& scenario) : scenario_(scenario) {}

    [[nodiscard]] std::expected<Told, std::string> retell(const Trace& trace) const {
        const auto run = run_of(trace);
        if (!run) return std::unexpected(run.error());
        return run->cycle.empty() ? tell_story(run->scope, run->actions) : tell_lasso(*run);
    }

    [[nodiscard]] std::expected<Picture, std::string> draw(const Trace& trace) const {
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
        picture.title = core.id.empty() ? fmt::format("{}{}{}", scenario_.name, picture.property.empty() ? "" : ": ",
                                                      picture.property)
                                        : fmt::format("{} ({})", core.title, core.source);
        picture.title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(picture.title[0])));
        picture.notes = {fmt::format("{}, scope {}. {}", scenario_.name, name_of(trace.size), scenario_.sentence),
                         all_bounds(run->scope),
                         core.id.empty()
                             ? std::string{"The core as it is."}
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

    [[nodiscard]] Trace trace_of(const Bounded& bounded, const std::vector<Action>& actions,
                                 const std::optional<Violation>& violation, const ReportOptions& report) const {
        Trace trace{.scenario = std::string{scenario_.name},
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

    [[nodiscard]] Trace lasso_trace(const Bounded& bounded, const Run& lasso, const ReportOptions& report) const {
        const auto violation = judge_lasso(live_world(lasso.scope), lasso.actions, lasso.cycle);
        Trace trace = trace_of(bounded, lasso.actions, violation, report);
        for (const Action action : lasso.cycle) trace.cycle.push_back(to_text(action));
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

    /// Saves a trace, draws it where that is wanted, and says so.
    void keep(const Trace& trace, const ReportOptions& report) const {
        const std::string file = !report.trace_file.empty()
                                     ? report.trace_file
                                     : fmt::format("{}-{}{}{}.trace", scenario_.name, trace.property,
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

  private:
    using Kind = decltype(Action::kind);

    [[nodiscard]] std::expected<Run, std::string> run_of(const Trace& trace) const {
        const Bounded* bounded = scenario_.find(trace.size);
        if (bounded == nullptr) {
            return std::unexpected(fmt::format("{} has no scope {}", scenario_.name, name_of(trace.size)));
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

    const Scenario& scenario_;
};

}  // namespace highwater::model
