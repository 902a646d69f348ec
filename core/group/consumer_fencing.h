#pragma once

#include <optional>

#include "core/base/error_code.h"
#include "core/group/consumer_group.h"
#include "core/group/group_input.h"

namespace highwater {

/// Whether a heartbeat may be what it says, whatever the group is like: INVALID_REQUEST.
[[nodiscard]] ErrorCode check_heartbeat(const ConsumerHeartbeatReceived& input);

/// Whether a member may speak at `received`: at its epoch, and at the one before it if all that it has is its own at
/// the present one, since the answer that told it may have been lost. Else FENCED_MEMBER_EPOCH: it has to give up all
/// that it has and join again.
[[nodiscard]] ErrorCode check_member_epoch(const CurrentMemberAssignment& current, GroupEpoch received,
                                           const std::optional<AssignedPartitions>& owned);

/// Whether `member_id` may speak for the static member: UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID.
[[nodiscard]] ErrorCode check_instance(const ConsumerGroup& group, const std::string& member_id,
                                       const std::string& group_instance_id);

/// Whether offsets may be committed: by nobody's claim in an empty group; by a member at its epoch, or at an older one
/// for partitions that it had then already and still has (KIP-1251). UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH;
/// ILLEGAL_GENERATION for a member that speaks the classic protocol; UNSUPPORTED_VERSION for a client that cannot mean
/// a member epoch.
[[nodiscard]] ErrorCode check_commit(const ConsumerGroup& group, const OffsetCommitReceived& input,
                                     const GroupTopics& topics);

/// Whether a member that names itself may be told committed offsets; who names none always may.
[[nodiscard]] ErrorCode check_fetch(const ConsumerGroup& group, const std::optional<std::string>& member_id,
                                    GroupEpoch received);

}  // namespace highwater
