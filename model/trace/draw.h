#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/explore/invariant_trap.h"
#include "model/explore/system.h"
#include "model/trace/picture.h"

namespace highwater::model {

/// Draws a run frame by frame, up to a violation, also one of rest at the end, or to an action that is not possible.
/// The painter knows what the world's states look like:
///   begin(state, frame)                  the first frame
///   step(before, action, after, frame)   what came of an action; the frame has its words already
template <class S, class Painter>
void draw(const S& system, std::span<const typename S::Action> actions, Painter& painter, Picture& picture) {
    Coverage coverage;
    std::optional<Violation> violation;
    picture.frames.emplace_back();
    typename S::State state = system.initial(&picture.frames.back().lines);
    painter.begin(state, picture.frames.back());
    std::vector<typename S::Action> enabled;
    for (std::size_t i = 0; !violation; ++i) {
        enabled.clear();
        violation = system.enabled(state, enabled, coverage);
        if (violation || i == actions.size()) break;
        if (std::ranges::find(enabled, actions[i]) == enabled.end()) break;
        const typename S::State before = state;
        Frame& frame = picture.frames.emplace_back();
        frame.action = to_text(actions[i]);
        frame.disturbs = system.disturbs(actions[i]);
        try {
            violation = system.apply(state, actions[i], coverage, &frame.lines);
        } catch (const InvariantBroken& broken) {
            violation = Violation{kInvariantProperty, broken.what()};
        }
        painter.step(before, actions[i], state, frame);
    }
    if (violation) {
        picture.property = violation->property;
        picture.facts = split_facts(violation->facts);
    }
}

}  // namespace highwater::model
