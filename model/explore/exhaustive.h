#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/invariant.h"
#include "model/explore/checker_file.h"
#include "model/explore/checkpoint.h"
#include "model/explore/checkpointer.h"
#include "model/explore/chunk.h"
#include "model/explore/discovery_tree.h"
#include "model/explore/fingerprint_set.h"
#include "model/explore/frontier.h"
#include "model/explore/invariant_trap.h"
#include "model/explore/progress.h"
#include "model/explore/symmetry.h"
#include "model/explore/system.h"
#include "model/explore/workers.h"

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
    /// Where the states of the levels under way are kept, where the system can write them as bytes.
    SpillSpace frontier{};
    CheckpointOptions checkpoint{};
    std::string_view name = "exhaustive";
    ProgressStyle progress = ProgressStyle::silent;
};

namespace detail {

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

/// One exhaustive exploration: what it knows, and how it goes on by a batch of chunks.
template <System S>
class ExhaustiveRun {
  public:
    ExhaustiveRun(const S& system, const ExhaustiveOptions& options)
        : system_(system),
          options_(options),
          symmetry_(system, options.symmetry),
          workers_(options.threads),
          space_(options.frontier),
          levels_{Level<S>{kChunkStates, space_}, Level<S>{kChunkStates, space_}},
          chunks_(kLargeBatch) {}

    Exploration<typename S::Action> run() {
        Progress progress(options_.name, options_.progress);
        begin();
        while (level_->size() > 0 && !result_.counterexample && !limited_) {
            if (options_.max_depth != 0 && result_.depth == options_.max_depth) {
                limited_ = true;
                break;
            }
            HIGHWATER_INVARIANT(level_->size() < UINT32_MAX, "a level of {} states", level_->size());
            for (std::size_t first = 0; first < level_->size() && !result_.counterexample && !limited_;) {
                first = expand_batch(first);
                measure();
                progress.update(result_.states, result_.steps, result_.depth,
                                level_->size() - first + next_level_->size());
                limited_ = options_.max_states != 0 && result_.states > options_.max_states;
            }
            first_id_ += level_->size();
            level_->clear();
            std::swap(level_, next_level_);
            if (level_->size() > 0 && !result_.counterexample) ++result_.depth;
            if (checkpoints_ && level_->size() > 0 && !result_.counterexample && !limited_) {
                checkpoints_->end_level(reached(), discoveries_, *level_);
            }
        }
        if (result_.counterexample) {
            result_.depth = static_cast<std::uint32_t>(result_.counterexample->actions.size());
        }
        result_.complete = !result_.counterexample && !limited_;
        if (checkpoints_ && !limited_) checkpoints_->finish();
        result_.seconds = watch_.seconds();
        result_.cpu_seconds = watch_.cpu_seconds();
        return std::move(result_);
    }

  private:
    // States that are cheap to expand come in larger chunks; a large level in larger batches.
    static constexpr std::size_t kChunkStates = kFlat<S> ? 512 : 64;
    static constexpr std::size_t kSmallBatch = 16;
    static constexpr std::size_t kLargeBatch = 64;
    static constexpr std::size_t kAhead = 8;

    void begin() {
        const typename S::State initial = system_.initial();
        push_initial(system_, initial, *level_);
        const Canonical canonical = symmetry_.of(initial);
        visited_.insert(canonical.fingerprint);
        result_.states = 1;
        result_.unreduced_states = canonical.orbit;
        if (options_.checkpoint.directory.empty()) return;
        checkpoints_.emplace(system_, options_.checkpoint);
        if (const auto reached = checkpoints_->go_on(visited_, discoveries_, *level_)) {
            result_.states = reached->states;
            result_.unreduced_states = reached->unreduced_states;
            result_.steps = reached->steps;
            result_.depth = reached->depth;
            result_.coverage = reached->coverage;
            result_.known_states = reached->states;
            first_id_ = reached->first_id;
        } else {
            checkpoints_->found(canonical.fingerprint);
        }
    }

    [[nodiscard]] Reached reached() const {
        return {.states = result_.states,
                .unreduced_states = result_.unreduced_states,
                .steps = result_.steps,
                .depth = result_.depth,
                .first_id = first_id_,
                .coverage = result_.coverage};
    }

