#pragma once

#include "core/group/group_records.h"
#include "net/wire/schema.h"

namespace highwater::wire {

struct GroupMetadataKey {
    String group;
    friend bool operator==(const GroupMetadataKey&, const GroupMetadataKey&) = default;
};

struct GroupMetadataValue {
    struct MemberMetadata {
        String member_id;
        std::optional<String> group_instance_id;
        String client_id;
        String client_host;
        std::int32_t rebalance_timeout = -1;
        std::int32_t session_timeout = 0;
        Bytes subscription;
        Bytes assignment;
        TaggedFields unknown_tags;
        friend bool operator==(const MemberMetadata&, const MemberMetadata&) = default;
    };

    String protocol_type;
    Generation generation;
    std::optional<String> protocol{String{}};
    std::optional<String> leader{String{}};
    std::int64_t current_state_timestamp = -1;
    Array<MemberMetadata> members;
    TaggedFields unknown_tags;
    friend bool operator==(const GroupMetadataValue&, const GroupMetadataValue&) = default;
};

template <>
struct Schema<GroupMetadataKey> {
    static constexpr MessageInfo message = coordinator_key_info("GroupMetadataKey", 2);
    static constexpr void describe(auto&& field) {
        using T = GroupMetadataKey;
        field("group", &T::group, versions(0, 0));
    }
};
static_assert(describes_every_member<GroupMetadataKey>);

template <>
struct Schema<GroupMetadataValue::MemberMetadata> {
    static constexpr void describe(auto&& field) {
        using T = GroupMetadataValue::MemberMetadata;
        field("memberId", &T::member_id, since(0));
        field("groupInstanceId", &T::group_instance_id, since(3), nullable_since(3), ignorable);
        field("clientId", &T::client_id, since(0));
        field("clientHost", &T::client_host, since(0));
        field("rebalanceTimeout", &T::rebalance_timeout, since(1), ignorable);
        field("sessionTimeout", &T::session_timeout, since(0));
        field("subscription", &T::subscription, since(0));
        field("assignment", &T::assignment, since(0));
    }
};
static_assert(describes_every_member<GroupMetadataValue::MemberMetadata>);

template <>
struct Schema<GroupMetadataValue> {
    static constexpr MessageInfo message = coordinator_value_info("GroupMetadataValue", 2, versions(0, 4), since(4));
    static constexpr void describe(auto&& field) {
        using T = GroupMetadataValue;
        field("protocolType", &T::protocol_type, since(0));
        field("generation", &T::generation, since(0));
        field("protocol", &T::protocol, since(0), nullable_since(0));
        field("leader", &T::leader, since(0), nullable_since(0));
        field("currentStateTimestamp", &T::current_state_timestamp, since(2), ignorable);
        field("members", &T::members, since(0));
    }
};
static_assert(describes_every_member<GroupMetadataValue>);

}  // namespace highwater::wire
