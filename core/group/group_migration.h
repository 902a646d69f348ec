#pragma once

#include <optional>
#include <string>

#include "core/group/classic_group.h"
#include "core/group/consumer_group.h"
#include "core/group/consumer_subscription.h"

namespace highwater {

/// The records that make the classic group a consumer group whose epochs are its generation and whose members, which go
/// on with the classic protocol, have what they were assigned. nullopt: a member's bytes cannot be read.
[[nodiscard]] std::optional<GroupRecords> upgraded(const std::string& id, const ClassicGroup& group,
                                                   const GroupTopics& topics);

/// The classic group that a consumer group of members that all speak the classic protocol goes on as: stable, in the
/// generation of its epoch, with what the members have. Requires: there are members.
[[nodiscard]] ClassicGroup downgraded(const ConsumerGroup& group, const GroupTopics& topics);

/// The assignment of a member that speaks the classic protocol, as its client reads it.
[[nodiscard]] std::string assignment_bytes(const ConsumerGroup& group, const ConsumerMember& member,
                                           const GroupTopics& topics);

/// The protocols that all members of the group that speak the classic protocol have, among `protocols`.
[[nodiscard]] bool has_common_protocol(const ConsumerGroup& group, const std::string& except,
                                       const std::vector<GroupProtocol>& protocols);

/// Of the topics that there are.
[[nodiscard]] AssignedPartitions by_id(const PartitionsByName& partitions, const GroupTopics& topics);

}  // namespace highwater
