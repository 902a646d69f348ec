#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "model/explore/exhaustive.h"
#include "model/trace/replay.h"

namespace highwater::model {

/// A shorter way to a violation of the same property by leaving out actions (delta debugging: ever smaller pieces,
/// until no single action can be left out). What is then not possible any more is left out as well.
template <System S>
Counterexample<typename S::Action> leave_out(const S& system, Counterexample<typename S::Action> found) {
    using Step = typename S::Action;
    for (std::size_t piece = found.actions.size(); piece >= 1;) {
        bool shorter = false;
        for (std::size_t from = 0; from < found.actions.size();) {
            std::vector<Step> rest(found.actions.begin(), found.actions.begin() + static_cast<std::ptrdiff_t>(from));
            const std::size_t to = std::min(found.actions.size(), from + piece);
            rest.insert(rest.end(), found.actions.begin() + static_cast<std::ptrdiff_t>(to), found.actions.end());
            auto tried = replay(system, std::span<const Step>(rest), Impossible::skip);
            if (tried.violation && tried.violation->property == found.violation.property &&
                tried.actions.size() < found.actions.size()) {
                found = {std::move(tried.actions), std::move(*tried.violation)};
                shorter = true;
            } else {
                from += piece;
            }
        }
        if (!shorter) piece /= 2;
    }
    return found;
}

/// A search for the same violation within the disturbances that were used, and then with fewer and fewer of them.
/// `Scope` has budgets, one for each kind of disturbance. `only` says which scope judges this property alone.
template <class Scope, class Only>
class NarrowSearch {
  public:
    using World = typename Scope::World;
    using Step = typename World::Action;

    /// A search that visits so many states takes a second or two.
    static constexpr std::uint64_t kStates = 300'000;

    NarrowSearch(const Scope& scope, const Counterexample<Step>& found, Only only)
        : best_(found), narrow_(only(scope, found.violation.property)) {
        narrow_.budgets = {};
        for (const Step action : found.actions) {
            if (disturbs(action)) ++narrow_.budgets[static_cast<std::size_t>(action.kind)];
        }
    }

    Counterexample<Step> run() {
        consider(narrow_);
        for (std::size_t kind = 0; kind < narrow_.budgets.size();) {
            Scope fewer = narrow_;
            if (fewer.budgets[kind] == 0) {
                ++kind;
                continue;
            }
            --fewer.budgets[kind];
            if (consider(fewer)) {
                narrow_ = fewer;
            } else {
                ++kind;
            }
        }
        return best_;
    }

  private:
    static std::pair<std::size_t, std::size_t> size_of(const std::vector<Step>& actions) {
        const auto faults = std::ranges::count_if(actions, [](Step action) { return disturbs(action); });
        return {actions.size(), static_cast<std::size_t>(faults)};
    }

    /// Whether there is a better way in `scope`, which is then the best.
    bool consider(const Scope& scope) {
        const auto depth = static_cast<std::uint32_t>(best_.actions.size());
        auto result = explore_exhaustively(
            World(scope), {.threads = 1, .max_states = kStates, .max_depth = depth, .name = "minimise"});
        if (!result.counterexample || result.counterexample->violation.property != best_.violation.property) {
            return false;
        }
        if (size_of(result.counterexample->actions) >= size_of(best_.actions)) return false;
        best_ = std::move(*result.counterexample);
        return true;
    }

    Counterexample<Step> best_;
    Scope narrow_;
};

/// The same way in the order that is easiest to read: the one with the least `cost(actions)` that moving single actions
/// leads to.
template <System S>
Counterexample<typename S::Action> in_reading_order(const S& system, Counterexample<typename S::Action> found,
                                                    const auto& cost) {
    auto least = cost(found.actions);
    for (bool better = true; better;) {
        better = false;
        // The last action stays: it violates.
        for (std::size_t from = 0; from + 1 < found.actions.size(); ++from) {
            for (std::size_t to = 0; to + 1 < found.actions.size(); ++to) {
                if (from == to) continue;
                auto actions = found.actions;
                const auto first = actions.begin() + static_cast<std::ptrdiff_t>(std::min(from, to));
                const auto last = actions.begin() + static_cast<std::ptrdiff_t>(std::max(from, to)) + 1;
                std::rotate(first, from < to ? first + 1 : last - 1, last);
                auto tried = replay(system, std::span<const typename S::Action>(actions), Impossible::stop);
                const bool same = tried.violation && tried.violation->property == found.violation.property &&
                                  tried.actions.size() == actions.size();
                if (!same) continue;
                const auto costs = cost(actions);
                if (!(costs < least)) continue;
                least = costs;
                found = {std::move(tried.actions), std::move(*tried.violation)};
                better = true;
            }
        }
    }
    return found;
}

}  // namespace highwater::model
