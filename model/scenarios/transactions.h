#pragma once

#include <span>
#include <string_view>

#include "model/scenarios/scenario.h"
#include "model/transaction/occurrence.h"
#include "model/transaction/scope.h"

namespace highwater::model::transaction {

using Scenario = ScenarioOf<Scope, Occurrence>;

using ScenarioScope = Scenario::Bounded;

/// The scenarios of transactions.
[[nodiscard]] std::span<const Scenario> transaction_scenarios();
/// nullptr when there is none.
[[nodiscard]] const Scenario* find_scenario(std::string_view name);

}  // namespace highwater::model::transaction
