#pragma once

#include <span>

#include "model/cluster/action.h"
#include "model/cluster/scope.h"
#include "model/trace/picture.h"

namespace highwater::model::cluster {

/// Draws a run of the cluster: lanes, frames, messages, and the violation at its end. Title, statement, notes and story
/// are the caller's.
[[nodiscard]] Picture picture_of(const Scope& scope, std::span<const Action> actions);

}  // namespace highwater::model::cluster
