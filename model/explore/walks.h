#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/hash.h"
#include "model/explore/invariant_trap.h"
#include "model/explore/progress.h"
#include "model/explore/system.h"

namespace highwater::model {

struct RandomOptions {
    std::uint64_t seed = 1;
    /// Steps in all; the last walk is finished.
    std::uint64_t steps = 1'000'000;
    std::string_view name = "random";
    ProgressStyle progress = ProgressStyle::silent;
};

/// Numbers from a seed (SplitMix64): equal on every machine and standard library.
class RandomSource {
  public:
    explicit RandomSource(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() { return mix_bits(state_++ * 0x9e3779b97f4a7c15U); }
    /// In [0, bound). Requires: bound > 0. The bias is below bound / 2^64.
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

  private:
    std::uint64_t state_;
};

/// What a walk may do next: everything, and of that what does not disturb.
template <class Action>
struct Choices {
    const std::vector<Action>& all;
    const std::vector<Action>& calm;
    /// Steps since the last disturbance.
    std::size_t calm_steps = 0;

    [[nodiscard]] bool may_disturb() const { return calm.size() < all.size(); }
};

/// Walks from the initial state until `Chooser` ends the walk, again and again. Walk `n` of a seed depends on nothing
/// but the two and, where the chooser says so, on how long the walks before it were.
///   Chooser(random, walk, longest)   for each walk; `longest` so far
///   choose(choices)                  nullopt: the walk ends, which is judged when the system is at rest
template <template <System> class Chooser, System S>
Exploration<typename S::Action> explore_by_walks(const S& system, const RandomOptions& options) {
    using Step = typename S::Action;
    /// Without disturbances every run must come to rest; none needs nearly as many steps.
    constexpr std::size_t kLivelockSteps = 5'000;
    Stopwatch watch;
    Progress progress(options.name, options.progress);
    Exploration<Step> result;
    std::vector<Step> actions;
    std::vector<Step> calm;
    std::vector<Step> path;
    Hasher chain{options.seed};
    for (std::uint64_t walk = 0; result.steps < options.steps && !result.counterexample; ++walk) {
        RandomSource random(mix_bits(options.seed) ^ walk);
        Chooser<S> chooser(system, random, walk, result.depth);
        auto state = system.initial();
        path.clear();
        std::size_t calm_steps = 0;
        for (;;) {
            ++result.states;
            actions.clear();
            if (auto violation = system.enabled(state, actions, result.coverage)) {
                result.counterexample = {path, std::move(*violation)};
                break;
            }
            calm.clear();
            for (const Step& action : actions) {
                if (!system.disturbs(action)) calm.push_back(action);
            }
            const std::optional<Step> action = chooser.choose(Choices<Step>{actions, calm, calm_steps});
            if (!action) break;
            const std::vector<Step>& among = system.disturbs(*action) ? actions : calm;
            const auto chosen = static_cast<std::uint64_t>(std::ranges::find(among, *action) - among.begin());
            chain.add((static_cast<std::uint64_t>(actions.size()) << 32) | chosen);
            path.push_back(*action);
            ++result.steps;
            calm_steps = system.disturbs(*action) ? 0 : calm_steps + 1;
            if (calm_steps > kLivelockSteps) {
                result.counterexample = {path, {"ComesToRest", "so many steps without a disturbance, and no rest"}};
                break;
            }
            if (auto violation = apply_trapped(system, state, *action, result.coverage)) {
                result.counterexample = {path, std::move(*violation)};
                break;
            }
        }
        chain.add(system.fingerprint(state));
        result.depth = std::max(result.depth, static_cast<std::uint32_t>(path.size()));
        if (walk % 256 == 0) progress.update(result.states, result.steps, result.depth, 0);
    }
    result.event_log = chain.value();
    result.seconds = watch.seconds();
    result.cpu_seconds = watch.cpu_seconds();
    return result;
}

/// One of the disturbances, each as likely as the others. Requires: there is one.
template <System S>
typename S::Action any_disturbance(const S& system, const Choices<typename S::Action>& choices, RandomSource& random) {
    for (;;) {
        const auto action = choices.all[random.below(choices.all.size())];
        if (system.disturbs(action)) return action;
    }
}

}  // namespace highwater::model
