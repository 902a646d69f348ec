#include "model/scenarios/check.h"

#include <algorithm>
#include <utility>

#include "model/check/property.h"
#include "model/explore/exhaustive.h"
#include "model/explore/random.h"
#include "model/trace/minimise.h"
#include "model/world/partition_world.h"

namespace highwater::model {
namespace {

/// A search this large takes about a second.
constexpr std::uint64_t kMinimiserStates = 300'000;

bool is_better(const std::vector<Action>& a, const std::vector<Action>& b) {
    return std::pair{a.size(), disturbances(a)} < std::pair{b.size(), disturbances(b)};
}

/// The shortest way to a violation of this property in the scope, of at most `max_depth` actions.
std::optional<Counterexample<Action>> search(Scope scope, std::string_view property, std::size_t max_depth) {
    for (const Property& other : all_properties()) {
        if (other.name != property) scope.controls.silenced_properties |= property_bit(other.name);
    }
    auto result = explore_exhaustively(PartitionWorld(scope), {.threads = 1,
                                                               .max_states = kMinimiserStates,
                                                               .max_depth = static_cast<std::uint32_t>(max_depth),
                                                               .name = "minimise",
                                                               .progress = ProgressStyle::silent});
    if (!result.counterexample || result.counterexample->violation.property != property) return std::nullopt;
    return std::move(result.counterexample);
}

}  // namespace

std::size_t disturbances(const std::vector<Action>& actions) {
    return static_cast<std::size_t>(std::ranges::count_if(
        actions, [](Action action) { return static_cast<std::size_t>(action.kind) < kDisturbances; }));
}

Exploration<Action> explore(const Scope& scope, const CheckOptions& options) {
    const PartitionWorld world(scope);
    if (options.explorer == Explorer::random) {
        return explore_randomly(
            world, {.seed = options.seed, .steps = options.steps, .name = "random", .progress = options.progress});
    }
    return explore_exhaustively(world, {.threads = options.threads,
                                        .max_states = options.max_states,
                                        .max_depth = 0,
                                        .name = "exhaustive",
                                        .progress = options.progress});
}

Counterexample<Action> minimise(const Scope& scope, Counterexample<Action> found) {
    Counterexample<Action> best = leave_out(PartitionWorld(scope), std::move(found));
    Scope narrow_scope = scope;
    narrow_scope.budgets = {};
    for (const Action action : best.actions) {
        const auto kind = static_cast<std::size_t>(action.kind);
        if (kind < kDisturbances) ++narrow_scope.budgets[kind];
    }
    // A scope with the disturbances that are used, then with fewer and fewer of them.
    if (auto shorter = search(narrow_scope, best.violation.property, best.actions.size())) {
        if (is_better(shorter->actions, best.actions)) best = std::move(*shorter);
    }
    for (std::size_t kind = 0; kind < kDisturbances;) {
        if (narrow_scope.budgets[kind] == 0) {
            ++kind;
            continue;
        }
        Scope fewer = narrow_scope;
        --fewer.budgets[kind];
        auto calmer = search(fewer, best.violation.property, best.actions.size());
        if (calmer && is_better(calmer->actions, best.actions)) {
            best = std::move(*calmer);
            narrow_scope = fewer;
        } else {
            ++kind;
        }
    }
    return best;
}

}  // namespace highwater::model
