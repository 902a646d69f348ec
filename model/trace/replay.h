#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "model/explore/invariant_trap.h"
#include "model/explore/system.h"

namespace highwater::model {

/// What came of carrying out a list of actions.
template <System S>
struct Replayed {
    typename S::State state;
    /// The actions that were carried out: all, or those that were possible.
    std::vector<typename S::Action> actions;
    std::optional<Violation> violation;
    /// Place of the first action that was not possible; nullopt when all were.
    std::optional<std::size_t> impossible_at;
};

enum class Impossible { stop, skip };

/// Carries out the actions from the initial state up to a violation, also one of rest at the end. An action that is not
/// possible where it comes stops the replay, or is left out.
template <System S>
Replayed<S> replay(const S& system, std::span<const typename S::Action> actions, Impossible impossible) {
    Replayed<S> result{system.initial(), {}, {}, {}};
    Coverage coverage;
    std::vector<typename S::Action> enabled;
    for (std::size_t i = 0;; ++i) {
        enabled.clear();
        result.violation = system.enabled(result.state, enabled, coverage);
        if (result.violation || i == actions.size()) return result;
        if (std::find(enabled.begin(), enabled.end(), actions[i]) == enabled.end()) {
            if (!result.impossible_at) result.impossible_at = i;
            if (impossible == Impossible::stop) return result;
            continue;
        }
        result.actions.push_back(actions[i]);
        result.violation = apply_trapped(system, result.state, actions[i], coverage);
        if (result.violation) return result;
    }
}

}  // namespace highwater::model
