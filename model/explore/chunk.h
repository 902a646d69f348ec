#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/explore/fingerprint_set.h"
#include "model/explore/frontier.h"
#include "model/explore/invariant_trap.h"
#include "model/explore/symmetry.h"
#include "model/explore/system.h"

namespace highwater::model::detail {

/// A state that was found while a chunk was expanded, and may be new.
struct Found {
    std::uint64_t fingerprint;
    /// Its place in the level, and that of the action in its list.
    std::uint32_t parent;
    std::uint32_t action;
    std::uint32_t orbit;
    /// Nobody before it found the same.
    bool is_new;
};

/// A piece of a level, of a fixed number of states: expanded by one thread, which keeps what the visited set does not
/// know yet.
template <System S>
class Chunk {
  public:
    std::vector<Found> found;
    /// The states, in the same order.
    FoundStates<S> states;
    std::uint64_t steps = 0;
    Coverage coverage;
    /// The first violation in this chunk, at `violating_parent`; without an action it is one of rest.
    std::optional<Violation> violation;
    std::size_t violating_parent = 0;
    std::optional<typename S::Action> violating_action;

    /// Expands the chunk whose number is `number` among those of `level` that are ready; its first state is the
    /// `first`-th of the level.
    void expand(const S& system, const Symmetry<S>& symmetry, const Level<S>& level, std::size_t number,
                std::size_t first, const FingerprintSet& visited) {
        found.clear();
        states.clear();
        steps = 0;
        coverage = {};
        violation.reset();
        violating_action.reset();
        pending_ = 0;
        recent_.fill(0);
        std::size_t i = first;
        level.for_each(system, number, scratch_, [&](const typename S::State& state) {
            actions_.clear();
            violating_parent = i;
            violation = enabled_trapped(system, state, actions_, coverage);
            for (std::size_t a = 0; a < actions_.size() && !violation; ++a) {
                auto& [successor, next] = successors_[pending_];
                next = state;
                ++steps;
                violation = apply_trapped(system, next, actions_[a], coverage);
                if (violation) {
                    violating_action = actions_[a];
                    break;
                }
                const Canonical canonical = symmetry.of(next);
                if (found_lately(canonical.fingerprint)) continue;
                visited.prefetch(canonical.fingerprint);
                successor = {canonical.fingerprint, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(a),
                             canonical.orbit, false};
                if (++pending_ == kPending) keep_what_is_new(system, visited);
            }
            ++i;
            return !violation;
        });
        keep_what_is_new(system, visited);
    }

  private:
    /// Flat states: so many successors wait until their places in the visited set are there from memory.
    static constexpr std::size_t kPending = kFlat<S> ? 32 : 1;

    struct Successor {
        Found found{};
        typename S::State state{};
    };

    void keep_what_is_new(const S& system, const FingerprintSet& visited) {
        for (std::size_t p = 0; p < pending_; ++p) {
            const auto& [successor, state] = successors_[p];
            if (visited.contains(successor.fingerprint)) continue;
            found.push_back(successor);
            states.push_back(system, state);
        }
        pending_ = 0;
    }

    /// Whether this chunk found it before; now and then it does not know. Ways that part and come together again
    /// within two actions are the rule.
    bool found_lately(std::uint64_t fingerprint) {
        std::uint64_t& former = recent_[fingerprint % recent_.size()];
        if (former == fingerprint && fingerprint != 0) return true;
        former = fingerprint;
        return false;
    }

    std::array<std::uint64_t, 2048> recent_{};
    typename S::State scratch_{};
    std::vector<typename S::Action> actions_;
    /// They keep their memory, since most are known already.
    std::array<Successor, kPending> successors_{};
    std::size_t pending_ = 0;
};

}  // namespace highwater::model::detail
