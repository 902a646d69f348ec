#pragma once

#include <optional>
#include <stdexcept>
#include <vector>

#include "model/explore/system.h"

namespace highwater::model {

/// Thrown where the core would stop the process because one of its own invariants does not hold. Linking the model
/// replaces the core's reporter, so that the checker can show the way there.
struct InvariantBroken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The name of the violation that a broken invariant of the core becomes.
inline constexpr std::string_view kInvariantProperty = "CoreInvariant";

/// Keeps the reporter of this library in the link, whatever the order of the archives.
void link_invariant_trap();

/// system.apply(), with a broken invariant as a violation.
template <System S>
std::optional<Violation> apply_trapped(const S& system, typename S::State& state, const typename S::Action& action,
                                       Coverage& coverage) {
    try {
        return system.apply(state, action, coverage);
    } catch (const InvariantBroken& broken) {
        return Violation{kInvariantProperty, broken.what()};
    }
}

/// system.enabled(), likewise.
template <System S>
std::optional<Violation> enabled_trapped(const S& system, const typename S::State& state,
                                         std::vector<typename S::Action>& actions, Coverage& coverage) {
    try {
        return system.enabled(state, actions, coverage);
    } catch (const InvariantBroken& broken) {
        return Violation{kInvariantProperty, broken.what()};
    }
}

}  // namespace highwater::model
