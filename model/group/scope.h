#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "model/group/action.h"

namespace highwater::model::group {

inline constexpr std::size_t kMaxClients = 3;
/// Of the topic that the group consumes.
inline constexpr std::size_t kPartitions = 2;

/// How often each disturbance may still happen.
using Budgets = std::array<std::uint8_t, kDisturbances>;

class GroupWorld;

/// Changes to the world itself (never to the core): the controls that show that the harness would notice.
struct Controls {
    /// O8: what was under way when a coordinator went is in the log; what was committed is lost with it, too.
    bool failover_keeps_everything = false;
    bool failover_loses_everything = false;
    /// O9: nobody is told that a deadline has passed.
    bool deadlines_do_not_fire = false;
    /// O11: a run that has come to rest is not judged.
    bool rest_is_not_judged = false;
    /// O8: what members say does not name their group.instance.id.
    bool instance_ids_are_not_told = false;
    /// C1: a member keeps what it has to give up: of an eager protocol in a rebalance, or of KIP-848.
    bool members_do_not_revoke = false;

    friend bool operator==(const Controls&, const Controls&) = default;
};

/// The bounds of an exploration. Budgets count disturbances only; delivery, retry and restart are free.
struct Scope {
    using World = GroupWorld;

    std::uint8_t clients = 3;
    /// By client: 0 for a dynamic member, otherwise the number of its `group.instance.id`. Several may have the same.
    std::array<std::uint8_t, kMaxClients> instance{};
    /// The clients that speak the protocol of consumer groups (KIP-848; bit i: client i); the others, the classic one.
    std::uint8_t consumer_protocol = 0;
    /// Of those: they take on partitions also while a heartbeat is under way that says they do not own them.
    bool members_are_hasty = false;
    /// Members keep what they own while they rebalance (KIP-429).
    bool cooperative = false;
    /// A new member is given its id before it joins (KIP-394).
    bool known_member_ids = false;
    /// A new group waits for at most a tick before its first rebalance completes.
    bool initial_delay = false;
    /// So many commits of offsets are made.
    std::uint8_t commits = 0;
    /// The clients that are there at first have a stable group before anything else happens.
    bool settled = true;
    /// Clients that are down at first, and those that do not start again once they crashed or left (bit i: client i).
    std::uint8_t down_at_first = 0;
    std::uint8_t stays_down = 0;
    /// The clients that crash and leave by a disturbance, and whose messages are disturbed; 0: any.
    std::uint8_t disturbed = 0;
    /// So many requests may be late at one time.
    std::uint8_t late_requests = 1;
    Budgets budgets{};
    /// So many disturbances of all kinds together; 0: as many as the budgets allow.
    std::uint8_t disturbances = 0;
    /// A heartbeat is sent only when the member, or the coordinator, would know something new by it.
    bool heartbeats_wait = true;
    /// The log that a coordinator loads has the last record of each key only, as compaction leaves it.
    bool log_is_compacted = true;
    Controls controls;
    /// Bit i replaces property i by "true".
    std::uint32_t silenced_properties = 0;

    [[nodiscard]] bool may_disturb(std::uint8_t client) const {
        return disturbed == 0 || (disturbed >> client & 1) != 0;
    }
    /// The instance that the coordinator hears of.
    [[nodiscard]] std::uint8_t told_instance(std::uint8_t client) const {
        return controls.instance_ids_are_not_told ? std::uint8_t{0} : instance[client];
    }
    [[nodiscard]] bool is_async(std::uint8_t client) const { return (consumer_protocol >> client & 1) != 0; }
    [[nodiscard]] std::uint8_t& budget(ActionKind kind) { return budgets[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] std::uint8_t budget(ActionKind kind) const { return budgets[static_cast<std::size_t>(kind)]; }
    friend bool operator==(const Scope&, const Scope&) = default;
};

}  // namespace highwater::model::group
