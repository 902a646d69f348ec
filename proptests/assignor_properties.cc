// The server's assignors over the lives of groups of up to 100 members and 1,000 partitions: members come, go and
// change what they subscribe to, topics come, grow and go, and each assignment is the next one's past.
#include "proptests/prelude.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/group/assignor/range_assignor.h"
#include "core/group/assignor/testing.h"
#include "core/group/assignor/uniform_assignor.h"

namespace highwater {
namespace {

constexpr std::size_t kMaxMembers = 100;
constexpr std::int32_t kMaxPartitions = 1'000;
constexpr std::uint8_t kTopics = 12;

std::size_t pick(std::size_t below) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, below));
}

bool one_in(std::size_t chances) {
    return pick(chances) == 0;
}

using Partition = std::pair<TopicId, PartitionId>;
using Owners = std::map<Partition, std::string>;

class GroupLife {
  public:
    GroupLife() : is_homogeneous_(one_in(2)) {
        const std::size_t topics = 1 + pick(kTopics);
        for (std::size_t i = 0; i < topics; ++i) change_topic();
        const std::size_t members = 1 + (one_in(3) ? pick(kMaxMembers) : pick(8));
        for (std::size_t i = 0; i < members; ++i) join();
    }

    [[nodiscard]] const AssignorInput& input() const { return input_; }

    void take(const GroupAssignment& assignment) { input_ = testing::assigned(std::move(input_), assignment); }

    void change() {
        switch (pick(6)) {
            case 0:
            case 1:
                if (input_.members.size() < kMaxMembers) join();
                break;
            case 2:
                if (!input_.members.empty()) input_.members.erase(some_member());
                break;
            case 3:
                change_topic();
                break;
            case 4:
                subscribe_anew();
                break;
            default:
                if (!input_.members.empty()) claim_anything(some_member()->second);
        }
    }

  private:
    std::map<std::string, AssignorMember>::iterator some_member() {
        return std::next(input_.members.begin(), static_cast<std::ptrdiff_t>(pick(input_.members.size())));
    }

    [[nodiscard]] std::set<TopicId> some_topics() const {
        std::set<TopicId> topics;
        // Few or about half of them; some subscribe to what is not there.
        for (std::size_t i = one_in(2) ? 1 + pick(2) : 1 + pick(kTopics); i > 0; --i) {
            topics.insert(testing::topic(static_cast<std::uint8_t>(pick(kTopics + 1))));
        }
        return topics;
    }

    void join() {
        AssignorMember member;
        member.topics =
            is_homogeneous_ && !input_.members.empty() ? input_.members.begin()->second.topics : some_topics();
        if (one_in(4)) member.group_instance_id = fmt::format("instance-{}", next_member_);
        // Ids are no order of arrival.
        input_.members.emplace(fmt::format("{}-{}", pick(1000), next_member_++), std::move(member));
    }

    /// Comes, grows, goes.
    void change_topic() {
        const TopicId topic = testing::topic(static_cast<std::uint8_t>(pick(kTopics)));
        std::int32_t others = 0;
        for (const auto& [id, count] : input_.partition_counts) others += id == topic ? 0 : count;
        if (one_in(6)) {
            input_.partition_counts.erase(topic);
        } else {
            const std::int32_t most = std::min(kMaxPartitions - others, one_in(4) ? kMaxPartitions : 20);
            input_.partition_counts[topic] = static_cast<std::int32_t>(pick(static_cast<std::size_t>(most) + 1));
        }
    }

    void subscribe_anew() {
        if (input_.members.empty()) return;
        if (is_homogeneous_) {
            const auto topics = some_topics();
            for (auto& [id, member] : input_.members) member.topics = topics;
        } else {
            some_member()->second.topics = some_topics();
        }
    }

    /// What no assignor has given it: others' partitions, others' topics, partitions that are not there.
    static void claim_anything(AssignorMember& member) {
        member.assigned.clear();
        for (std::size_t claims = pick(4); claims > 0; --claims) {
            const auto first = static_cast<std::int32_t>(pick(30)) - 1;
            member.assigned[testing::topic(static_cast<std::uint8_t>(pick(kTopics)))] =
                testing::range(first, first + static_cast<std::int32_t>(pick(10)));
        }
    }

    bool is_homogeneous_;
    AssignorInput input_;
    std::size_t next_member_ = 0;
};

