#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "model/explore/invariant_trap.h"
#include "model/explore/system.h"

namespace highwater::model {

/// One walk, whose choices are given as bytes by whoever guides the search (a fuzzer): each byte is a choice among the
/// enabled actions. Below kDisturbFrom it lets something proceed, from there on it disturbs where that is possible.
/// When the bytes are used up the walk goes on without disturbances until it comes to rest, which is judged: always the
/// first action, but for every eighth step, when it is the last one, so that nothing is put off for ever. `observe` is
/// given every state on the way; what it makes of them guides the search.
inline constexpr std::uint8_t kDisturbFrom = 192;

template <System S, class Observe>
std::optional<Counterexample<typename S::Action>> walk_along(const S& system, std::span<const std::uint8_t> choices,
                                                             const Observe& observe) {
    using Step = typename S::Action;
    /// Without disturbances every run must come to rest; none needs nearly as many steps.
    constexpr std::size_t kLivelockSteps = 5'000;
    Coverage coverage;
    std::vector<Step> enabled;
    std::vector<Step> calm;
    std::vector<Step> disturbing;
    std::vector<Step> path;
    auto state = system.initial();
    observe(std::as_const(state));
    std::size_t calm_steps = 0;
    for (std::size_t at = 0;; ++at) {
        enabled.clear();
        if (auto violation = enabled_trapped(system, state, enabled, coverage)) {
            return Counterexample<Step>{path, std::move(*violation)};
        }
        calm.clear();
        disturbing.clear();
        for (const Step& action : enabled) (system.disturbs(action) ? disturbing : calm).push_back(action);
        Step chosen;
        if (at < choices.size()) {
            const bool disturb = choices[at] >= kDisturbFrom && !disturbing.empty();
            const std::vector<Step>& among = disturb ? disturbing : calm;
            if (among.empty()) {
                if (calm.empty() && disturbing.empty()) return std::nullopt;
                continue;  // at rest: only a disturbance goes on from here
            }
            chosen = among[choices[at] % among.size()];
            calm_steps = disturb ? 0 : calm_steps + 1;
        } else {
            if (calm.empty()) return std::nullopt;
            chosen = ++calm_steps % 8 == 0 ? calm.back() : calm.front();
        }
        path.push_back(chosen);
        if (calm_steps > kLivelockSteps) {
            return Counterexample<Step>{path, {"ComesToRest", "so many steps without a disturbance, and no rest"}};
        }
        if (auto violation = apply_trapped(system, state, chosen, coverage)) {
            return Counterexample<Step>{path, std::move(*violation)};
        }
        observe(std::as_const(state));
    }
}

}  // namespace highwater::model
