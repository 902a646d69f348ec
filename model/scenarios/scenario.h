#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/scenarios/scope_size.h"
#include "model/world/occurrence.h"
#include "model/world/scope.h"

namespace highwater::model {

/// What the exhaustive run of a scope visits: equal on every run, machine and compiler, or something has changed.
struct Golden {
    std::uint64_t states = 0;
    std::uint32_t depth = 0;
};

struct ScenarioScope {
    ScopeSize size;
    Scope scope;
    /// nullopt: too large to be pinned, or the scenario is known to fail.
    std::optional<Golden> golden;
};

/// A question with its bounds.
struct Scenario {
    std::string_view name;
    std::string_view sentence;
    /// The property that does not hold here, by design: the anomaly is documented, and must be found. Empty: all hold.
    std::string_view known_to_fail;
    std::vector<ScenarioScope> scopes;
    /// What a complete run must have seen at least once.
    std::vector<Occurrence> must_occur;

    [[nodiscard]] const ScenarioScope* find(ScopeSize size) const;
};

std::span<const Scenario> all_scenarios();
/// nullptr when there is none.
const Scenario* find_scenario(std::string_view name);

/// The occurrences that a run should have seen and did not.
std::vector<Occurrence> unseen(const Scenario& scenario, const Coverage& coverage);

}  // namespace highwater::model