bool subscribes(const AssignorInput& input, const std::string& member, const TopicId& topic) {
    return input.members.at(member).topics.contains(topic);
}

bool is_homogeneous(const AssignorInput& input) {
    return std::ranges::all_of(
        input.members, [&](const auto& each) { return each.second.topics == input.members.begin()->second.topics; });
}

/// No partition twice or forgotten, only to subscribers, every list in order; who has what.
Owners judged_complete(const AssignorInput& input, const GroupAssignment& assignment) {
    RC_ASSERT(assignment.size() == input.members.size());
    Owners owners;
    for (const auto& [id, assigned] : assignment) {
        for (const auto& [topic, partitions] : assigned) {
            RC_ASSERT(subscribes(input, id, topic));
            RC_ASSERT(!partitions.empty());
            for (std::size_t i = 1; i < partitions.size(); ++i) RC_ASSERT(partitions[i - 1] < partitions[i]);
            for (const PartitionId partition : partitions)
                RC_ASSERT(owners.emplace(Partition(topic, partition), id).second);
        }
    }
    std::size_t expected = 0;
    for (const auto& [topic, count] : input.partition_counts) {
        const bool has_subscriber = std::ranges::any_of(
            input.members, [&id = topic](const auto& each) { return each.second.topics.contains(id); });
        if (!has_subscriber) continue;
        expected += static_cast<std::size_t>(count);
        for (std::int32_t i = 0; i < count; ++i) RC_ASSERT(owners.contains({topic, PartitionId{i}}));
    }
    RC_ASSERT(owners.size() == expected);
    return owners;
}

void judge_balance(const AssignorInput& input, const GroupAssignment& assignment) {
    std::map<std::set<TopicId>, std::pair<std::size_t, std::size_t>> extremes;
    for (const auto& [many_id, many] : assignment) {
        const std::size_t load = testing::load(many);
        auto& [least, most] = extremes.try_emplace(input.members.at(many_id).topics, load, load).first->second;
        least = std::min(least, load);
        most = std::max(most, load);
        for (const auto& [few_id, few] : assignment) {
            if (load < testing::load(few) + 2) continue;
            for (const auto& [topic, partitions] : many) RC_ASSERT(!subscribes(input, few_id, topic));
        }
    }
    for (const auto& [topics, loads] : extremes) RC_ASSERT(loads.second - loads.first <= 1);
}

/// Who may keep each partition: who has it and subscribes to it, if it is there.
std::map<Partition, std::set<std::string>> keepers(const AssignorInput& input) {
    std::map<Partition, std::set<std::string>> result;
    for (const auto& [id, member] : input.members) {
        for (const auto& [topic, partitions] : member.assigned) {
            const auto count = input.partition_counts.find(topic);
            if (count == input.partition_counts.end() || !member.topics.contains(topic)) continue;
            for (const PartitionId partition : partitions) {
                if (partition.value() >= 0 && partition.value() < count->second) result[{topic, partition}].insert(id);
            }
        }
    }
    return result;
}

/// Of partitions that one member may keep: from whom to whom they went.
std::map<std::string, std::set<std::string>> moves(const AssignorInput& input, const Owners& owners) {
    std::map<std::string, std::set<std::string>> result;
    for (const auto& [partition, ids] : keepers(input)) {
        const std::string& owner = owners.at(partition);
        if (ids.size() == 1 && *ids.begin() != owner) result[*ids.begin()].insert(owner);
    }
    return result;
}

/// Whether no way along `moves` leads back to where it began: what has no way out is taken away until nothing is left.
bool has_no_circle(std::map<std::string, std::set<std::string>> moves) {
    while (!moves.empty()) {
        const std::size_t before = moves.size();
        std::erase_if(moves, [&](const auto& from) {
            return std::ranges::none_of(from.second, [&](const std::string& to) { return moves.contains(to); });
        });
        if (moves.size() == before) return false;
    }
    return true;
}

/// Of members with equal subscriptions and disjoint claims: no more are taken away than the shares demand. With n
/// partitions for m members everybody has n / m of them, and n % m members may have one more.
void judge_fewest_moves(const AssignorInput& input, const Owners& owners) {
    std::map<std::string, std::size_t> kept;
    std::size_t moved = 0;
    for (const auto& [partition, ids] : keepers(input)) {
        if (ids.size() != 1) return;
        ++kept[*ids.begin()];
        if (owners.at(partition) != *ids.begin()) ++moved;
    }
    const std::size_t share = owners.size() / input.members.size();
    std::size_t larger_shares = owners.size() % input.members.size();
    std::size_t needed = 0;
    for (const auto& [id, count] : kept) {
        if (count <= share) continue;
        needed += count - share;
        if (larger_shares > 0) {
            --larger_shares;
            --needed;
        }
    }
    RC_ASSERT(moved == needed);
}

