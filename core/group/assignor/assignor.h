#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/ids.h"

namespace highwater {

/// By topic id; each list ascending, without duplicates. A topic without partitions is not in it.
using AssignedPartitions = std::map<TopicId, std::vector<PartitionId>>;

/// What an assignor may look at of a member. It has no rack: the assignors of Kafka 4.x look at none
/// (KAFKA-19909; KIP-881 is for the assignors of clients).
struct AssignorMember {
    /// Of a static member (KIP-345).
    std::optional<std::string> group_instance_id;
    /// Subscribed to, regular expressions already resolved.
    std::set<TopicId> topics;
    /// The target that it has now; of a new member empty. It may name what is no longer there or subscribed to.
    AssignedPartitions assigned;

    friend bool operator==(const AssignorMember&, const AssignorMember&) = default;
};

struct AssignorInput {
    /// By member id.
    std::map<std::string, AssignorMember> members;
    /// Of the topics that exist. A topic that is not in it is assigned to nobody, whoever subscribes to it.
    std::map<TopicId, std::int32_t> partition_counts;

    friend bool operator==(const AssignorInput&, const AssignorInput&) = default;
};

/// By member id; every member of the input is in it.
using GroupAssignment = std::map<std::string, AssignedPartitions>;

}  // namespace highwater
