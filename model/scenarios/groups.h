#pragma once

#include <span>
#include <string_view>

#include "model/group/occurrence.h"
#include "model/group/scope.h"
#include "model/scenarios/scenario.h"

namespace highwater::model::group {

using Scenario = ScenarioOf<Scope, Occurrence>;
using ScenarioScope = Scenario::Bounded;

/// A group and its coordinators.
[[nodiscard]] std::span<const Scenario> group_scenarios();
/// nullptr when there is none.
[[nodiscard]] const Scenario* find_scenario(std::string_view name);

}  // namespace highwater::model::group
