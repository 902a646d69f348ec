#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/explore/system.h"
#include "model/scenarios/checker.h"

namespace highwater::model {

/// What a scope allows, in one line.
template <class Scope>
[[nodiscard]] std::string all_bounds(const Scope& scope) {
    using Kind = decltype(ActionIn<Scope>::kind);
    std::vector<std::string> budgets;
    for (std::size_t i = 0; i < scope.budgets.size(); ++i) {
        if (scope.budgets[i] == 0) continue;
        budgets.push_back(fmt::format("{} {}", name_of(static_cast<Kind>(i)), scope.budgets[i]));
    }
    return fmt::format("{}; at most: {}", bounds_of(scope), fmt::join(budgets, ", "));
}

/// False when a name is unknown.
template <class Scope>
[[nodiscard]] bool silence(Scope& scope, const std::vector<std::string>& names) {
    for (const std::string& property : names) {
        const auto bit = property_bit(scope, property);
        if (!bit) {
            fmt::print(stderr, "no property is called {}\n", property);
            return false;
        }
        silenced_properties(scope) |= *bit;
    }
    return true;
}

/// Takes from the harness what a control takes. False when a name is unknown.
template <class Scope>
[[nodiscard]] bool weaken(Scope& scope, const HuntOptions& options) {
    using Kind = decltype(ActionIn<Scope>::kind);
    for (const std::string& name : options.without) {
        const auto kind = kind_from<Kind>(name);
        if (!kind || static_cast<std::size_t>(*kind) >= scope.budgets.size()) {
            fmt::print(stderr, "no disturbance is called {}\n", name);
            return false;
        }
        scope.budgets[static_cast<std::size_t>(*kind)] = 0;
    }
    if (!silence(scope, options.silenced)) return false;
    for (const std::string& name : options.controls) {
        if (!set_control(scope, name)) {
            fmt::print(stderr, "no control is called {}\n", name);
            return false;
        }
    }
    return true;
}

}  // namespace highwater::model
