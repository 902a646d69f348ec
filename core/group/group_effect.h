#pragma once

#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/base/error_code.h"
#include "core/group/classic_group.h"
#include "core/group/group_input.h"
#include "core/group/group_records.h"

namespace highwater {

/// Append these records to the coordinator's partition, in one batch, with acks=all. Completed by GroupWriteCommitted
/// or GroupWriteFailed.
struct WriteGroupRecords {
    GroupWrite write;
    GroupRecords records;
    /// The batch is of this transaction.
    std::optional<GroupTransaction> transaction{};

    static constexpr void describe(auto&& field) {
        field("write", &WriteGroupRecords::write);
        field("records", &WriteGroupRecords::records);
        field("transaction", &WriteGroupRecords::transaction);
    }
};

/// Say GroupDeadlineReached at this time or soon after. Replaces the former one of this coordinator.
struct WakeGroupsAt {
    Time time;
    static constexpr void describe(auto&& field) { field("time", &WakeGroupsAt::time); }
};

struct JoinedMember {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::string metadata;

    static constexpr void describe(auto&& field) {
        field("member_id", &JoinedMember::member_id);
        field("group_instance_id", &JoinedMember::group_instance_id);
        field("metadata", &JoinedMember::metadata);
    }
};

/// Of a JoinReceived. Except for MEMBER_ID_REQUIRED, an error leaves all but the error and the member id as they are
/// here.
struct JoinAnswer {
    GroupToken token;
    ErrorCode error = ErrorCode::none;
    Generation generation{-1};
    std::optional<std::string> protocol_type;
    std::optional<std::string> protocol;
    std::string leader;
    /// The leader need not assign: it came back, and its assignment stands.
    bool skip_assignment = false;
    std::string member_id;
    /// For the leader only.
    std::vector<JoinedMember> members;

    static constexpr void describe(auto&& field) {
        field("token", &JoinAnswer::token);
        field("error", &JoinAnswer::error);
        field("generation", &JoinAnswer::generation);
        field("protocol_type", &JoinAnswer::protocol_type);
        field("protocol", &JoinAnswer::protocol);
        field("leader", &JoinAnswer::leader);
        field("skip_assignment", &JoinAnswer::skip_assignment);
        field("member_id", &JoinAnswer::member_id);
        field("members", &JoinAnswer::members);
    }
};

struct SyncAnswer {
    GroupToken token;
    ErrorCode error = ErrorCode::none;
    std::optional<std::string> protocol_type;
    std::optional<std::string> protocol;
    std::string assignment;

    static constexpr void describe(auto&& field) {
        field("token", &SyncAnswer::token);
        field("error", &SyncAnswer::error);
        field("protocol_type", &SyncAnswer::protocol_type);
        field("protocol", &SyncAnswer::protocol);
        field("assignment", &SyncAnswer::assignment);
    }
};

struct HeartbeatAnswer {
    GroupToken token;
    ErrorCode error = ErrorCode::none;

    static constexpr void describe(auto&& field) {
        field("token", &HeartbeatAnswer::token);
        field("error", &HeartbeatAnswer::error);
    }
};

struct LeaveAnswer {
    GroupToken token;
    ErrorCode error = ErrorCode::none;
    /// For each of the request's members, in its order; empty when `error` says it for all.
    std::vector<ErrorCode> members;

    static constexpr void describe(auto&& field) {
        field("token", &LeaveAnswer::token);
        field("error", &LeaveAnswer::error);
        field("members", &LeaveAnswer::members);
    }
};

/// Of an OffsetCommitReceived or OffsetDeleteReceived.
struct OffsetsAnswer {
    GroupToken token;
    ErrorCode error = ErrorCode::none;
    /// For each of the request's partitions, in its order; empty when `error` says it for all.
    std::vector<ErrorCode> partitions;

    static constexpr void describe(auto&& field) {
        field("token", &OffsetsAnswer::token);
        field("error", &OffsetsAnswer::error);
        field("partitions", &OffsetsAnswer::partitions);
    }
};

struct DeleteGroupAnswer {
    GroupToken token;
    ErrorCode error = ErrorCode::none;

    static constexpr void describe(auto&& field) {
        field("token", &DeleteGroupAnswer::token);
        field("error", &DeleteGroupAnswer::error);
    }
};

/// Of a ConsumerHeartbeatReceived.
struct ConsumerHeartbeatAnswer {
    GroupToken token;
    ErrorCode error = ErrorCode::none;
    std::string member_id;
    GroupEpoch member_epoch;
    /// When the member shall be heard of again.
    Duration heartbeat_interval{};
    /// What the member has from now on; nullopt: what it was told last.
    std::optional<AssignedPartitions> assignment;

    static constexpr void describe(auto&& field) {
        field("token", &ConsumerHeartbeatAnswer::token);
        field("error", &ConsumerHeartbeatAnswer::error);
        field("member_id", &ConsumerHeartbeatAnswer::member_id);
        field("member_epoch", &ConsumerHeartbeatAnswer::member_epoch);
        field("heartbeat_interval", &ConsumerHeartbeatAnswer::heartbeat_interval);
        field("assignment", &ConsumerHeartbeatAnswer::assignment);
    }
};

/// Say which topics' names these expressions match, with RegularExpressionsResolved.
struct ResolveRegularExpressions {
    std::string group;
    std::set<std::string> expressions;

    static constexpr void describe(auto&& field) {
        field("group", &ResolveRegularExpressions::group);
        field("expressions", &ResolveRegularExpressions::expressions);
    }
};

using GroupEffect = std::variant<WriteGroupRecords, WakeGroupsAt, JoinAnswer, SyncAnswer, HeartbeatAnswer, LeaveAnswer,
                                 OffsetsAnswer, DeleteGroupAnswer, ConsumerHeartbeatAnswer, ResolveRegularExpressions>;
using GroupEffects = std::vector<GroupEffect>;

}  // namespace highwater
