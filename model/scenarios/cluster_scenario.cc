#include "model/scenarios/cluster_scenario.h"

#include <algorithm>

#include "model/scenarios/replication.h"

namespace highwater::model::cluster {

const ScenarioScope* Scenario::find(ScopeSize size) const {
    const auto found = std::ranges::find(scopes, size, &ScenarioScope::size);
    return found == scopes.end() ? nullptr : &*found;
}

std::span<const Scenario> all_scenarios() {
    static const std::vector<Scenario> scenarios = replication_scenarios();
    return scenarios;
}

const Scenario* find_scenario(std::string_view name) {
    for (const Scenario& scenario : all_scenarios()) {
        if (scenario.name == name) return &scenario;
    }
    return nullptr;
}

std::vector<Occurrence> unseen(const Scenario& scenario, const ScenarioScope& scope, const Coverage& coverage) {
    std::vector<Occurrence> missing;
    for (const Occurrence occurrence : scenario.must_occur) {
        const bool expected = std::ranges::find(scope.cannot_occur, occurrence) == scope.cannot_occur.end();
        if (expected && coverage.counts[static_cast<std::size_t>(occurrence)] == 0) missing.push_back(occurrence);
    }
    return missing;
}

}  // namespace highwater::model::cluster
