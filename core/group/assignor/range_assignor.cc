#include "core/group/assignor/range_assignor.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace highwater {
namespace {

using Member = std::pair<const std::string, AssignorMember>;

/// Static members first, by instance id, then the others by member id.
std::vector<const Member*> in_order(const std::map<std::string, AssignorMember>& members) {
    std::vector<const Member*> ordered;
    for (const Member& member : members) ordered.push_back(&member);
    std::ranges::sort(ordered, {}, [](const Member* member) {
        const auto& [id, described] = *member;
        const bool is_static = described.group_instance_id.has_value();
        return std::tuple(!is_static, std::string_view(is_static ? *described.group_instance_id : id));
    });
    return ordered;
}

}  // namespace

GroupAssignment assign_range(const AssignorInput& input) {
    GroupAssignment result;
    std::map<TopicId, std::vector<AssignedPartitions*>> subscribers;
    for (const Member* member : in_order(input.members)) {
        AssignedPartitions& assigned = result[member->first];
        for (const TopicId& topic : member->second.topics) subscribers[topic].push_back(&assigned);
    }
    for (const auto& [topic, members] : subscribers) {
        const auto found = input.partition_counts.find(topic);
        if (found == input.partition_counts.end()) continue;
        const auto partitions = static_cast<std::size_t>(found->second);
        const std::size_t shorter = partitions / members.size();
        const std::size_t longer_ones = partitions % members.size();
        std::int32_t next = 0;
        for (std::size_t i = 0; i < members.size(); ++i) {
            const std::size_t length = shorter + (i < longer_ones ? 1 : 0);
            if (length == 0) break;
            std::vector<PartitionId>& range = (*members[i])[topic];
            while (range.size() < length) range.emplace_back(next++);
        }
    }
    return result;
}

}  // namespace highwater
