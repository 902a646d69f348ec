#pragma once

#include <span>
#include <string>

#include "model/world/action.h"
#include "model/world/scope.h"

namespace highwater::model {

/// The numbered story of a run, in Kafka's words: each action and what came of it, the violation at the end (or that
/// there is none), and the state of the world there.
struct Told {
    std::string text;
    /// Name of the property that does not hold at the end; empty when all do.
    std::string property;
    /// Set when an action of the list was not possible: the story ends before it.
    bool impossible = false;
};

Told tell_story(const Scope& scope, std::span<const Action> actions);

}  // namespace highwater::model
