#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/describe.h"
#include "core/base/strong_type.h"
#include "core/base/time.h"
#include "core/group/group_protocol.h"
#include "core/group/group_records.h"

namespace highwater {

/// Names a request to a group coordinator; chosen by the driver, returned in the answer.
struct GroupToken : StrongType<GroupToken, std::uint64_t> {
    using StrongType::StrongType;
};

/// A member of a classic group.
struct ClassicMember {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::string client_id;
    std::string client_host;
    Duration rebalance_timeout{};
    Duration session_timeout{};
    std::vector<GroupProtocol> protocols;
    /// Of the present generation, empty until the leader's assignment is written.
    std::string assignment;
    /// The JoinGroup or SyncGroup that waits for the others.
    std::optional<GroupToken> awaiting_join;
    std::optional<GroupToken> awaiting_sync;
    /// Has not been in a generation yet: may time out although it waits, so that joiners that went away do not pile up.
    bool is_new = false;

    [[nodiscard]] bool supports(std::string_view protocol) const;
    /// Requires: supports(protocol).
    [[nodiscard]] const std::string& metadata_for(std::string_view protocol) const;

    static constexpr void describe(auto&& field) {
        field("member_id", &ClassicMember::member_id);
        field("group_instance_id", &ClassicMember::group_instance_id);
        field("client_id", &ClassicMember::client_id);
        field("client_host", &ClassicMember::client_host);
        field("rebalance_timeout", &ClassicMember::rebalance_timeout);
        field("session_timeout", &ClassicMember::session_timeout);
        field("protocols", &ClassicMember::protocols);
        field("assignment", &ClassicMember::assignment);
        field("awaiting_join", &ClassicMember::awaiting_join);
        field("awaiting_sync", &ClassicMember::awaiting_sync);
        field("is_new", &ClassicMember::is_new);
    }
};

/// empty: no members. preparing_rebalance: members are waited for. completing_rebalance: the leader's assignment is
/// waited for, and then its record. stable: all have their assignment. A group that is dead is not kept.
enum class ClassicState : std::uint8_t { empty, preparing_rebalance, completing_rebalance, stable };

/// "PreparingRebalance", as DescribeGroups and ListGroups spell it.
std::string_view state_name(ClassicState state);

/// A coordinator that takes a group over goes on so many generations later. The former one may have told members of
/// generations that never got into the log, and what they say in those must not be taken for what is said in new ones.
inline constexpr std::int32_t kGenerationsLeftOut = 1 << 16;

/// A classic group: who is in it and where its rebalance stands. Its offsets are kept beside it.
struct ClassicGroup {
    ClassicState state = ClassicState::empty;
    Generation generation;
    /// No new generation is below this one.
    Generation least_new_generation{1};
    /// Empty until the first member joins, and for groups that only keep offsets.
    std::string protocol_type;
    std::optional<std::string> protocol;
    std::optional<std::string> leader;
    std::optional<Timestamp> current_state_timestamp;
    /// In order of their ids; the order in which they joined decides nothing but the first leader.
    std::map<std::string, ClassicMember> members;
    /// Ids that were handed out and have not been used yet (KIP-394).
    std::set<std::string> pending_members;
    /// group.instance.id to member id.
    std::map<std::string, std::string> static_members;
    /// Preparing, first rebalance of an empty group: how much longer joiners may still extend the wait; and whether one
    /// joined since the wait began.
    std::optional<Duration> initial_delay_left;
    bool joined_during_initial_delay = false;
    /// Completing: who has not sent SyncGroup yet.
    std::set<std::string> pending_sync;
    /// Completing: the leader's assignment is on its way into the log. There is one for each generation: a leader that
    /// repeats its SyncGroup waits for the first.
    bool is_assigned = false;

    [[nodiscard]] const ClassicMember* find(std::string_view member_id) const;
    [[nodiscard]] ClassicMember* find(std::string_view member_id);
    [[nodiscard]] bool is_leader(std::string_view member_id) const { return leader && *leader == member_id; }
    /// Of the next rebalance that completes.
    [[nodiscard]] Generation next_generation() const;
    /// How many members wait for the rebalance to complete.
    [[nodiscard]] std::size_t awaiting_joins() const;
    [[nodiscard]] bool all_joined() const { return awaiting_joins() == members.size() && pending_members.empty(); }
    /// The longest any member may take to rejoin; zero when there are none.
    [[nodiscard]] Duration rebalance_timeout() const;
    /// Whether a member of `type` with `protocols` can be in the group: the same type, and a protocol that all have.
    [[nodiscard]] bool supports(std::string_view type, const std::vector<GroupProtocol>& protocols) const;
    /// The protocol that all members have and most of them prefer: each votes for the first of its list that all have.
    /// Of equally many votes the first name wins. Requires: there are members.
    [[nodiscard]] std::string select_protocol() const;
    /// The topics that members subscribe to, for a group of protocol type "consumer" whose subscriptions can be read;
    /// nullopt when that cannot be told.
    [[nodiscard]] std::optional<std::set<std::string>> subscribed_topics() const;

    static constexpr void describe(auto&& field) {
        field("state", &ClassicGroup::state);
        field("generation", &ClassicGroup::generation);
        field("least_new_generation", &ClassicGroup::least_new_generation);
        field("protocol_type", &ClassicGroup::protocol_type);
        field("protocol", &ClassicGroup::protocol);
        field("leader", &ClassicGroup::leader);
        field("current_state_timestamp", &ClassicGroup::current_state_timestamp);
        field("members", &ClassicGroup::members);
        field("pending_members", &ClassicGroup::pending_members);
        field("static_members", &ClassicGroup::static_members);
        field("initial_delay_left", &ClassicGroup::initial_delay_left);
        field("joined_during_initial_delay", &ClassicGroup::joined_during_initial_delay);
        field("pending_sync", &ClassicGroup::pending_sync);
        field("is_assigned", &ClassicGroup::is_assigned);
    }
};

/// The record that makes the group's present generation durable, with the members' `assignments` by member id (those
/// not named get none).
[[nodiscard]] GroupMetadata metadata_of(const ClassicGroup& group,
                                        const std::map<std::string, std::string>& assignments, Timestamp wall);

/// The group that a record stands for: stable with its members, or empty. Its members have one protocol, the selected.
[[nodiscard]] ClassicGroup group_from(const GroupMetadata& metadata);

}  // namespace highwater
