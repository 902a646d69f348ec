#include "core/group/consumer_target.h"

#include <algorithm>
#include <array>

#include "core/base/invariant.h"
#include "core/group/assignor/range_assignor.h"
#include "core/group/assignor/uniform_assignor.h"

namespace highwater {
namespace {

struct NamedAssignor {
    std::string_view name;
    GroupAssignment (*assign)(const AssignorInput&);
};
constexpr std::array<NamedAssignor, 2> kAssignors{{{"range", assign_range}, {"uniform", assign_uniform}}};

const NamedAssignor* find_assignor(std::string_view name) {
    const auto found = std::ranges::find(kAssignors, name, &NamedAssignor::name);
    return found == kAssignors.end() ? nullptr : &*found;
}

}  // namespace

bool is_assignor(std::string_view name) {
    return find_assignor(name) != nullptr;
}

std::string assignor_of(const ConsumerGroup& group, const std::string& fallback) {
    std::map<std::string, std::size_t> votes;
    for (const auto& [id, member] : group.members) {
        if (member.metadata.server_assignor) ++votes[*member.metadata.server_assignor];
    }
    if (votes.empty()) return fallback;
    return std::ranges::max_element(votes, {}, [](const auto& vote) { return vote.second; })->first;
}

GroupAssignment target_for(const ConsumerGroup& group, const GroupTopics& topics, const std::string& fallback) {
    AssignorInput input;
    for (const auto& [id, member] : group.members) {
        input.members[id] = {.group_instance_id = member.metadata.group_instance_id,
                             .topics = ids_of(group.subscribed_topics(member.metadata), topics),
                             .assigned = group.target_of(id)};
    }
    for (const std::string& name : group.subscribed_topics()) {
        const auto topic = topics.by_name.find(name);
        if (topic != topics.by_name.end()) input.partition_counts[topic->second.id] = topic->second.partitions;
    }
    // A member's record may name an assignor that this node does not have.
    const NamedAssignor* assignor = find_assignor(assignor_of(group, fallback));
    if (assignor == nullptr) assignor = find_assignor(fallback);
    HIGHWATER_INVARIANT(assignor != nullptr, "there is no assignor {}", fallback);
    return assignor->assign(input);
}

}  // namespace highwater