    /// Expands the states of the level from the `first`-th on, as many as a batch has, and returns the next one.
    std::size_t expand_batch(std::size_t first) {
        const std::size_t batch = level_->size() < kLargeBatch * kLargeBatch * kChunkStates ? kSmallBatch : kLargeBatch;
        const std::size_t last = std::min(level_->size(), first + kChunkStates * batch);
        const std::size_t used = (last - first + kChunkStates - 1) / kChunkStates;
        level_->load(used);
        std::atomic<std::size_t> next_chunk = 0;
        workers_.run([&](unsigned) {
            for (std::size_t c = next_chunk++; c < used; c = next_chunk++) {
                chunks_[c].expand(system_, symmetry_, *level_, c, first + c * kChunkStates, visited_);
            }
        });
        std::size_t whole = 0;
        while (whole < used && !chunks_[whole].violation) ++whole;
        workers_.run([&](unsigned worker) { insert(worker, whole); });
        for (std::size_t c = 0; c < whole; ++c) merge(chunks_[c], first + c * kChunkStates, last);
        if (whole < used) report(chunks_[whole]);
        return last;
    }

    /// Of what was found, in order, tells new from known: each worker that which belongs into its parts of the set.
    void insert(unsigned worker, std::size_t chunks) {
        for (std::size_t c = 0; c < chunks; ++c) {
            std::vector<Found>& found = chunks_[c].found;
            for (std::size_t f = 0; f < found.size(); ++f) {
                if (f + kAhead < found.size()) visited_.prefetch(found[f + kAhead].fingerprint);
                if (FingerprintSet::part_of(found[f].fingerprint) % workers_.threads() != worker) continue;
                found[f].is_new = visited_.insert(found[f].fingerprint);
            }
        }
    }

    void merge(const Chunk<S>& chunk, std::size_t first, std::size_t level_end) {
        result_.steps += chunk.steps;
        result_.coverage.add(chunk.coverage);
        std::size_t f = 0;
        const std::size_t last = std::min(level_end, first + kChunkStates);
        for (std::size_t parent = first; parent < last; ++parent) {
            for (; f < chunk.found.size() && chunk.found[f].parent == parent; ++f) {
                const Found& found = chunk.found[f];
                if (!found.is_new) continue;
                discoveries_.found(found.action);
                if (checkpoints_) checkpoints_->found(found.fingerprint);
                next_level_->push_back(chunk.states[f]);
                ++result_.states;
                result_.unreduced_states += found.orbit;
            }
            discoveries_.expanded();
        }
    }

    void report(Chunk<S>& chunk) {
        result_.steps += chunk.steps;
        result_.coverage.add(chunk.coverage);
        auto path = actions_along(system_, discoveries_.path_to(first_id_ + chunk.violating_parent));
        if (chunk.violating_action) path.push_back(*chunk.violating_action);
        result_.counterexample = {std::move(path), std::move(*chunk.violation)};
    }

    void measure() {
        MemoryUse& memory = result_.memory;
        memory.visited = visited_.memory_bytes();
        memory.discoveries = discoveries_.memory_bytes();
        memory.frontier = std::max(memory.frontier, level_->memory_bytes() + next_level_->memory_bytes());
        memory.frontier_file = std::max(memory.frontier_file, level_->file_bytes() + next_level_->file_bytes());
        if constexpr (RemembersSteps<S>) memory.system = system_.memory_bytes();
    }

    const S& system_;
    const ExhaustiveOptions& options_;
    Stopwatch watch_;
    Exploration<typename S::Action> result_;
    const Symmetry<S> symmetry_;
    FingerprintSet visited_;
    DiscoveryTree discoveries_;
    Workers workers_;
    LevelSpace<S> space_;
    std::array<Level<S>, 2> levels_;
    Level<S>* level_ = &levels_[0];
    Level<S>* next_level_ = &levels_[1];
    std::vector<Chunk<S>> chunks_;
    std::optional<Checkpointer<S>> checkpoints_;
    /// How many states were found before the first of the level.
    std::uint64_t first_id_ = 0;
    bool limited_ = false;
};

}  // namespace detail

/// Breadth first through everything that can be reached, so a counterexample has the fewest possible actions. States
/// are told apart by 64-bit fingerprints; of each visited state only that and two bytes for the way back are kept, of
/// the levels under way the states, as bytes where the system can write them. The result does not depend on the number
/// of threads: chunks have a fixed size and are merged in order, and a level is finished up to the chunk that violates.
///
/// Of an orbit of a symmetric system the state that is found first is kept as it is, so a counterexample is a run of
/// the system and needs no renaming.
template <System S>
Exploration<typename S::Action> explore_exhaustively(const S& system, const ExhaustiveOptions& options) {
    try {
        return detail::ExhaustiveRun<S>(system, options).run();
    } catch (const CheckerFileError& error) {
        Exploration<typename S::Action> failed;
        failed.failure = error.what();
        return failed;
    }
}

}  // namespace highwater::model
