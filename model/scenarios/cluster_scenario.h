#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/cluster/occurrence.h"
#include "model/cluster/scope.h"
#include "model/scenarios/scenario.h"
#include "model/scenarios/scope_size.h"

namespace highwater::model::cluster {

struct ScenarioScope {
    ScopeSize size;
    Scope scope;
    /// nullopt: too large to be pinned.
    std::optional<Golden> golden;
    /// Of what the scenario names, what cannot occur in this scope.
    std::vector<Occurrence> cannot_occur = {};
};

/// A question about the replicated partition, with its bounds.
struct Scenario {
    std::string_view name;
    std::string_view sentence;
    std::vector<ScenarioScope> scopes;
    /// What a complete run must have seen at least once.
    std::vector<Occurrence> must_occur;

    [[nodiscard]] const ScenarioScope* find(ScopeSize size) const;
};

std::span<const Scenario> all_scenarios();
/// nullptr when there is none.
const Scenario* find_scenario(std::string_view name);

/// The occurrences that a run of the scope should have seen and did not.
std::vector<Occurrence> unseen(const Scenario& scenario, const ScenarioScope& scope, const Coverage& coverage);

}  // namespace highwater::model::cluster
