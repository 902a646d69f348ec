#pragma once

#include <cstdint>
#include <optional>

#include "model/explore/walks.h"

namespace highwater::model {

/// Every step that is possible is as likely as the others. Each walk draws how often it disturbs (in eighths), so that
/// calm and wild walks both occur; when the disturbances are used up it runs to rest, which is judged.
template <System S>
class UniformChooser {
  public:
    using Step = typename S::Action;

    UniformChooser(const S& system, RandomSource& random, std::uint64_t /*walk*/, std::uint32_t /*longest*/)
        : system_(system), random_(random), wildness_(random.below(8)) {}

    std::optional<Step> choose(const Choices<Step>& choices) {
        // At rest a walk ends, unless it is a wild one that has faults left.
        if (choices.may_disturb() && random_.below(8) < wildness_) return any_disturbance(system_, choices, random_);
        if (choices.calm.empty()) return std::nullopt;
        return choices.calm[random_.below(choices.calm.size())];
    }

  private:
    const S& system_;
    RandomSource& random_;
    const std::size_t wildness_;
};

template <System S>
Exploration<typename S::Action> explore_randomly(const S& system, const RandomOptions& options) {
    return explore_by_walks<UniformChooser>(system, options);
}

}  // namespace highwater::model
