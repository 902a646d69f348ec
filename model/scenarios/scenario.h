#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "model/explore/system.h"
#include "model/scenarios/scope_size.h"

namespace highwater::model {

/// What the exhaustive run of a scope visits: equal on every run, machine and compiler, or something has changed.
struct Golden {
    std::uint64_t states = 0;
    std::uint32_t depth = 0;
};

/// The bounds in which a question is asked.
template <class Scope, class Occurrence>
struct BoundedScope {
    ScopeSize size;
    Scope scope;
    /// nullopt: too large to be pinned, or the scenario is known to fail.
    std::optional<Golden> golden;
    /// Of what the scenario names, what cannot occur in this scope.
    std::vector<Occurrence> cannot_occur;

    BoundedScope(ScopeSize its_size, Scope bounds, std::optional<Golden> pinned, std::vector<Occurrence> cannot = {})
        : size(its_size), scope(std::move(bounds)), golden(pinned), cannot_occur(std::move(cannot)) {}
};

/// A question about a world, with its bounds.
template <class Scope, class Occurrence>
struct ScenarioOf {
    using Bounded = BoundedScope<Scope, Occurrence>;

    std::string_view name;
    std::string_view sentence;
    /// The property that does not hold here, by design: the anomaly is documented, and must be found. Empty: all hold.
    std::string_view known_to_fail;
    std::vector<Bounded> scopes;
    /// What a complete run must have seen at least once.
    std::vector<Occurrence> must_occur;

    /// nullptr when it has no scope of this size.
    [[nodiscard]] const Bounded* find(ScopeSize size) const {
        const auto found = std::ranges::find(scopes, size, &Bounded::size);
        return found == scopes.end() ? nullptr : &*found;
    }
};

/// The occurrences that a run of the scope should have seen and did not.
template <class Scope, class Occurrence>
std::vector<Occurrence> unseen(const ScenarioOf<Scope, Occurrence>& scenario,
                               const typename ScenarioOf<Scope, Occurrence>::Bounded& scope, const Coverage& coverage) {
    std::vector<Occurrence> missing;
    for (const Occurrence occurrence : scenario.must_occur) {
        const bool expected = std::ranges::find(scope.cannot_occur, occurrence) == scope.cannot_occur.end();
        if (expected && coverage.counts[static_cast<std::size_t>(occurrence)] == 0) missing.push_back(occurrence);
    }
    return missing;
}

}  // namespace highwater::model
