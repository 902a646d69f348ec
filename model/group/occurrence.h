#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "model/explore/system.h"

namespace highwater::model::group {

/// What must occur for the properties to mean something. Counted once per step of the exploration.
enum class Occurrence : std::size_t {
    generation_told,
    assignment_told,
    member_forgotten,
    member_fenced,
    static_member_replaced,
    request_repeated,
    late_request_arrived,
    coordinator_changed,
    write_lost_at_failover,
    write_kept_at_failover,
    write_failed,
    commit_acknowledged,
    commit_refused,
    offset_expired,
    /// P25: two members own a partition, and the commits of one are not taken.
    partition_owned_by_a_fenced_member_too,
    /// P25: a partition changed its owner.
    partition_moved,
    /// P25: a member that has to give up a partition is told so (KIP-848).
    revocation_told,
    /// P25: a member is unknown a session after it was told that it belongs to the group.
    session_ended,
    /// P26: a request of a lower generation came, and was refused.
    request_of_a_lower_generation,
    commit_without_membership,
    /// P27: an acknowledged offset is told by another coordinator.
    offset_outlived_its_coordinator,
    /// P28: two processes with one instance id, of which one is not heard.
    older_instance_not_heard,
    /// R2.
    offsets_replayed,
    group_replayed,
    /// L8: everybody has its partitions.
    group_settled,
    came_to_rest,
};
inline constexpr std::size_t kOccurrences = static_cast<std::size_t>(Occurrence::came_to_rest) + 1;
static_assert(kOccurrences <= std::tuple_size_v<decltype(Coverage::counts)>);

/// The words that reports have for it.
std::string_view name_of(Occurrence occurrence);

}  // namespace highwater::model::group
