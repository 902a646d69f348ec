#pragma once

#include <vector>

#include "model/scenarios/scenario.h"

namespace highwater::model {

/// One partition, one broker that stops and starts, idempotent producers that retry over a network that loses,
/// duplicates and reorders.
std::vector<Scenario> idempotence_scenarios();

}  // namespace highwater::model
