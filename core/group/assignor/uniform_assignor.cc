#include "core/group/assignor/uniform_assignor.h"

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <utility>

namespace highwater {
namespace {

/// Index of a member in the order of the member ids.
using Member = std::size_t;

struct Placement {
    TopicId topic;
    PartitionId partition;
    /// The index of its topic's TopicClass.
    std::size_t topic_class;
    /// Who has it now and may keep it.
    std::optional<Member> previous;
    Member owner = 0;
};

/// Members by how many partitions each has, then by index: the first takes the next one.
using ByLoad = std::set<std::pair<std::size_t, Member>>;

/// Topics that have the same subscribers.
struct TopicClass {
    std::vector<Member> subscribers;
    ByLoad by_load;
};

/// Indices of placements of one class that one member owns.
struct Holding {
    std::vector<std::size_t> previous;
    /// Those that it did not have before: they are handed on first.
    std::vector<std::size_t> arrived;
};

class Uniform {
  public:
    explicit Uniform(const AssignorInput& input) : input_(input) {
        classify_topics();
        for (const auto& [topic, topic_class] : class_of_) {
            for (std::int32_t i = 0; i < input.partition_counts.at(topic); ++i) {
                placements_.push_back({topic, PartitionId{i}, topic_class, std::nullopt});
            }
        }
    }

    GroupAssignment assign() {
        keep_previous();
        loads_.assign(input_.members.size(), 0);
        for (const Placement& placement : placements_) {
            if (placement.previous) ++loads_[*placement.previous];
        }
        order_by_load();
        place_the_rest();
        balance();
        return assignment();
    }

  private:
    void classify_topics() {
        std::map<TopicId, std::vector<Member>> subscribers;
        Member member = 0;
        for (const auto& [id, described] : input_.members) {
            for (const TopicId& topic : described.topics) {
                if (input_.partition_counts.contains(topic)) subscribers[topic].push_back(member);
            }
            ++member;
        }
        std::map<std::vector<Member>, std::size_t> classes;
        classes_of_member_.resize(input_.members.size());
        for (auto& [topic, members] : subscribers) {
            const auto [found, is_new] = classes.try_emplace(members, classes_.size());
            class_of_.emplace(topic, found->second);
            if (!is_new) continue;
            for (const Member each : members) classes_of_member_[each].push_back(classes_.size());
            classes_.push_back({std::move(members), {}});
        }
    }

    /// Of two members that claim a partition the first in the order of ids keeps it.
    void keep_previous() {
        Member member = 0;
        for (const auto& [id, described] : input_.members) {
            for (const auto& [topic, partitions] : described.assigned) {
                if (!class_of_.contains(topic) || !described.topics.contains(topic)) continue;
                // Placements are in the order of topics and partitions.
                const auto first =
                    std::ranges::lower_bound(placements_, topic, {}, &Placement::topic) - placements_.begin();
                for (const PartitionId partition : partitions) {
                    if (partition.value() < 0 || partition.value() >= input_.partition_counts.at(topic)) continue;
                    Placement& placement = placements_[static_cast<std::size_t>(first + partition.value())];
                    if (placement.previous) continue;
                    placement.previous = member;
                    placement.owner = member;
                }
            }
            ++member;
        }
    }

    void order_by_load() {
        for (TopicClass& topic_class : classes_) {
            for (const Member member : topic_class.subscribers) topic_class.by_load.emplace(loads_[member], member);
        }
        for (Member member = 0; member < loads_.size(); ++member) by_load_.emplace(loads_[member], member);
    }

    void set_load(Member member, std::size_t load) {
        const auto change = [&](ByLoad& by_load) {
            auto node = by_load.extract({loads_[member], member});
            node.value().first = load;
            by_load.insert(std::move(node));
        };
        for (const std::size_t index : classes_of_member_[member]) change(classes_[index].by_load);
        change(by_load_);
        loads_[member] = load;
    }

    /// Each to the subscriber that has the fewest. Those with few subscribers first, since the others have more choice.
    void place_the_rest() {
        std::vector<std::size_t> unplaced;
        for (std::size_t i = 0; i < placements_.size(); ++i) {
            if (!placements_[i].previous) unplaced.push_back(i);
        }
        std::ranges::sort(unplaced, {}, [&](std::size_t i) {
            return std::pair(classes_[placements_[i].topic_class].subscribers.size(), i);
        });
        for (const std::size_t i : unplaced) {
            const auto [load, member] = *classes_[placements_[i].topic_class].by_load.begin();
            placements_[i].owner = member;
            set_load(member, load + 1);
        }
    }

    /// As long as a member with many has something for one with at least two fewer: the one with most gives first, to
    /// the one with fewest, and first what it did not have before. So no share goes down and up again, and nothing that
    /// was taken goes round in a circle.
    void balance() {
        std::vector<std::map<std::size_t, Holding>> holdings(loads_.size());
        for (std::size_t i = 0; i < placements_.size(); ++i) {
            const Placement& placement = placements_[i];
            Holding& holding = holdings[placement.owner][placement.topic_class];
            (placement.previous == placement.owner ? holding.previous : holding.arrived).push_back(i);
        }
        const auto move_one = [&] {
            for (const auto& [load, giver] : by_load_ | std::views::reverse) {
                // The class whose neediest subscriber has the least of all.
                std::optional<std::pair<std::pair<std::size_t, Member>, std::size_t>> best;
                for (const auto& [index, holding] : holdings[giver]) {
                    const std::pair candidate{*classes_[index].by_load.begin(), index};
                    if (candidate.first.first + 2 <= load && (!best || candidate < *best)) best = candidate;
                }
                if (!best) continue;
                const auto [taker_at, index] = *best;
                const Member taker = taker_at.second;
                Holding& holding = holdings[giver][index];
                std::vector<std::size_t>& source = holding.arrived.empty() ? holding.previous : holding.arrived;
                const std::size_t i = source.back();
                source.pop_back();
                if (holding.previous.empty() && holding.arrived.empty()) holdings[giver].erase(index);
                Placement& placement = placements_[i];
                placement.owner = taker;
                Holding& taken = holdings[taker][index];
                (placement.previous == taker ? taken.previous : taken.arrived).push_back(i);
                const Member from = giver;
                set_load(from, loads_[from] - 1);
                set_load(taker, loads_[taker] + 1);
                return true;
            }
            return false;
        };
        while (move_one()) {
        }
    }

    [[nodiscard]] GroupAssignment assignment() const {
        std::vector<AssignedPartitions*> of_member;
        GroupAssignment result;
        for (const auto& [id, described] : input_.members) of_member.push_back(&result[id]);
        for (const Placement& placement : placements_) {
            (*of_member[placement.owner])[placement.topic].push_back(placement.partition);
        }
        return result;
    }

    const AssignorInput& input_;
    std::map<TopicId, std::size_t> class_of_;
    std::vector<TopicClass> classes_;
    std::vector<std::vector<std::size_t>> classes_of_member_;
    std::vector<Placement> placements_;
    std::vector<std::size_t> loads_;
    ByLoad by_load_;
};

}  // namespace

GroupAssignment assign_uniform(const AssignorInput& input) {
    return Uniform(input).assign();
}

}  // namespace highwater
