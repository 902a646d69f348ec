#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/invariant.h"
#include "model/explore/system.h"

namespace highwater::model {

/// Other names for ids that are alike.
struct Renaming {
    static constexpr std::size_t kMaxIds = 6;
    /// Place of this renaming among all n!, in lexical order of `to`; 0 changes nothing.
    std::size_t number = 0;
    /// The new name of each id, and the former id behind each new name.
    std::array<std::uint8_t, kMaxIds> to{};
    std::array<std::uint8_t, kMaxIds> from{};
};

/// All renamings of n ids. Requires: n <= Renaming::kMaxIds.
inline std::vector<Renaming> all_renamings(std::size_t ids) {
    HIGHWATER_INVARIANT(ids <= Renaming::kMaxIds, "{} ids have too many renamings", ids);
    Renaming renaming;
    for (std::size_t id = 0; id < Renaming::kMaxIds; ++id) renaming.to[id] = static_cast<std::uint8_t>(id);
    std::vector<Renaming> all;
    do {
        renaming.number = all.size();
        for (std::size_t id = 0; id < ids; ++id) renaming.from[renaming.to[id]] = static_cast<std::uint8_t>(id);
        all.push_back(renaming);
    } while (std::next_permutation(renaming.to.begin(), renaming.to.begin() + static_cast<std::ptrdiff_t>(ids)));
    return all;
}

/// A system in which some ids (of brokers, say) are alike: renamed, every state is reachable again, has the renamed
/// actions, and breaks the same properties. The explorer then visits one state of each such orbit.
template <class S>
concept Symmetric =
    System<S> && requires(const S system, const typename S::State state, std::size_t id, const Renaming renaming) {
        // The ids 0 to n - 1 are alike.
        { system.alike_ids() } -> std::same_as<std::size_t>;
        // The fingerprint that `state` has when its ids are renamed. Must rename every id that the fingerprint reads.
        { system.fingerprint(state, renaming) } -> std::same_as<std::uint64_t>;
        // What the state says of `id`, in words that name no id: renaming must not change it. Only a help: the more it
        // tells ids apart, the fewer renamings are tried.
        { system.profile(state, id) } -> std::same_as<std::uint64_t>;
    };

/// A state as the visited set knows it.
struct Canonical {
    /// Equal for all states of an orbit, different (but for collisions) for states of different orbits.
    std::uint64_t fingerprint;
    /// How many different states the orbit has. Summed up over the states that were visited it gives the number that an
    /// exploration without symmetry visits.
    std::uint32_t orbit;
};

/// Finds the canonical fingerprint: the least one among the renamings that put the ids in the order of their profiles.
/// Since renaming does not change profiles, an orbit has the same candidates from whichever of its states one starts;
/// and those that yield the least are as many as the renamings that change nothing, which gives the size of the orbit.
template <System S>
class Symmetry {
  public:
    Symmetry(const S& system, bool reduce) : system_(system) {
        if constexpr (Symmetric<S>) {
            if (reduce) renamings_ = all_renamings(system.alike_ids());
        }
    }

    [[nodiscard]] Canonical of(const typename S::State& state) const {
        if constexpr (Symmetric<S>) {
            if (!renamings_.empty()) return least(state);
        }
        return {system_.fingerprint(state), 1};
    }

  private:
    [[nodiscard]] Canonical least(const typename S::State& state) const
        requires Symmetric<S>
    {
        const std::size_t ids = system_.alike_ids();
        std::array<std::uint64_t, Renaming::kMaxIds> profiles{};
        for (std::size_t id = 0; id < ids; ++id) profiles[id] = system_.profile(state, id);
        std::uint64_t least = UINT64_MAX;
        std::uint32_t yield_it = 0;
        for (const Renaming& renaming : renamings_) {
            bool in_order = true;
            for (std::size_t name = 1; name < ids && in_order; ++name) {
                in_order = profiles[renaming.from[name - 1]] <= profiles[renaming.from[name]];
            }
            if (!in_order) continue;
            const std::uint64_t fingerprint = system_.fingerprint(state, renaming);
            if (fingerprint == least) ++yield_it;
            if (fingerprint < least || yield_it == 0) {
                least = fingerprint;
                yield_it = 1;
            }
        }
        return {least, static_cast<std::uint32_t>(renamings_.size()) / yield_it};
    }

    const S& system_;
    /// Empty: no reduction.
    std::vector<Renaming> renamings_;
};

}  // namespace highwater::model
