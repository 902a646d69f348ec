#pragma once

#include <algorithm>
#include <atomic>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/invariant.h"
#include "model/explore/discovery_tree.h"
#include "model/explore/fingerprint_set.h"
#include "model/explore/invariant_trap.h"
#include "model/explore/progress.h"
#include "model/explore/reused_list.h"
#include "model/explore/symmetry.h"
#include "model/explore/system.h"

namespace highwater::model {

/// How far and with what the exhaustive explorer goes. Only `threads` may differ between runs that must agree.
struct ExhaustiveOptions {
    unsigned threads = 1;
    /// Stop when more than this many states were found; 0 means no limit. A run that stops is not `complete`.
    std::uint64_t max_states = 0;
    /// Do not go deeper than this many actions; 0 means no limit.
    std::uint32_t max_depth = 0;
    /// Whether to visit one state of each orbit only, where the system is symmetric.
    bool symmetry = true;
    std::string_view name = "exhaustive";
    ProgressStyle progress = ProgressStyle::silent;
};

namespace detail {

/// States of a few words: copying one costs less than waiting for memory.
template <System S>
inline constexpr bool kFlat = std::is_trivially_copyable_v<typename S::State>;

/// A new state that was found while a chunk was expanded.
struct Found {
    std::uint64_t fingerprint;
    /// Its place in the level, and that of the action in its list.
    std::uint32_t parent;
    std::uint32_t action;
    std::uint32_t orbit;
};

/// Expands the states [first, last) of the current level and keeps what the visited set does not know yet.
template <System S>
struct Chunk {
    std::size_t first = 0;
    std::size_t last = 0;
    std::vector<Found> found;
    /// The states, in the same order.
    typename ReusedList<typename S::State>::Store store;
    ReusedList<typename S::State> states{store};
    std::uint64_t steps = 0;
    Coverage coverage;
    /// The first violation in this chunk, at `violating_parent`; without an action it is one of rest.
    std::optional<Violation> violation;
    std::size_t violating_parent = 0;
    std::optional<typename S::Action> violating_action;

    /// The successor that is being tried; it keeps its memory, since most successors are known already.
    std::optional<typename S::State> next;
    std::vector<typename S::Action> actions;
    /// Flat states only: successors whose place in the visited set is on its way from memory.
    std::vector<std::pair<Found, typename S::State>> pending;

    void expand(const S& system, const Symmetry<S>& symmetry, const ReusedList<typename S::State>& level,
                const FingerprintSet& visited) {
        found.clear();
        states.clear();
        steps = 0;
        coverage = {};
        violation.reset();
        violating_action.reset();
        pending.clear();
        for (std::size_t i = first; i < last && !violation; ++i) {
            actions.clear();
            violating_parent = i;
            violation = system.enabled(level[i], actions, coverage);
            for (std::size_t a = 0; a < actions.size() && !violation; ++a) {
                next = level[i];
                ++steps;
                violation = apply_trapped(system, *next, actions[a], coverage);
                if (violation) {
                    violating_action = actions[a];
                    break;
                }
                const Canonical canonical = symmetry.of(*next);
                const Found successor{canonical.fingerprint, static_cast<std::uint32_t>(i),
                                      static_cast<std::uint32_t>(a), canonical.orbit};
                if constexpr (kFlat<S>) {
                    visited.prefetch(successor.fingerprint);
                    pending.emplace_back(successor, *next);
                } else {
                    keep_if_new(successor, *next, visited);
                }
            }
            if (pending.size() >= kPending || i + 1 == last) {
                for (const auto& [successor, state] : pending) keep_if_new(successor, state, visited);
                pending.clear();
            }
        }
    }

  private:
    static constexpr std::size_t kPending = 32;

