#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "model/explore/invariant_trap.h"
#include "model/explore/liveness.h"
#include "model/explore/property.h"
#include "model/explore/story.h"
#include "model/scenarios/check.h"

namespace highwater::model {

/// A run of a world, as a trace says it: steps, and those after them that repeat for ever.
template <class Scope>
struct RunIn {
    Scope scope;
    std::vector<ActionIn<Scope>> actions;
    std::vector<ActionIn<Scope>> cycle;

    [[nodiscard]] std::vector<ActionIn<Scope>> all() const {
        std::vector<ActionIn<Scope>> all = actions;
        all.insert(all.end(), cycle.begin(), cycle.end());
        return all;
    }
};

/// The sentence of a property; empty when there is none of this name.
template <class Scope>
std::string_view statement_of(const Scope& scope, std::string_view property) {
    const auto statements = statements_of(scope);
    const auto stated = std::ranges::find(statements, property, &Statement::name);
    if (stated != statements.end()) return stated->text;
    return property == kLivenessProperty ? kLivenessStatement : std::string_view{};
}

/// What happens along the steps, judged anew.
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

/// The story of a stem and its cycle, judged anew.
template <class Scope>
Told tell_lasso(const RunIn<Scope>& lasso) {
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

}  // namespace highwater::model
