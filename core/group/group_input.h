#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/error_code.h"
#include "core/base/producer_claim.h"
#include "core/group/classic_group.h"
#include "core/group/group_records.h"
#include "core/group/group_topics.h"
#include "core/partition/token.h"

namespace highwater {

/// Names a write that the coordinator has asked for; chosen by the machine, in rising order.
struct GroupWrite : StrongType<GroupWrite, std::uint64_t> {
    using StrongType::StrongType;
};

/// A record of the coordinator's partition, while it is loading; in the order of the log.
struct GroupRecordLoaded {
    GroupRecord record;
    /// Of a transactional batch: whose.
    std::optional<ProducerId> producer{};
    static constexpr void describe(auto&& field) {
        field("record", &GroupRecordLoaded::record);
        field("producer", &GroupRecordLoaded::producer);
    }
};

/// A transaction marker of the coordinator's partition is committed, or is loaded in the order of the log: the
/// producer's transaction is over, and the offsets that it committed count with it or are gone.
struct GroupTransactionEnded {
    ProducerId producer;
    bool commit = false;
    static constexpr void describe(auto&& field) {
        field("producer", &GroupTransactionEnded::producer);
        field("commit", &GroupTransactionEnded::commit);
    }
};

/// All of the partition below its high watermark was loaded: requests are served from here on.
struct GroupsLoaded {
    static constexpr void describe(auto&&) {}
};

/// This broker does not lead the partition any more. Whoever waits is told NOT_COORDINATOR, and nothing is known.
struct GroupsUnloaded {
    static constexpr void describe(auto&&) {}
};

/// The records of this write are committed. Writes complete in the order in which they were asked for.
struct GroupWriteCommitted {
    GroupWrite write;
    static constexpr void describe(auto&& field) { field("write", &GroupWriteCommitted::write); }
};

/// The records of this write are not in the log and never will be, or nobody can tell; `error` as the log said it.
struct GroupWriteFailed {
    GroupWrite write;
    ErrorCode error = ErrorCode::none;
    static constexpr void describe(auto&& field) {
        field("write", &GroupWriteFailed::write);
        field("error", &GroupWriteFailed::error);
    }
};

/// The deadline of the last WakeGroupsAt has passed.
struct GroupDeadlineReached {
    static constexpr void describe(auto&&) {}
};

/// JoinGroup. Answered by JoinAnswer, at once or when the rebalance completes.
struct JoinReceived {
    GroupToken token;
    std::string group;
    Duration session_timeout{};
    /// Version 0 has none: the session timeout counts.
    Duration rebalance_timeout{};
    /// Empty: it has none yet.
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::string client_id;
    std::string client_host;
    std::string protocol_type;
    std::vector<GroupProtocol> protocols;
    /// A member without an id gets one with MEMBER_ID_REQUIRED and comes back with it (KIP-394, version 4 on).
    bool requires_known_member_id = false;
    /// The client understands that a leader may be told not to assign (version 9 on).
    bool supports_skipping_assignment = false;
    /// Drawn at random by the driver: what makes a new member's id unique.
    std::string fresh_id;

    static constexpr void describe(auto&& field) {
        field("token", &JoinReceived::token);
        field("group", &JoinReceived::group);
        field("session_timeout", &JoinReceived::session_timeout);
        field("rebalance_timeout", &JoinReceived::rebalance_timeout);
        field("member_id", &JoinReceived::member_id);
        field("group_instance_id", &JoinReceived::group_instance_id);
        field("client_id", &JoinReceived::client_id);
        field("client_host", &JoinReceived::client_host);
        field("protocol_type", &JoinReceived::protocol_type);
        field("protocols", &JoinReceived::protocols);
        field("requires_known_member_id", &JoinReceived::requires_known_member_id);
        field("supports_skipping_assignment", &JoinReceived::supports_skipping_assignment);
        field("fresh_id", &JoinReceived::fresh_id);
    }
};

/// Who speaks, and in which generation it believes itself to be; of a member of a consumer group, at which epoch.
struct MemberClaim {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    Generation generation;

