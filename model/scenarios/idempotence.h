#pragma once

#include <span>
#include <string_view>

#include "model/scenarios/scenario.h"
#include "model/world/occurrence.h"
#include "model/world/scope.h"

namespace highwater::model {

using Scenario = ScenarioOf<Scope, Occurrence>;
using ScenarioScope = Scenario::Bounded;

/// One partition on one broker: idempotent producers, failures of the disk, restarts.
[[nodiscard]] std::span<const Scenario> idempotence_scenarios();
/// nullptr when there is none.
[[nodiscard]] const Scenario* find_scenario(std::string_view name);

}  // namespace highwater::model
