#pragma once

#include <span>

#include "model/trace/picture.h"
#include "model/transaction/action.h"
#include "model/transaction/scope.h"

namespace highwater::model::transaction {

/// Draws a run of transactions: lanes, frames, messages, and the violation at its end. Title, statement, notes and
/// story are the caller's.
[[nodiscard]] Picture picture_of(const Scope& scope, std::span<const Action> actions);

}  // namespace highwater::model::transaction
