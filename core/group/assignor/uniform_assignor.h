#pragma once

#include "core/group/assignor/assignor.h"

namespace highwater {

/// The `uniform` assignor of KIP-848. Every partition of a topic that has subscribers goes to one of them:
/// - balanced: a member that has at least two partitions more than another has none of a topic that the other
///   subscribes to. So members with equal subscriptions differ by at most one;
/// - and then sticky: an assignment that is already complete and balanced stays as it is. If all members subscribe to
///   the same topics, no balanced assignment takes fewer partitions from members that could keep them. In any group,
///   what is taken does not go round in a circle: no set of partitions could go back with every share as large as it
///   is.
[[nodiscard]] GroupAssignment assign_uniform(const AssignorInput& input);

}  // namespace highwater
