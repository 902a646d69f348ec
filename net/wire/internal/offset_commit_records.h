#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct OffsetCommitKey {
    String group;
    String topic;
    PartitionId partition;
    friend bool operator==(const OffsetCommitKey&, const OffsetCommitKey&) = default;
};

struct OffsetCommitValue {
    std::int64_t offset = 0;
    LeaderEpoch leader_epoch{-1};
    String metadata;
    std::int64_t commit_timestamp = 0;
    std::int64_t expire_timestamp = -1;
    TopicId topic_id;
    TaggedFields unknown_tags;
    friend bool operator==(const OffsetCommitValue&, const OffsetCommitValue&) = default;
};

template <>
struct Schema<OffsetCommitKey> {
    static constexpr MessageInfo message = coordinator_key_info("OffsetCommitKey", 1);
    static constexpr void describe(auto&& field) {
        using T = OffsetCommitKey;
        field("group", &T::group, versions(0, 0));
        field("topic", &T::topic, versions(0, 0));
        field("partition", &T::partition, versions(0, 0));
    }
};
static_assert(describes_every_member<OffsetCommitKey>);

template <>
struct Schema<OffsetCommitValue> {
    static constexpr MessageInfo message = coordinator_value_info("OffsetCommitValue", 1, versions(0, 4), since(4));
    static constexpr void describe(auto&& field) {
        using T = OffsetCommitValue;
        field("offset", &T::offset, since(0));
        field("leaderEpoch", &T::leader_epoch, since(3), ignorable);
        field("metadata", &T::metadata, since(0));
        field("commitTimestamp", &T::commit_timestamp, since(0));
        field("expireTimestamp", &T::expire_timestamp, versions(1, 1), ignorable);
        field("topicId", &T::topic_id, since(4), tagged_since(4, 0), ignorable);
    }
};
static_assert(describes_every_member<OffsetCommitValue>);

}  // namespace highwater::wire
