#pragma once

#include <span>

#include "model/trace/picture.h"
#include "model/world/action.h"
#include "model/world/scope.h"

namespace highwater::model {

/// Draws a run of one partition on one broker: lanes, frames, messages, and the violation at its end. Title, statement,
/// notes and story are the caller's.
[[nodiscard]] Picture picture_of(const Scope& scope, std::span<const Action> actions);

}  // namespace highwater::model
