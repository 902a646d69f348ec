#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/describe.h"
#include "core/base/ids.h"
#include "core/base/strong_type.h"
#include "core/base/time.h"
#include "core/group/assignor/assignor.h"
#include "core/group/group_protocol.h"

// The records of a consumer group (KIP-848) in `__consumer_offsets`, without their bytes.

namespace highwater {

/// Number of what a consumer group wants, from 1; 0: a group without a record, a member that joins. Three are kept: the
/// group epoch (rises whenever members, subscriptions or topics change), the assignment epoch (the group epoch for
/// which the target assignment was computed) and each member's epoch (the assignment epoch that it has reached).
struct GroupEpoch : StrongType<GroupEpoch, std::int32_t> {
    using StrongType::StrongType;
};

/// What members send and are told in place of an epoch.
inline constexpr GroupEpoch kLeaveGroupEpoch{-1};
/// A static member is away and will be back; nobody else gets its partitions.
inline constexpr GroupEpoch kLeaveGroupStaticMemberEpoch{-2};

/// Each partition with the member epoch at which the member got it (KIP-1251). A topic without partitions is not in it.
using OwnedPartitions = std::map<TopicId, std::map<PartitionId, GroupEpoch>>;

struct ConsumerGroupMetadata {
    GroupEpoch epoch;
    /// Of the topics that members subscribe to; 0: none. Another hash than a topic's present one: the group epoch is
    /// due to rise.
    std::uint64_t metadata_hash = 0;

    static constexpr void describe(auto&& field) {
        field("epoch", &ConsumerGroupMetadata::epoch);
        field("metadata_hash", &ConsumerGroupMetadata::metadata_hash);
    }
};

/// value nullopt in any of these records: a tombstone.
struct ConsumerGroupMetadataRecord {
    std::string group;
    std::optional<ConsumerGroupMetadata> value;

    static constexpr void describe(auto&& field) {
        field("group", &ConsumerGroupMetadataRecord::group);
        field("value", &ConsumerGroupMetadataRecord::value);
    }
};

/// What Kafka 4.0 wrote in place of the metadata hash. Its content is not looked at; it is deleted with its group.
struct ConsumerGroupPartitionMetadataRecord {
    std::string group;
    bool is_tombstone = true;

    static constexpr void describe(auto&& field) {
        field("group", &ConsumerGroupPartitionMetadataRecord::group);
        field("is_tombstone", &ConsumerGroupPartitionMetadataRecord::is_tombstone);
    }
};

/// Of a member of a consumer group that speaks the classic protocol, during a migration.
struct ClassicMemberMetadata {
    Duration session_timeout{};
    std::vector<GroupProtocol> protocols;

    static constexpr void describe(auto&& field) {
        field("session_timeout", &ClassicMemberMetadata::session_timeout);
        field("protocols", &ClassicMemberMetadata::protocols);
    }
};

/// What a member says of itself.
struct ConsumerMemberMetadata {
    /// `group.instance.id` of a static member (KIP-345).
    std::optional<std::string> group_instance_id;
    std::optional<std::string> rack_id;
    std::string client_id;
    std::string client_host;
    std::set<std::string> subscribed_topic_names;
    /// RE2 syntax, not empty.
    std::optional<std::string> subscribed_topic_regex;
    /// How long it may take to give back partitions.
    std::optional<Duration> rebalance_timeout;
    /// The assignor that it prefers.
    std::optional<std::string> server_assignor;
    std::optional<ClassicMemberMetadata> classic;

    static constexpr void describe(auto&& field) {
        field("group_instance_id", &ConsumerMemberMetadata::group_instance_id);
        field("rack_id", &ConsumerMemberMetadata::rack_id);
        field("client_id", &ConsumerMemberMetadata::client_id);
        field("client_host", &ConsumerMemberMetadata::client_host);
        field("subscribed_topic_names", &ConsumerMemberMetadata::subscribed_topic_names);
        field("subscribed_topic_regex", &ConsumerMemberMetadata::subscribed_topic_regex);
        field("rebalance_timeout", &ConsumerMemberMetadata::rebalance_timeout);
        field("server_assignor", &ConsumerMemberMetadata::server_assignor);
        field("classic", &ConsumerMemberMetadata::classic);
    }
};

struct ConsumerGroupMemberMetadataRecord {
    std::string group;
    std::string member_id;
    std::optional<ConsumerMemberMetadata> value;

