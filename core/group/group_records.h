#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/describe.h"
#include "core/base/epochs.h"
#include "core/base/ids.h"
#include "core/base/offset.h"
#include "core/base/strong_type.h"
#include "core/base/time.h"
#include "core/coordinator/topic_partition.h"
#include "core/group/consumer_group_records.h"

// What a partition of `__consumer_offsets` holds, without its bytes: the durable truth about groups. Only
// GroupCoordinator::apply() of such a record changes what a coordinator knows for good.

namespace highwater {

/// Number of a classic group's membership: rises by one with every rebalance that completes. A group that never had one
/// is at 0.
struct Generation : StrongType<Generation, std::int32_t> {
    using StrongType::StrongType;
};

/// A member as a group's record has it.
struct PersistedMember {
    std::string member_id;
    /// `group.instance.id` of a static member (KIP-345).
    std::optional<std::string> group_instance_id;
    std::string client_id;
    std::string client_host;
    Duration rebalance_timeout{};
    Duration session_timeout{};
    /// Bytes that only clients understand: what the member subscribes to, and what the leader gave it.
    std::string subscription;
    std::string assignment;

    static constexpr void describe(auto&& field) {
        field("member_id", &PersistedMember::member_id);
        field("group_instance_id", &PersistedMember::group_instance_id);
        field("client_id", &PersistedMember::client_id);
        field("client_host", &PersistedMember::client_host);
        field("rebalance_timeout", &PersistedMember::rebalance_timeout);
        field("session_timeout", &PersistedMember::session_timeout);
        field("subscription", &PersistedMember::subscription);
        field("assignment", &PersistedMember::assignment);
    }
};

/// A generation of a classic group, written before any member hears its assignment.
struct GroupMetadata {
    /// "consumer" for consumers; empty for a group that only keeps offsets.
    std::string protocol_type;
    Generation generation;
    /// nullopt while the group is empty.
    std::optional<std::string> protocol;
    std::optional<std::string> leader;
    /// When the group entered its state, by the wall clock; nullopt in records of versions 0 and 1.
    std::optional<Timestamp> current_state_timestamp;
    std::vector<PersistedMember> members;

    static constexpr void describe(auto&& field) {
        field("protocol_type", &GroupMetadata::protocol_type);
        field("generation", &GroupMetadata::generation);
        field("protocol", &GroupMetadata::protocol);
        field("leader", &GroupMetadata::leader);
        field("current_state_timestamp", &GroupMetadata::current_state_timestamp);
        field("members", &GroupMetadata::members);
    }
};

/// value nullopt: a tombstone, the group is no more.
struct GroupMetadataRecord {
    std::string group;
    std::optional<GroupMetadata> value;

    static constexpr void describe(auto&& field) {
        field("group", &GroupMetadataRecord::group);
        field("value", &GroupMetadataRecord::value);
    }
};

/// Where a group goes on in a partition: the next offset it will read.
struct CommittedOffset {
    /// As the client said it. Below 0 it means nothing, and Kafka takes and tells it all the same.
    Offset offset;
    /// Of the last record that was consumed (KIP-320); nullopt: the client did not say.
    std::optional<LeaderEpoch> leader_epoch;
    std::string metadata;
    Timestamp commit_timestamp;
    /// Set by clients that name a retention (OffsetCommit 2 to 4); nullopt: `offsets.retention.minutes` decides.
    std::optional<Timestamp> expire_timestamp;
    /// Of the topic when it was committed; nullopt: the record does not say, as before Kafka 4.1.
    std::optional<TopicId> topic_id{};

    static constexpr void describe(auto&& field) {
        field("offset", &CommittedOffset::offset);
        field("leader_epoch", &CommittedOffset::leader_epoch);
        field("metadata", &CommittedOffset::metadata);
        field("commit_timestamp", &CommittedOffset::commit_timestamp);
        field("expire_timestamp", &CommittedOffset::expire_timestamp);
        field("topic_id", &CommittedOffset::topic_id);
    }
};

/// value nullopt: a tombstone, the offset expired or was deleted.
struct OffsetCommitRecord {
    std::string group;
    TopicPartition partition;
    std::optional<CommittedOffset> value;

    static constexpr void describe(auto&& field) {
        field("group", &OffsetCommitRecord::group);
        field("partition", &OffsetCommitRecord::partition);
        field("value", &OffsetCommitRecord::value);
    }
};

using GroupRecord = std::variant<GroupMetadataRecord, OffsetCommitRecord, ConsumerGroupMetadataRecord,
                                 ConsumerGroupPartitionMetadataRecord, ConsumerGroupMemberMetadataRecord,
                                 ConsumerGroupTargetAssignmentMetadataRecord, ConsumerGroupTargetAssignmentMemberRecord,
                                 ConsumerGroupCurrentMemberAssignmentRecord, ConsumerGroupRegularExpressionRecord>;
using GroupRecords = std::vector<GroupRecord>;

}  // namespace highwater
