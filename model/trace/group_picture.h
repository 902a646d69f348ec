#pragma once

#include <span>

#include "model/group/action.h"
#include "model/group/scope.h"
#include "model/trace/picture.h"

namespace highwater::model::group {

/// Draws a run of a group: lanes, frames, messages, and the violation at its end. Title, statement, notes and story are
/// the caller's.
[[nodiscard]] Picture picture_of(const Scope& scope, std::span<const Action> actions);

}  // namespace highwater::model::group
