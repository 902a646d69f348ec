#pragma once

#include <span>
#include <string_view>

#include "model/cluster/occurrence.h"
#include "model/cluster/scope.h"
#include "model/scenarios/scenario.h"

namespace highwater::model::cluster {

using Scenario = ScenarioOf<Scope, Occurrence>;
using ScenarioScope = Scenario::Bounded;

/// One partition on two or three brokers with their controller.
[[nodiscard]] std::span<const Scenario> replication_scenarios();
/// nullptr when there is none.
[[nodiscard]] const Scenario* find_scenario(std::string_view name);

}  // namespace highwater::model::cluster
