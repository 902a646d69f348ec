#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "core/group/assignor/assignor.h"

namespace highwater::testing {

/// Topic ids that tests tell apart by a number.
[[nodiscard]] inline TopicId topic(std::uint8_t number) {
    TopicId id;
    id.bytes.back() = number;
    return id;
}

[[nodiscard]] inline std::vector<PartitionId> partitions(std::initializer_list<std::int32_t> numbers) {
    return {numbers.begin(), numbers.end()};
}

/// Partitions first, ..., last.
[[nodiscard]] inline std::vector<PartitionId> range(std::int32_t first, std::int32_t last) {
    std::vector<PartitionId> result;
    for (std::int32_t i = first; i <= last; ++i) result.emplace_back(i);
    return result;
}

[[nodiscard]] inline AssignorMember subscribed(std::set<TopicId> topics, AssignedPartitions assigned = {}) {
    return {.group_instance_id = {}, .topics = std::move(topics), .assigned = std::move(assigned)};
}

[[nodiscard]] inline std::size_t load(const AssignedPartitions& assigned) {
    std::size_t partitions = 0;
    for (const auto& [topic, of_topic] : assigned) partitions += of_topic.size();
    return partitions;
}

/// The same group one assignment later.
[[nodiscard]] inline AssignorInput assigned(AssignorInput input, const GroupAssignment& assignment) {
    for (const auto& [id, partitions] : assignment) input.members.at(id).assigned = partitions;
    return input;
}

}  // namespace highwater::testing
