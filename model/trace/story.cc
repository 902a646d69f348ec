#include "model/trace/story.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "model/check/property.h"
#include "model/explore/invariant_trap.h"
#include "model/world/partition_world.h"

namespace highwater::model {
namespace {

std::string_view statement_of(std::string_view name) {
    for (const Property& property : all_properties()) {
        if (property.name == name) return property.statement;
    }
    if (name == kRestProperty)
        return "When nothing is left to do, every record is in the log once and was acknowledged.";
    return "No invariant of the core is broken.";
}

}  // namespace

Told tell_story(const Scope& scope, std::span<const Action> actions) {
    const PartitionWorld system(scope);
    Told told;
    Coverage coverage;
    Story story;
    std::optional<Violation> violation;
    const auto add_lines = [&] {
        for (const std::string& line : story) told.text += "      " + line + "\n";
        story.clear();
    };
    told.text += "  0. the beginning\n";
    World world = system.initial(&story);
    add_lines();
    std::vector<Action> enabled;
    for (std::size_t i = 0; !violation; ++i) {
        enabled.clear();
        violation = system.enabled(world, enabled, coverage);
        if (violation || i == actions.size()) break;
        if (std::ranges::find(enabled, actions[i]) == enabled.end()) {
            told.impossible = true;
            told.text += fmt::format("{:3}. {}: not possible here\n", i + 1, to_text(actions[i]));
            break;
        }
        told.text += fmt::format("{:3}. {}{}\n", i + 1, to_text(actions[i]),
                                 system.disturbs(actions[i]) ? "   <- a disturbance" : "");
        try {
            violation = system.apply(world, actions[i], coverage, &story);
        } catch (const InvariantBroken& broken) {
            violation = Violation{kInvariantProperty, broken.what()};
        }
        add_lines();
    }
    if (violation) {
        told.property = violation->property;
        told.text += fmt::format("VIOLATED {}: {}\n  {}\n", violation->property, violation->facts,
                                 statement_of(violation->property));
    } else if (!told.impossible) {
        told.text += "every property holds\n";
    }
    told.text += "\n" + print(world, scope);
    return told;
}

}  // namespace highwater::model
