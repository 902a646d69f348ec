#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/invariant.h"

namespace highwater::model {

/// States by number, in the order in which they were found, and the steps between them that do not disturb. Steps are
/// added for one state after the other, in that order.
template <class Action>
class CalmGraph {
  public:
    using Node = std::uint32_t;
    struct Step {
        Node to;
        Action action;
    };

    /// `parent`: from which it was found, by whatever action.
    void add_node(Node parent, Action by, std::uint32_t pending) {
        HIGHWATER_INVARIANT(parents_.size() < UINT32_MAX, "{} states", parents_.size());
        parents_.push_back({parent, by});
        pending_.push_back(pending);
    }
    void add_step(Node to, Action action) { steps_.push_back({to, action}); }
    void end_node() { ends_.push_back(steps_.size()); }

    [[nodiscard]] std::size_t nodes() const { return parents_.size(); }
    [[nodiscard]] std::size_t steps() const { return steps_.size(); }
    [[nodiscard]] std::uint32_t pending(Node node) const { return pending_[node]; }

    /// A shortest way from the first state, of steps of all kinds.
    [[nodiscard]] std::vector<Action> way_to(Node node) const {
        std::vector<Action> way;
        for (; node != 0; node = parents_[node].to) way.push_back(parents_[node].action);
        std::reverse(way.begin(), way.end());
        return way;
    }

    [[nodiscard]] std::span<const Step> from(Node node) const {
        const std::size_t begin = node == 0 ? 0 : ends_[node - 1];
        return std::span(steps_).subspan(begin, ends_[node] - begin);
    }
    [[nodiscard]] bool is_possible(Node node, Action action) const {
        return std::ranges::any_of(from(node), [&](const Step& step) { return step.action == action; });
    }

    /// Calls `found` with the nodes of each strongly connected component of the nodes for which `is_in` holds, as far
    /// as one can go round in it: more than one node, or one with a step to itself. (Tarjan's algorithm, without
    /// recursion.)
    void components(auto&& is_in, auto&& found) {
        constexpr std::uint32_t kUnseen = 0;
        std::vector<std::uint32_t> index(nodes(), kUnseen);
        std::vector<std::uint32_t> low(nodes(), 0);
        std::vector<bool> on_stack(nodes(), false);
        std::vector<Node> stack;
        std::vector<std::pair<Node, std::size_t>> calls;
        std::uint32_t next_index = 0;
        component_.assign(nodes(), kNone);
        Node next_component = 0;
        const auto enter = [&](Node node) {
            index[node] = low[node] = ++next_index;
            stack.push_back(node);
            on_stack[node] = true;
            calls.emplace_back(node, 0);
        };
        for (Node root = 0; root < nodes(); ++root) {
            if (index[root] != kUnseen || !is_in(root)) continue;
            enter(root);
            while (!calls.empty()) {
                auto& [node, next] = calls.back();
                const auto out = from(node);
                if (next < out.size()) {
                    const Node to = out[next++].to;
                    if (!is_in(to)) continue;
                    if (index[to] == kUnseen) {
                        enter(to);
                    } else if (on_stack[to]) {
                        low[node] = std::min(low[node], index[to]);
                    }
                    continue;
                }
                const Node done = node;
                calls.pop_back();
                if (!calls.empty()) low[calls.back().first] = std::min(low[calls.back().first], low[done]);
                if (low[done] != index[done]) continue;
                std::vector<Node> members;
                do {
                    members.push_back(stack.back());
                    on_stack[stack.back()] = false;
                    component_[stack.back()] = next_component;
                    stack.pop_back();
                } while (members.back() != done);
                ++next_component;
                const bool goes_round = members.size() > 1 || std::ranges::any_of(from(done), [&](const Step& step) {
                                            return step.to == done;
                                        });
                if (goes_round) found(members);
            }
        }
    }

    /// Of the component that was found last, or marked.
    [[nodiscard]] bool same_component(Node a, Node b) const {
        return component_[a] != kNone && component_[a] == component_[b];
    }
    void mark_component(const std::vector<Node>& component) {
        component_.assign(nodes(), kNone);
        for (const Node node : component) component_[node] = 0;
    }
    /// Where the action leads to from `node`, if that is in the same component.
    [[nodiscard]] std::optional<Node> step_within(Node node, Action action) const {
        for (const Step& step : from(node)) {
            if (step.action == action && same_component(node, step.to)) return step.to;
        }
        return std::nullopt;
    }

    /// A shortest way within the component of `start` to a node for which `is_goal` holds; when `may_stay`, that may be
    /// `start`, and the way empty. Requires: there is one.
    [[nodiscard]] std::vector<Step> path(Node start, auto&& is_goal, bool may_stay) const {
        if (may_stay && is_goal(start)) return {};
        std::unordered_map<Node, Step> came_by;
        std::vector<Node> queue = {start};
        for (std::size_t i = 0; i < queue.size(); ++i) {
            const Node node = queue[i];
            for (const Step& step : from(node)) {
                if (!same_component(node, step.to)) continue;
                const bool goal = is_goal(step.to);
                if (!goal && (step.to == start || came_by.contains(step.to))) continue;
                if (goal) {
                    std::vector<Step> way = {step};
                    for (Node at = node; at != start; at = came_by.at(at).to) {
                        way.push_back({at, came_by.at(at).action});
                    }
                    std::reverse(way.begin(), way.end());
                    return way;
                }
                came_by.emplace(step.to, Step{node, step.action});
                queue.push_back(step.to);
            }
        }
        HIGHWATER_INVARIANT(false, "no way within a component from {}", start);
        return {};
    }

  private:
    static constexpr Node kNone = UINT32_MAX;

    std::vector<Step> parents_;
    std::vector<std::uint32_t> pending_;
    std::vector<Step> steps_;
    /// Behind the last step of each node.
    std::vector<std::size_t> ends_;
    std::vector<Node> component_;
};

}  // namespace highwater::model
