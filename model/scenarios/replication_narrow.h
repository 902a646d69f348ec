#pragma once

#include <vector>

#include "model/scenarios/replication.h"

namespace highwater::model::cluster {

/// Scopes that ask one question of the replicated partition and freeze the rest, so that what takes many steps to go
/// wrong is still found in seconds.
[[nodiscard]] std::vector<Scenario> narrow_scenarios();

}  // namespace highwater::model::cluster
