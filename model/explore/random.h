#pragma once

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

/// Walks from the initial state until nothing is enabled, again and again. Each walk draws how often it disturbs (in
/// eighths), so that calm and wild walks both occur; when the disturbances are used up it runs to rest, which is
/// judged. Walk `n` of a seed depends on nothing but the two.
template <System S>
Exploration<typename S::Action> explore_randomly(const S& system, const RandomOptions& options) {
    using Step = typename S::Action;
    /// Without disturbances every run must come to rest; none needs nearly as many steps.
    constexpr std::size_t kLivelockSteps = 5'000;
    Stopwatch watch;
    Progress progress(options.name, options.progress);
    Exploration<Step> result;
    std::vector<Step> actions;
    std::vector<Step> calm;
    std::vector<Step> path;
    for (std::uint64_t walk = 0; result.steps < options.steps && !result.counterexample; ++walk) {
        RandomSource random(mix_bits(options.seed) ^ walk);
        const std::size_t wildness = random.below(8);
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
            // At rest a walk ends, unless it is a wild one that has faults left.
            const bool disturb = calm.size() < actions.size() && random.below(8) < wildness;
            if (calm.empty() && !disturb) break;
            Step action;
            if (disturb) {
                do {
                    action = actions[random.below(actions.size())];
                } while (!system.disturbs(action));
            } else {
                action = calm[random.below(calm.size())];
            }
            path.push_back(action);
            ++result.steps;
            calm_steps = disturb ? 0 : calm_steps + 1;
            if (calm_steps > kLivelockSteps) {
                result.counterexample = {path, {"ComesToRest", "so many steps without a disturbance, and no rest"}};
                break;
            }
            if (auto violation = apply_trapped(system, state, action, result.coverage)) {
                result.counterexample = {path, std::move(*violation)};
                break;
            }
        }
        result.depth = std::max(result.depth, static_cast<std::uint32_t>(path.size()));
        if (walk % 256 == 0) progress.update(result.states, result.steps, result.depth, 0);
    }
    result.seconds = watch.seconds();
    result.cpu_seconds = watch.cpu_seconds();
    return result;
}

}  // namespace highwater::model
