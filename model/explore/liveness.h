#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "model/explore/calm_graph.h"
#include "model/explore/invariant_trap.h"
#include "model/explore/progress.h"
#include "model/explore/system.h"

namespace highwater::model {

/// A system that says what somebody waits for.
template <class S>
concept Live =
    System<S> && requires(const S system, const typename S::State state, typename S::Action action, std::size_t bit) {
        // Bit i: in this state somebody waits for wish i.
        { system.pending(state) } -> std::same_as<std::uint32_t>;
        // "#0 is not acknowledged".
        { system.pending_text(bit) } -> std::same_as<std::string>;
        // Whether the action comes to pass when it stays possible: that of the network, say, but no late message's
        // arrival.
        { system.is_owed(action) } -> std::same_as<bool>;
    };

/// The name of the property that lassos violate.
inline constexpr std::string_view kLivenessProperty = "NothingWaitsForEver";
inline constexpr std::string_view kLivenessStatement =
    "After the last disturbance, whatever somebody waits for comes to pass, if every action that stays possible is "
    "taken at some time.";

/// A way to a state, and from there a way back to the same state without a disturbance: for ever, when nothing else
/// happens. Along the cycle a wish stays open, and no owed action stays possible without being taken.
template <class Action>
struct Lasso {
    std::vector<Action> stem;
    std::vector<Action> cycle;
    std::size_t wish = 0;
};

struct LivenessOptions {
    /// Stop when more calm steps than this were stored; such a run is not `complete`.
    std::uint64_t max_steps = 10'000'000;
    /// Whether an action that stays possible must be taken. Off only as a control: then a message may be late for ever.
    bool fair = true;
    ProgressStyle progress = ProgressStyle::silent;
};

template <class Action>
struct LivenessRun {
    std::uint64_t states = 0;
    /// Steps without a disturbance.
    std::uint64_t calm_steps = 0;
    std::uint32_t depth = 0;
    /// Sets of states, more than one or with a step to itself, within which one can go round without a disturbance; and
    /// in how many of them, wish by wish, somebody waits all the time.
    std::uint64_t cycles = 0;
    std::uint64_t waiting_cycles = 0;
    bool complete = false;
    double cpu_seconds = 0;
    /// A property was violated on the way.
    std::optional<Counterexample<Action>> counterexample;
    /// That with the shortest stem.
    std::optional<Lasso<Action>> lasso;
};

/// Everything that can be reached, with the steps that do not disturb: the graph of what may go on for ever.
template <Live S>
class LivenessExplorer {
  public:
    using State = typename S::State;
    using Step = typename S::Action;

    LivenessExplorer(const S& system, const LivenessOptions& options) : system_(system), options_(options) {}

    LivenessRun<Step> run() {
        Stopwatch watch;
        LivenessRun<Step> result;
        build(result);
        if (!result.counterexample && result.complete) result.lasso = shortest_lasso(result);
        result.cpu_seconds = watch.cpu_seconds();
        return result;
    }

  private:
    using Graph = CalmGraph<Step>;
    using Node = typename Graph::Node;

    void build(LivenessRun<Step>& result) {
        Progress progress("liveness", options_.progress);
        std::unordered_map<std::uint64_t, Node> known;
        std::deque<State> waiting;
        std::vector<Step> actions;
        Coverage coverage;
        const auto node_of = [&](const State& state, Node parent, Step by, std::uint32_t depth) {
            const auto [found, is_new] = known.try_emplace(system_.fingerprint(state), static_cast<Node>(known.size()));
            if (is_new) {
                waiting.push_back(state);
                graph_.add_node(parent, by, system_.pending(state));
                depths_.push_back(depth);
            }
            return found->second;
        };
        node_of(system_.initial(), 0, {}, 0);
        result.complete = true;
        for (Node node = 0; !waiting.empty() && !result.counterexample; ++node) {
            if (graph_.steps() > options_.max_steps) {
                result.complete = false;
                break;
            }
            const State state = std::move(waiting.front());
            waiting.pop_front();
            actions.clear();
            if (auto violation = system_.enabled(state, actions, coverage)) {
                result.counterexample = {graph_.way_to(node), std::move(*violation)};
                break;
            }
            for (const Step action : actions) {
                State next = state;
                if (auto violation = apply_trapped(system_, next, action, coverage)) {
                    auto way = graph_.way_to(node);
                    way.push_back(action);
                    result.counterexample = {std::move(way), std::move(*violation)};
                    break;
                }
                const Node target = node_of(next, node, action, depths_[node] + 1);
                if (!system_.disturbs(action)) graph_.add_step(target, action);
            }
            graph_.end_node();
            result.depth = depths_[node];
            progress.update(graph_.nodes(), graph_.steps(), result.depth, waiting.size());
        }
        result.states = graph_.nodes();
        result.calm_steps = graph_.steps();
    }