    static constexpr void describe(auto&& field) {
        field("member_id", &MemberClaim::member_id);
        field("group_instance_id", &MemberClaim::group_instance_id);
        field("generation", &MemberClaim::generation);
    }
};

/// ConsumerGroupHeartbeat (KIP-848): join, stay, take over a new subscription, leave. Answered by
/// ConsumerHeartbeatAnswer when what it changed is committed; at once when it changed nothing.
struct ConsumerHeartbeatReceived {
    GroupToken token;
    std::string group;
    /// Empty only from clients of version 0 that join: they are given one.
    std::string member_id;
    /// 0: joins; kLeaveGroupEpoch and kLeaveGroupStaticMemberEpoch: leaves.
    GroupEpoch member_epoch;
    std::optional<std::string> group_instance_id;
    // nullopt from here on: as it said last.
    std::optional<std::string> rack_id;
    std::optional<Duration> rebalance_timeout;
    std::optional<std::set<std::string>> subscribed_topic_names;
    /// Its syntax was checked (RE2); empty: none any more.
    std::optional<std::string> subscribed_topic_regex;
    std::optional<std::string> server_assignor;
    /// What the member has, as it believes.
    std::optional<AssignedPartitions> owned;
    std::string client_id;
    std::string client_host;
    /// Drawn at random by the driver: the id of a member that has none.
    std::string fresh_id;

    static constexpr void describe(auto&& field) {
        field("token", &ConsumerHeartbeatReceived::token);
        field("group", &ConsumerHeartbeatReceived::group);
        field("member_id", &ConsumerHeartbeatReceived::member_id);
        field("member_epoch", &ConsumerHeartbeatReceived::member_epoch);
        field("group_instance_id", &ConsumerHeartbeatReceived::group_instance_id);
        field("rack_id", &ConsumerHeartbeatReceived::rack_id);
        field("rebalance_timeout", &ConsumerHeartbeatReceived::rebalance_timeout);
        field("subscribed_topic_names", &ConsumerHeartbeatReceived::subscribed_topic_names);
        field("subscribed_topic_regex", &ConsumerHeartbeatReceived::subscribed_topic_regex);
        field("server_assignor", &ConsumerHeartbeatReceived::server_assignor);
        field("owned", &ConsumerHeartbeatReceived::owned);
        field("client_id", &ConsumerHeartbeatReceived::client_id);
        field("client_host", &ConsumerHeartbeatReceived::client_host);
        field("fresh_id", &ConsumerHeartbeatReceived::fresh_id);
    }
};

/// Of a ResolveRegularExpressions: the names of the topics that each expression matches. Answers to none that is still
/// asked for change nothing.
struct RegularExpressionsResolved {
    std::string group;
    /// Of the topics (GroupTopics::version) that they were matched with.
    std::uint64_t version = 0;
    std::map<std::string, std::set<std::string>> topics;

    static constexpr void describe(auto&& field) {
        field("group", &RegularExpressionsResolved::group);
        field("version", &RegularExpressionsResolved::version);
        field("topics", &RegularExpressionsResolved::topics);
    }
};

/// The group's own settings, of the metadata log: replaces what was known of it. nullopt: as the node is configured.
struct ConsumerGroupSettings {
    std::optional<Duration> session_timeout;      ///< `consumer.session.timeout.ms`
    std::optional<Duration> heartbeat_interval;   ///< `consumer.heartbeat.interval.ms`
    std::optional<Duration> assignment_interval;  ///< `consumer.assignment.interval.ms`

    static constexpr void describe(auto&& field) {
        field("session_timeout", &ConsumerGroupSettings::session_timeout);
        field("heartbeat_interval", &ConsumerGroupSettings::heartbeat_interval);
        field("assignment_interval", &ConsumerGroupSettings::assignment_interval);
    }
};
struct GroupSettingsChanged {
    std::string group;
    ConsumerGroupSettings settings;

    static constexpr void describe(auto&& field) {
        field("group", &GroupSettingsChanged::group);
        field("settings", &GroupSettingsChanged::settings);
    }
};

/// SyncGroup. Answered by SyncAnswer, at once or when the leader's assignment is committed.
struct SyncReceived {
    GroupToken token;
    std::string group;
    MemberClaim claim;
    /// From version 5; nullopt: not compared.
    std::optional<std::string> protocol_type;
    std::optional<std::string> protocol;
    /// The leader's: member id to assignment.
    std::vector<std::pair<std::string, std::string>> assignments;

    static constexpr void describe(auto&& field) {
        field("token", &SyncReceived::token);
        field("group", &SyncReceived::group);
        field("claim", &SyncReceived::claim);
        field("protocol_type", &SyncReceived::protocol_type);
        field("protocol", &SyncReceived::protocol);
        field("assignments", &SyncReceived::assignments);
    }
};

/// Heartbeat. Answered by HeartbeatAnswer at once.
struct HeartbeatReceived {
    GroupToken token;
    std::string group;
    MemberClaim claim;

