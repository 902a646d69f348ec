#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/hash.h"
#include "model/explore/action.h"
#include "model/explore/walks.h"

namespace highwater::model {

/// Swarm testing (Groce et al., ISSTA 2012): each walk leaves out some kinds of disturbance, so that those that are
/// left come in numbers; and each link, timer and client of a walk has a speed of its own, so that one is behind all
/// the time.
template <System S>
class SwarmChooser {
  public:
    using Step = typename S::Action;

    SwarmChooser(const S& system, RandomSource& random, std::uint64_t /*walk*/, std::uint32_t /*longest*/)
        : system_(system), random_(random), kinds_(random.next()), speeds_(random.next()), wildness_(random.below(8)) {}

    std::optional<Step> choose(const Choices<Step>& choices) {
        if (choices.may_disturb() && random_.below(8) < wildness_) {
            const Step action = any_disturbance(system_, choices, random_);
            if ((kinds_ >> (static_cast<unsigned>(action.kind) % 64) & 1) != 0) return action;
        }
        if (choices.calm.empty()) return std::nullopt;
        std::size_t total = 0;
        for (const Step& action : choices.calm) total += speed_of(action);
        std::size_t at = random_.below(total);
        for (const Step& action : choices.calm) {
            if (at < speed_of(action)) return action;
            at -= speed_of(action);
        }
        return std::nullopt;
    }

  private:
    [[nodiscard]] std::size_t speed_of(Step action) const {
        static constexpr std::array<std::size_t, 4> kSpeeds = {1, 4, 16, 64};
        const std::uint64_t chain = static_cast<std::uint64_t>(action.kind) << 8 | action.a;
        return kSpeeds[mix_bits(speeds_ ^ mix_bits(chain + 1)) % kSpeeds.size()];
    }

    const S& system_;
    RandomSource& random_;
    /// Bit i: kind i may disturb.
    const std::uint64_t kinds_;
    const std::uint64_t speeds_;
    const std::size_t wildness_;
};

template <System S>
Exploration<typename S::Action> explore_as_a_swarm(const S& system, const RandomOptions& options) {
    return explore_by_walks<SwarmChooser>(system, options);
}

}  // namespace highwater::model
