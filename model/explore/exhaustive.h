#pragma once

#include <algorithm>
#include <atomic>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/invariant.h"
#include "model/explore/fingerprint_set.h"
#include "model/explore/invariant_trap.h"
#include "model/explore/progress.h"
#include "model/explore/system.h"

namespace highwater::model {

/// How far and with what the exhaustive explorer goes. Only `threads` may differ between runs that must agree.
struct ExhaustiveOptions {
    unsigned threads = 1;
    /// Stop when more than this many states were found; 0 means no limit. A run that stops is not `complete`.
    std::uint64_t max_states = 0;
    /// Do not go deeper than this many actions; 0 means no limit.
    std::uint32_t max_depth = 0;
    /// A control of the harness itself: forget every n-th insertion into the visited set (0: none). Its count must
    /// differ.
    std::uint64_t forget_every = 0;
    std::string_view name = "exhaustive";
    ProgressStyle progress = ProgressStyle::silent;
};

namespace detail {

/// How a state was found while a chunk was expanded.
template <System S>
struct Found {
    std::uint64_t fingerprint;
    std::uint64_t parent;
    typename S::Action action;
};

/// A list that keeps its elements when it is cleared and copies new ones over them. States are large and own memory of
/// their own: copying over a state that is no longer needed takes none from the heap, and no state ever moves.
template <class T>
class ReusedList {
  public:
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] const T& operator[](std::size_t i) const { return blocks_[i / kBlock][i % kBlock]; }
    void push_back(const T& item) {
        if (size_ / kBlock == blocks_.size()) blocks_.emplace_back().reserve(kBlock);
        std::vector<T>& block = blocks_[size_ / kBlock];
        if (size_ % kBlock == block.size()) {
            block.push_back(item);
        } else {
            block[size_ % kBlock] = item;
        }
        ++size_;
    }
    void clear() { size_ = 0; }
    void swap(ReusedList& other) {
        blocks_.swap(other.blocks_);
        std::swap(size_, other.size_);
    }

  private:
    static constexpr std::size_t kBlock = 64;
    std::vector<std::vector<T>> blocks_;
    std::size_t size_ = 0;
};

/// Expands the states [first, last) of the current level and keeps what the visited set does not know yet.
template <System S>
struct Chunk {
    std::vector<Found<S>> found;
    /// The states, in the same order.
    ReusedList<typename S::State> states;
    std::uint64_t steps = 0;
    Coverage coverage;
    /// The first violation in this chunk, at `violating_parent`; without an action it is one of rest.
    std::optional<Violation> violation;
    std::uint64_t violating_parent = 0;
    std::optional<typename S::Action> violating_action;

    /// The successor that is being tried; it keeps its memory, since most successors are known already.
    std::optional<typename S::State> next;

    void expand(const S& system, const ReusedList<typename S::State>& level, std::size_t first, std::size_t last,
                std::uint64_t first_id, const FingerprintSet& visited, std::vector<typename S::Action>& actions) {
        found.clear();
        states.clear();
        steps = 0;
        coverage = {};
        violation.reset();
        violating_action.reset();
        for (std::size_t i = first; i < last && !violation; ++i) {
            actions.clear();
            violating_parent = first_id + i;
            violation = system.enabled(level[i], actions, coverage);
            for (std::size_t a = 0; a < actions.size() && !violation; ++a) {
                next = level[i];
                ++steps;
                violation = apply_trapped(system, *next, actions[a], coverage);
                if (violation) {
                    violating_action = actions[a];
                    break;
                }
                const std::uint64_t fingerprint = system.fingerprint(*next);
                if (visited.contains(fingerprint)) continue;
                found.push_back({fingerprint, first_id + i, actions[a]});
                states.push_back(*next);
            }
        }
    }
};

}  // namespace detail

/// Breadth first through everything that can be reached, so a counterexample has the fewest possible actions. States
/// are told apart by 64-bit fingerprints; of each visited state only its parent and action are kept, of the level under
/// way the states. The result does not depend on the number of threads: chunks have a fixed size and are merged in
/// order, and a level is finished up to the batch that violates.
template <System S>
Exploration<typename S::Action> explore_exhaustively(const S& system, const ExhaustiveOptions& options) {
    using Step = typename S::Action;
    using State = typename S::State;
    struct Origin {
        std::uint32_t parent;
        Step action;
    };
    constexpr std::size_t kChunkStates = 64;
    constexpr std::size_t kBatchChunks = 16;

    Stopwatch watch;
    Progress progress(options.name, options.progress);
    Exploration<Step> result;
    FingerprintSet visited;
    std::vector<Origin> origins;
    detail::ReusedList<State> level;
    detail::ReusedList<State> next_level;

    const auto path_to = [&origins](std::uint64_t id) {
        std::vector<Step> path;
        for (; id != 0; id = origins[id].parent) path.push_back(origins[id].action);
        std::reverse(path.begin(), path.end());
        return path;
    };

    level.push_back(system.initial());
    visited.insert(system.fingerprint(level[0]));
    origins.push_back({0, Step{}});
    result.states = 1;

    std::vector<detail::Chunk<S>> chunks(kBatchChunks);
    std::uint64_t first_id = 0;
    std::uint64_t inserts = 0;
    bool limited = false;
    while (!level.empty() && !result.counterexample && !limited) {
        if (options.max_depth != 0 && result.depth == options.max_depth) {
            limited = true;
            break;
        }
        next_level.clear();
        for (std::size_t batch = 0; batch < level.size(); batch += kChunkStates * kBatchChunks) {
            const std::size_t batch_end = std::min(level.size(), batch + kChunkStates * kBatchChunks);
            const std::size_t used = (batch_end - batch + kChunkStates - 1) / kChunkStates;
            std::atomic<std::size_t> next_chunk = 0;
            const auto work = [&] {
                std::vector<Step> actions;
                for (std::size_t c = next_chunk++; c < used; c = next_chunk++) {
                    const std::size_t from = batch + c * kChunkStates;
                    chunks[c].expand(system, level, from, std::min(batch_end, from + kChunkStates), first_id, visited,
                                     actions);
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
                    std::vector<Step> path = path_to(chunk.violating_parent);
                    if (chunk.violating_action) path.push_back(*chunk.violating_action);
                    result.counterexample = {std::move(path), std::move(*chunk.violation)};
                    break;
                }
                for (std::size_t f = 0; f < chunk.found.size(); ++f) {
                    const detail::Found<S>& found = chunk.found[f];
                    if (visited.contains(found.fingerprint)) continue;
                    ++inserts;
                    if (options.forget_every == 0 || inserts % options.forget_every != 0) {
                        visited.insert(found.fingerprint);
                    }
                    HIGHWATER_INVARIANT(origins.size() < UINT32_MAX, "more states than parent links can name");
                    origins.push_back({static_cast<std::uint32_t>(found.parent), found.action});
                    next_level.push_back(chunk.states[f]);
                    ++result.states;
                }
            }
            progress.update(result.states, result.steps, result.depth, level.size() - batch_end + next_level.size());
            if (result.counterexample) break;
            if (options.max_states != 0 && result.states > options.max_states) {
                limited = true;
                break;
            }
        }
        first_id += level.size();
        level.swap(next_level);
        if (!level.empty() && !result.counterexample) ++result.depth;
    }
    if (result.counterexample) result.depth = static_cast<std::uint32_t>(result.counterexample->actions.size());
    result.complete = !result.counterexample && !limited;
    result.seconds = watch.seconds();
    result.cpu_seconds = watch.cpu_seconds();
    return result;
}

}  // namespace highwater::model