    static constexpr void describe(auto&& field) {
        field("token", &HeartbeatReceived::token);
        field("group", &HeartbeatReceived::group);
        field("claim", &HeartbeatReceived::claim);
    }
};

struct LeavingMember {
    /// Empty for a static member that an operator removes by its instance id.
    std::string member_id;
    std::optional<std::string> group_instance_id;

    static constexpr void describe(auto&& field) {
        field("member_id", &LeavingMember::member_id);
        field("group_instance_id", &LeavingMember::group_instance_id);
    }
};

/// LeaveGroup: one member, or several of them (version 3 on). Answered by LeaveAnswer at once.
struct LeaveReceived {
    GroupToken token;
    std::string group;
    std::vector<LeavingMember> members;

    static constexpr void describe(auto&& field) {
        field("token", &LeaveReceived::token);
        field("group", &LeaveReceived::group);
        field("members", &LeaveReceived::members);
    }
};

struct OffsetToCommit {
    TopicPartition partition;
    Offset offset;
    std::optional<LeaderEpoch> leader_epoch;
    std::string metadata;
    std::optional<TopicId> topic_id{};

    static constexpr void describe(auto&& field) {
        field("partition", &OffsetToCommit::partition);
        field("offset", &OffsetToCommit::offset);
        field("leader_epoch", &OffsetToCommit::leader_epoch);
        field("metadata", &OffsetToCommit::metadata);
        field("topic_id", &OffsetToCommit::topic_id);
    }
};

/// The transaction that offsets are committed in.
struct GroupTransaction {
    ProducerClaim producer;
    /// The offsets may begin the transaction in the coordinator's partition; nullopt: it is open there.
    std::optional<VerificationGuard> guard;

    static constexpr void describe(auto&& field) {
        field("producer", &GroupTransaction::producer);
        field("guard", &GroupTransaction::guard);
    }
};

/// OffsetCommit, of partitions that exist. Answered by OffsetsAnswer when the offsets are committed themselves.
struct OffsetCommitReceived {
    GroupToken token;
    std::string group;
    /// Generation -1 and no member id: a consumer that assigns its partitions itself.
    MemberClaim claim;
    /// Versions 2 to 4; nullopt: the broker's.
    std::optional<Duration> retention;
    std::vector<OffsetToCommit> offsets;
    /// The client knows that the generation may be a member epoch (version 9 on).
    bool knows_member_epochs = false;
    /// TxnOffsetCommit (KIP-98, KIP-447): the offsets count when this transaction is committed.
    std::optional<GroupTransaction> transaction{};

    static constexpr void describe(auto&& field) {
        field("token", &OffsetCommitReceived::token);
        field("group", &OffsetCommitReceived::group);
        field("claim", &OffsetCommitReceived::claim);
        field("retention", &OffsetCommitReceived::retention);
        field("offsets", &OffsetCommitReceived::offsets);
        field("knows_member_epochs", &OffsetCommitReceived::knows_member_epochs);
        field("transaction", &OffsetCommitReceived::transaction);
    }
};

/// OffsetDelete. Answered by OffsetsAnswer when it is durable.
struct OffsetDeleteReceived {
    GroupToken token;
    std::string group;
    std::vector<TopicPartition> partitions;

    static constexpr void describe(auto&& field) {
        field("token", &OffsetDeleteReceived::token);
        field("group", &OffsetDeleteReceived::group);
        field("partitions", &OffsetDeleteReceived::partitions);
    }
};

/// DeleteGroups, of one group. Answered by DeleteGroupAnswer when it is durable.
struct DeleteGroupReceived {
    GroupToken token;
    std::string group;

    static constexpr void describe(auto&& field) {
        field("token", &DeleteGroupReceived::token);
        field("group", &DeleteGroupReceived::group);
    }
};

/// A topic is no more: what groups committed for it goes with it.
struct TopicDeleted {
    std::string topic;
    static constexpr void describe(auto&& field) { field("topic", &TopicDeleted::topic); }
};

/// Time to look for offsets that have expired (`offsets.retention.check.interval.ms`).
struct ExpireOffsets {
    static constexpr void describe(auto&&) {}
};

using GroupInput =
    std::variant<GroupRecordLoaded, GroupsLoaded, GroupsUnloaded, GroupWriteCommitted, GroupWriteFailed,
                 GroupDeadlineReached, JoinReceived, SyncReceived, HeartbeatReceived, LeaveReceived,
                 OffsetCommitReceived, OffsetDeleteReceived, DeleteGroupReceived, TopicDeleted, ExpireOffsets,
                 ConsumerHeartbeatReceived, RegularExpressionsResolved, GroupSettingsChanged, GroupTransactionEnded>;

}  // namespace highwater
