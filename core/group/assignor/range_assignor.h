#pragma once

#include "core/group/assignor/assignor.h"

namespace highwater {

/// The `range` assignor of KIP-848: of every topic, its subscribers get one contiguous range each, in an order of
/// members that all topics share: static members by instance id, then the others by member id. The ranges' lengths
/// differ by at most one, the longer ones first. So members with equal subscriptions get the same partition numbers of
/// all topics with the same number of partitions (co-partitioning). What members have now has no say (KAFKA-16944): a
/// static member keeps its range over a restart since its place is its instance id's.
[[nodiscard]] GroupAssignment assign_range(const AssignorInput& input);

}  // namespace highwater