RC_GTEST_PROP(UniformAssignor, IsCompleteThenBalancedThenSticky, ()) {
    GroupLife life;
    std::size_t homogeneous = 0;
    std::size_t moved = 0;
    const std::size_t steps = 1 + pick(12);
    for (std::size_t step = 0; step < steps; ++step) {
        const AssignorInput& input = life.input();
        const GroupAssignment assignment = assign_uniform(input);
        const Owners owners = judged_complete(input, assignment);
        judge_balance(input, assignment);
        const auto from_to = moves(input, owners);
        RC_ASSERT(has_no_circle(from_to));
        if (!from_to.empty()) ++moved;
        if (!input.members.empty() && is_homogeneous(input)) {
            judge_fewest_moves(input, owners);
            ++homogeneous;
        }
        life.take(assignment);
        // What is complete and balanced stays as it is.
        RC_ASSERT(assign_uniform(life.input()) == assignment);
        life.change();
    }
    RC_CLASSIFY(homogeneous == steps, "members subscribe to the same topics all the time");
    RC_CLASSIFY(homogeneous < steps, "members subscribe to different topics");
    RC_CLASSIFY(moved > 0, "balance took partitions from members");
}

RC_GTEST_PROP(RangeAssignor, GivesEverySubscriberOfATopicOneRange, ()) {
    GroupLife life;
    const std::size_t steps = 1 + pick(6);
    for (std::size_t step = 0; step < steps; ++step) {
        const AssignorInput& input = life.input();
        const GroupAssignment assignment = assign_range(input);
        judged_complete(input, assignment);
        for (const auto& [topic, count] : input.partition_counts) {
            std::size_t least = kMaxPartitions;
            std::size_t most = 0;
            for (const auto& [id, member] : input.members) {
                if (!member.topics.contains(topic)) continue;
                const auto found = assignment.at(id).find(topic);
                const std::size_t length = found == assignment.at(id).end() ? 0 : found->second.size();
                least = std::min(least, length);
                most = std::max(most, length);
                if (length == 0) continue;
                const std::int32_t span = found->second.back().value() - found->second.front().value();
                RC_ASSERT(static_cast<std::size_t>(span) + 1 == length);
            }
            if (most > 0) RC_ASSERT(most - least <= 1);
        }
        // Co-partitioned: topics with the same number of partitions and the same subscribers are divided alike.
        for (const auto& [one, count] : input.partition_counts) {
            for (const auto& [other, other_count] : input.partition_counts) {
                const bool are_alike =
                    count == other_count && std::ranges::all_of(input.members, [&](const auto& each) {
                        return each.second.topics.contains(one) == each.second.topics.contains(other);
                    });
                if (!are_alike) continue;
                for (const auto& [id, assigned] : assignment) {
                    const auto of_one = assigned.find(one);
                    const auto of_other = assigned.find(other);
                    RC_ASSERT((of_one == assigned.end()) == (of_other == assigned.end()));
                    if (of_one != assigned.end()) RC_ASSERT(of_one->second == of_other->second);
                }
            }
        }
        life.take(assignment);
        RC_ASSERT(assign_range(life.input()) == assignment);
        life.change();
    }
}

// A restart gives a static member a new member id: it has its range again (KIP-345), and nobody else's changes.
RC_GTEST_PROP(RangeAssignor, KeepsTheRangesWhenStaticMembersComeBackUnderNewIds, ()) {
    const GroupLife life;
    const AssignorInput& before = life.input();
    AssignorInput after{{}, before.partition_counts};
    std::map<std::string, std::string> new_ids;
    for (const auto& [id, member] : before.members) {
        new_ids[id] = member.group_instance_id ? fmt::format("{}-{}", pick(1000), *member.group_instance_id) : id;
        after.members.emplace(new_ids[id], member);
    }
    const GroupAssignment now = assign_range(after);
    for (const auto& [id, assigned] : assign_range(before)) RC_ASSERT(now.at(new_ids.at(id)) == assigned);
}

}  // namespace
}  // namespace highwater