    static constexpr void describe(auto&& field) {
        field("group", &ConsumerGroupMemberMetadataRecord::group);
        field("member_id", &ConsumerGroupMemberMetadataRecord::member_id);
        field("value", &ConsumerGroupMemberMetadataRecord::value);
    }
};

struct TargetAssignmentMetadata {
    GroupEpoch assignment_epoch;
    /// When it was computed (KIP-1263).
    std::optional<Timestamp> timestamp;

    static constexpr void describe(auto&& field) {
        field("assignment_epoch", &TargetAssignmentMetadata::assignment_epoch);
        field("timestamp", &TargetAssignmentMetadata::timestamp);
    }
};

/// Written after the targets of the members, in the same batch.
struct ConsumerGroupTargetAssignmentMetadataRecord {
    std::string group;
    std::optional<TargetAssignmentMetadata> value;

    static constexpr void describe(auto&& field) {
        field("group", &ConsumerGroupTargetAssignmentMetadataRecord::group);
        field("value", &ConsumerGroupTargetAssignmentMetadataRecord::value);
    }
};

/// What a member shall have.
struct ConsumerGroupTargetAssignmentMemberRecord {
    std::string group;
    std::string member_id;
    std::optional<AssignedPartitions> value;

    static constexpr void describe(auto&& field) {
        field("group", &ConsumerGroupTargetAssignmentMemberRecord::group);
        field("member_id", &ConsumerGroupTargetAssignmentMemberRecord::member_id);
        field("value", &ConsumerGroupTargetAssignmentMemberRecord::value);
    }
};

/// stable: has its target, as far as it was free. unrevoked_partitions: has to give back partitions first, and stays at
/// its epoch until then. unreleased_partitions: waits for partitions that others have not given back.
enum class MemberState : std::uint8_t { stable = 0, unrevoked_partitions = 1, unreleased_partitions = 2 };

/// What a member has.
struct CurrentMemberAssignment {
    GroupEpoch member_epoch;
    /// The one before: the answer that told the member of `member_epoch` may have been lost.
    GroupEpoch previous_member_epoch;
    MemberState state = MemberState::stable;
    OwnedPartitions assigned;
    /// Not its own any more, but nobody else's before it says that it has given them back.
    OwnedPartitions pending_revocation;

    static constexpr void describe(auto&& field) {
        field("member_epoch", &CurrentMemberAssignment::member_epoch);
        field("previous_member_epoch", &CurrentMemberAssignment::previous_member_epoch);
        field("state", &CurrentMemberAssignment::state);
        field("assigned", &CurrentMemberAssignment::assigned);
        field("pending_revocation", &CurrentMemberAssignment::pending_revocation);
    }
};

struct ConsumerGroupCurrentMemberAssignmentRecord {
    std::string group;
    std::string member_id;
    std::optional<CurrentMemberAssignment> value;

    static constexpr void describe(auto&& field) {
        field("group", &ConsumerGroupCurrentMemberAssignmentRecord::group);
        field("member_id", &ConsumerGroupCurrentMemberAssignmentRecord::member_id);
        field("value", &ConsumerGroupCurrentMemberAssignmentRecord::value);
    }
};

/// The topics whose names a regular expression matched.
struct ResolvedRegularExpression {
    std::set<std::string> topics;
    /// Number of the topics' metadata that it was resolved with.
    std::int64_t version = 0;
    Timestamp timestamp;

    static constexpr void describe(auto&& field) {
        field("topics", &ResolvedRegularExpression::topics);
        field("version", &ResolvedRegularExpression::version);
        field("timestamp", &ResolvedRegularExpression::timestamp);
    }
};

struct ConsumerGroupRegularExpressionRecord {
    std::string group;
    std::string regular_expression;
    std::optional<ResolvedRegularExpression> value;

    static constexpr void describe(auto&& field) {
        field("group", &ConsumerGroupRegularExpressionRecord::group);
        field("regular_expression", &ConsumerGroupRegularExpressionRecord::regular_expression);
        field("value", &ConsumerGroupRegularExpressionRecord::value);
    }
};

}  // namespace highwater
