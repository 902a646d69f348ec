#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "model/explore/action.h"
#include "model/explore/walks.h"

namespace highwater::model {

/// Probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010), with links, timers and clients for threads: the
/// actions of one kind about one thing are a chain. Each walk draws an order of the chains, and always takes the first
/// one that can go on. At 2 to 4 steps, drawn before, the order changes: a disturbance happens, or the chain that is
/// first becomes the last. A fault that needs d such changes in the right places is found with a probability that
/// does not fall with the number of all orders, but with the d-th power of the length of a walk.
template <System S>
class PctChooser {
  public:
    using Step = typename S::Action;

    PctChooser(const S& system, RandomSource& random, std::uint64_t walk, std::uint32_t longest)
        : system_(system), random_(random) {
        changes_.resize(2 + walk % 3);
        const std::size_t length = std::max<std::size_t>(kShortestWalk, longest);
        for (std::size_t& change : changes_) change = random_.below(length);
        std::sort(changes_.begin(), changes_.end());
    }

    std::optional<Step> choose(const Choices<Step>& choices) {
        const bool change = next_ < changes_.size() && (changes_[next_] <= step_ || choices.calm.empty());
        ++step_;
        if (change) {
            ++next_;
            if (choices.may_disturb() && (choices.calm.empty() || random_.below(2) == 0)) {
                return any_disturbance(system_, choices, random_);
            }
        }
        if (choices.calm.empty()) return std::nullopt;
        // Strict priorities may go round without end where a fair run would not.
        if (choices.calm_steps > kStrictSteps) return choices.calm[random_.below(choices.calm.size())];
        if (change) priority_of(first(choices)) = --last_;
        return first(choices);
    }

  private:
    static constexpr std::size_t kShortestWalk = 16;
    static constexpr std::size_t kStrictSteps = 500;

    [[nodiscard]] std::int64_t& priority_of(Step action) {
        const auto chain = std::pair{static_cast<unsigned>(action.kind), action.a};
        const auto [found, is_new] = priorities_.try_emplace(chain, 0);
        if (is_new) found->second = static_cast<std::int64_t>(random_.next() >> 2);
        return found->second;
    }

    [[nodiscard]] Step first(const Choices<Step>& choices) {
        Step best = choices.calm.front();
        for (const Step& action : choices.calm) {
            if (priority_of(action) > priority_of(best)) best = action;
        }
        return best;
    }

    const S& system_;
    RandomSource& random_;
    std::map<std::pair<unsigned, std::uint8_t>, std::int64_t> priorities_;
    /// Below all that were drawn.
    std::int64_t last_ = 0;
    std::vector<std::size_t> changes_;
    std::size_t next_ = 0;
    std::size_t step_ = 0;
};

template <System S>
Exploration<typename S::Action> explore_by_priorities(const S& system, const RandomOptions& options) {
    return explore_by_walks<PctChooser>(system, options);
}

}  // namespace highwater::model