    std::optional<Lasso<Step>> shortest_lasso(LivenessRun<Step>& result) {
        std::vector<bool> on_cycle(graph_.nodes(), false);
        std::uint32_t wishes = 0;
        graph_.components([](Node) { return true; },
                          [&](const std::vector<Node>& component) {
                              ++result.cycles;
                              for (const Node node : component) {
                                  on_cycle[node] = true;
                                  wishes |= graph_.pending(node);
                              }
                          });
        std::optional<std::pair<std::vector<Node>, std::size_t>> best;
        for (std::size_t wish = 0; wish < 32; ++wish) {
            if ((wishes >> wish & 1) == 0) continue;
            graph_.components([&](Node node) { return on_cycle[node] && (graph_.pending(node) >> wish & 1) != 0; },
                              [&](const std::vector<Node>& component) {
                                  ++result.waiting_cycles;
                                  if (!is_fair(component)) return;
                                  // Nodes are numbered breadth first: the least has the shortest stem.
                                  const Node entry = std::ranges::min(component);
                                  if (!best || entry < std::ranges::min(best->first)) best = {component, wish};
                              });
        }
        if (!best) return std::nullopt;
        const Node entry = std::ranges::min(best->first);
        return Lasso<Step>{graph_.way_to(entry), fair_cycle(best->first, entry), best->second};
    }

    /// Every owed action that is possible in the whole component is a step within it: then there is a cycle that takes
    /// them all, and otherwise there is none in any part of it.
    [[nodiscard]] bool is_fair(const std::vector<Node>& component) const {
        if (!options_.fair) return true;
        for (const Step action : always_possible(component)) {
            const bool taken = std::ranges::any_of(component, [&](Node node) {
                return std::ranges::any_of(graph_.from(node), [&](const auto& step) {
                    return step.action == action && graph_.same_component(node, step.to);
                });
            });
            if (!taken) return false;
        }
        return true;
    }

    [[nodiscard]] std::vector<Step> always_possible(const std::vector<Node>& nodes) const {
        std::vector<Step> possible;
        for (const auto& step : graph_.from(nodes.front())) {
            if (system_.is_owed(step.action)) possible.push_back(step.action);
        }
        for (const Node node : nodes) {
            std::erase_if(possible, [&](Step action) { return !graph_.is_possible(node, action); });
        }
        return possible;
    }

    /// From `entry` back to it, short, and fair: goes on to a step or state that each neglected action needs.
    [[nodiscard]] std::vector<Step> fair_cycle(const std::vector<Node>& component, Node entry) {
        graph_.mark_component(component);
        std::vector<Node> nodes = {entry};
        std::vector<Step> cycle;
        const auto walk = [&](auto&& is_goal, auto&& may_stay) {
            for (const auto& step : graph_.path(nodes.back(), is_goal, may_stay)) {
                cycle.push_back(step.action);
                nodes.push_back(step.to);
            }
        };
        const auto go_back = [&] { walk([&](Node node) { return node == entry; }, false); };
        go_back();
        while (options_.fair) {
            const auto possible = always_possible(nodes);
            const auto neglected = std::ranges::find_if(
                possible, [&](Step action) { return std::ranges::find(cycle, action) == cycle.end(); });
            if (neglected == possible.end()) break;
            const Step action = *neglected;
            const auto has_step = [&](Node node) { return graph_.step_within(node, action).has_value(); };
            const auto not_possible = [&](Node node) { return !graph_.is_possible(node, action); };
            walk([&](Node node) { return has_step(node) || not_possible(node); }, true);
            if (const auto step = graph_.step_within(nodes.back(), action)) {
                cycle.push_back(action);
                nodes.push_back(*step);
            }
            if (nodes.back() != entry) go_back();
        }
        return cycle;
    }

    const S& system_;
    const LivenessOptions options_;
    Graph graph_;
    std::vector<std::uint32_t> depths_;
};

template <Live S>
LivenessRun<typename S::Action> explore_liveness(const S& system, const LivenessOptions& options) {
    return LivenessExplorer<S>(system, options).run();
}

/// Goes along a lasso and judges it anew: nullopt when it is none, otherwise what waits for ever.
template <Live S>
std::optional<Violation> judge_lasso(const S& system, const std::vector<typename S::Action>& stem,
                                     const std::vector<typename S::Action>& cycle) {
    using Step = typename S::Action;
    typename S::State state = system.initial();
    Coverage coverage;
    std::vector<Step> actions;
    const auto take = [&](Step action) {
        actions.clear();
        if (system.enabled(state, actions, coverage)) return false;
        if (std::ranges::find(actions, action) == actions.end()) return false;
        return !apply_trapped(system, state, action, coverage).has_value();
    };
    for (const Step action : stem) {
        if (!take(action)) return std::nullopt;
    }
    const std::uint64_t entry = system.fingerprint(state);
    std::uint32_t pending = system.pending(state);
    std::optional<std::vector<Step>> always;
    for (const Step action : cycle) {
        if (system.disturbs(action) || !take(action)) return std::nullopt;
        // take() listed what was possible before the action.
        if (!always) always = actions;
        std::erase_if(*always, [&](Step other) { return std::ranges::find(actions, other) == actions.end(); });
        pending &= system.pending(state);
    }
    if (cycle.empty() || pending == 0 || system.fingerprint(state) != entry) return std::nullopt;
    for (const Step action : *always) {
        const bool taken = std::ranges::find(cycle, action) != cycle.end();
        if (!taken && !system.disturbs(action) && system.is_owed(action)) return std::nullopt;
    }
    std::size_t wish = 0;
    while ((pending >> wish & 1) == 0) ++wish;
    return Violation{kLivenessProperty, fmt::format("no fault happens any more, and every action that stays possible "
                                                    "is taken; {}, for ever",
                                                    system.pending_text(wish))};
}

}  // namespace highwater::model
