#include "model/scenarios/scenario.h"

#include <algorithm>

#include "model/scenarios/idempotence.h"

namespace highwater::model {

const ScenarioScope* Scenario::find(ScopeSize size) const {
    const auto found = std::ranges::find(scopes, size, &ScenarioScope::size);
    return found == scopes.end() ? nullptr : &*found;
}

std::span<const Scenario> all_scenarios() {
    static const std::vector<Scenario> scenarios = idempotence_scenarios();
    return scenarios;
}

const Scenario* find_scenario(std::string_view name) {
    for (const Scenario& scenario : all_scenarios()) {
        if (scenario.name == name) return &scenario;
    }
    return nullptr;
}

std::vector<Occurrence> unseen(const Scenario& scenario, const Coverage& coverage) {
    std::vector<Occurrence> missing;
    for (const Occurrence occurrence : scenario.must_occur) {
        if (coverage.counts[static_cast<std::size_t>(occurrence)] == 0) missing.push_back(occurrence);
    }
    return missing;
}

}  // namespace highwater::model