    void keep_if_new(const Found& successor, const typename S::State& state, const FingerprintSet& visited) {
        if (visited.contains(successor.fingerprint)) return;
        found.push_back(successor);
        states.push_back(state);
    }
};

/// The actions from the initial state whose places in their lists are `path`.
template <System S>
std::vector<typename S::Action> actions_along(const S& system, const std::vector<std::size_t>& path) {
    std::vector<typename S::Action> result;
    std::vector<typename S::Action> actions;
    typename S::State state = system.initial();
    Coverage coverage;
    for (const std::size_t place : path) {
        actions.clear();
        static_cast<void>(system.enabled(state, actions, coverage));
        HIGHWATER_INVARIANT(place < actions.size(), "action {} of {} on the way back", place, actions.size());
        result.push_back(actions[place]);
        static_cast<void>(apply_trapped(system, state, result.back(), coverage));
    }
    return result;
}

}  // namespace detail

/// Breadth first through everything that can be reached, so a counterexample has the fewest possible actions. States
/// are told apart by 64-bit fingerprints; of each visited state only that and two bytes for the way back are kept, of
/// the level under way the states. The result does not depend on the number of threads: chunks have a fixed size and
/// are merged in order, and a level is finished up to the batch that violates.
///
/// Of an orbit of a symmetric system the state that is found first is kept as it is, so a counterexample is a run of
/// the system and needs no renaming.
template <System S>
Exploration<typename S::Action> explore_exhaustively(const S& system, const ExhaustiveOptions& options) {
    using State = typename S::State;
    // States that are cheap to expand come in larger batches, so that starting threads does not count.
    constexpr std::size_t kChunkStates = detail::kFlat<S> ? 512 : 64;
    constexpr std::size_t kBatchChunks = 16;
    constexpr std::size_t kAhead = 8;

    Stopwatch watch;
    Progress progress(options.name, options.progress);
    Exploration<typename S::Action> result;
    const Symmetry<S> symmetry(system, options.symmetry);
    FingerprintSet visited;
    DiscoveryTree discoveries;
    typename ReusedList<State>::Store frontier_store;
    ReusedList<State> level(frontier_store);
    ReusedList<State> next_level(frontier_store);

    level.push_back(system.initial());
    const Canonical initial = symmetry.of(level[0]);
    visited.insert(initial.fingerprint);
    result.states = 1;
    result.unreduced_states = initial.orbit;

    std::vector<detail::Chunk<S>> chunks(kBatchChunks);
    std::uint64_t first_id = 0;
    bool limited = false;
    while (!level.empty() && !result.counterexample && !limited) {
        if (options.max_depth != 0 && result.depth == options.max_depth) {
            limited = true;
            break;
        }
        HIGHWATER_INVARIANT(level.size() < UINT32_MAX, "a level of {} states", level.size());
        for (std::size_t batch = 0; batch < level.size(); batch += kChunkStates * kBatchChunks) {
            const std::size_t batch_end = std::min(level.size(), batch + kChunkStates * kBatchChunks);
            const std::size_t used = (batch_end - batch + kChunkStates - 1) / kChunkStates;
            std::atomic<std::size_t> next_chunk = 0;
            const auto work = [&] {
                for (std::size_t c = next_chunk++; c < used; c = next_chunk++) {
                    chunks[c].first = batch + c * kChunkStates;
                    chunks[c].last = std::min(batch_end, chunks[c].first + kChunkStates);
                    chunks[c].expand(system, symmetry, level, visited);
                }
            };
            if (options.threads > 1 && used > 1) {
                std::vector<std::jthread> helpers;
                for (unsigned t = 1; t < options.threads; ++t) helpers.emplace_back(work);
                work();
            } else {
                work();
            }
            for (std::size_t c = 0; c < used; ++c) {
                detail::Chunk<S>& chunk = chunks[c];
                result.steps += chunk.steps;
                result.coverage.add(chunk.coverage);
                if (chunk.violation) {
                    auto path = detail::actions_along(system, discoveries.path_to(first_id + chunk.violating_parent));
                    if (chunk.violating_action) path.push_back(*chunk.violating_action);
                    result.counterexample = {std::move(path), std::move(*chunk.violation)};
                    break;
                }
                std::size_t f = 0;
                for (std::size_t parent = chunk.first; parent < chunk.last; ++parent) {
                    for (; f < chunk.found.size() && chunk.found[f].parent == parent; ++f) {
                        if (f + kAhead < chunk.found.size()) visited.prefetch(chunk.found[f + kAhead].fingerprint);
                        const detail::Found& found = chunk.found[f];
                        if (!visited.insert(found.fingerprint)) continue;
                        discoveries.found(found.action);
                        next_level.push_back(chunk.states[f]);
                        ++result.states;
                        result.unreduced_states += found.orbit;
                    }
                    discoveries.expanded();
                }
            }
            level.release_before(batch_end);
            progress.update(result.states, result.steps, result.depth, level.size() - batch_end + next_level.size());
            if (result.counterexample) break;
            if (options.max_states != 0 && result.states > options.max_states) {
                limited = true;
                break;
            }
        }
        first_id += level.size();
        level.clear();
        level.swap(next_level);
        if (!level.empty() && !result.counterexample) ++result.depth;
    }
    if (result.counterexample) result.depth = static_cast<std::uint32_t>(result.counterexample->actions.size());
    result.complete = !result.counterexample && !limited;
    level.clear();
    result.memory = {.visited = visited.memory_bytes(),
                     .discoveries = discoveries.memory_bytes(),
                     .frontier = ReusedList<State>::memory_bytes(frontier_store)};
    result.seconds = watch.seconds();
    result.cpu_seconds = watch.cpu_seconds();
    return result;
}

}  // namespace highwater::model
