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

/// What is known of a counterexample before it is minimised.
enum class Length : std::uint8_t {
    any,
    fewest_actions,  ///< found breadth first: only disturbances can be saved
};

/// Searches for the same violation: a shorter one with whatever disturbances the scope allows, then one within those
/// that are used, and with fewer and fewer of them. `Scope` has budgets, one for each kind of disturbance.
/// `only(scope, property)` is the scope that judges this property alone.
template <class Scope, class Only>
class NarrowSearch {
  public:
    using World = typename Scope::World;
    using Step = typename World::Action;

    /// A search that visits so many states takes a second or two.
    static constexpr std::uint64_t kStates = 300'000;

    NarrowSearch(const Scope& scope, Counterexample<Step> found, Only only)
        : best_(std::move(found)), scope_(only(scope, best_.violation.property)) {}

    Counterexample<Step> run(Length length) {
        if (length == Length::any) {
            // What is used already first: a small space, and the next search need not go as deep.
            consider(within(used(best_.actions)), best_.actions.size());
            consider(scope_, best_.actions.size() - 1);
        }
        auto budgets = used(best_.actions);
        for (std::size_t kind = 0; kind < budgets.size();) {
            if (budgets[kind] == 0) {
                ++kind;
                continue;
            }
            auto fewer = budgets;
            --fewer[kind];
            if (consider(within(fewer), best_.actions.size())) {
                budgets = fewer;
            } else {
                ++kind;
            }
        }
        return best_;
    }

  private:
    using Budgets = decltype(Scope::budgets);

    static Budgets used(const std::vector<Step>& actions) {
        Budgets budgets{};
        for (const Step action : actions) {
            if (disturbs(action)) ++budgets[static_cast<std::size_t>(action.kind)];
        }
        return budgets;
    }

    Scope within(const Budgets& budgets) const {
        Scope narrow = scope_;
        narrow.budgets = budgets;
        return narrow;
    }

    static std::pair<std::size_t, std::size_t> size_of(const std::vector<Step>& actions) {
        const auto faults = std::ranges::count_if(actions, [](Step action) { return disturbs(action); });
        return {actions.size(), static_cast<std::size_t>(faults)};
    }

    /// Whether there is a better way in `scope` of at most `depth` actions, which is then the best.
    bool consider(const Scope& scope, std::size_t depth) {
        if (depth == 0) return false;
        auto result = explore_exhaustively(
            World(scope),
            {.threads = 1, .max_states = kStates, .max_depth = static_cast<std::uint32_t>(depth), .name = "minimise"});
        if (!result.counterexample || result.counterexample->violation.property != best_.violation.property) {
            return false;
        }
        if (size_of(result.counterexample->actions) >= size_of(best_.actions)) return false;
        best_ = std::move(*result.counterexample);
        return true;
    }

    Counterexample<Step> best_;
    Scope scope_;
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
