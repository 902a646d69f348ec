#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/explore/action.h"

namespace highwater::model::group {

/// What can happen next to a group and its coordinators. The first ones are disturbances: each takes one from its
/// budget. The others only let something proceed and are never budgeted, so every run can come to rest. A "message" is
/// named by the client whose request it is, or the answer to it.
enum class ActionKind : std::uint8_t {
    tick,           // the clock goes on: two of these end a session, a rebalance, the wait of a new member
    failover,       // a = how many of the writes under way are in the log that the other broker loads
    fail_write,     // the first write under way does not get into the log
    crash,          // a = client, b = 1: its request under way still arrives late
    leave,          // a = client: closes, and says so to the group
    drop,           // a = message: lost; the client sends again what it has to
    hold,           // a = message: a request is late; the client does not wait for it any longer
    duplicate,      // a = message: a copy of a request is late
    give_up,        // a = client: does not wait any longer for the answer to what the coordinator has
    simple_commit,  // a consumer that is in no group commits offsets for this one
    expire,         // the coordinator looks for offsets whose retention is over
    // Not disturbances:
    load,             // the broker that took over has loaded the log
    write_committed,  // the first write under way is committed
    deliver,          // a = message
    deliver_late,     // a = place among the late requests
    start,            // a = client that is down: starts and joins
    heartbeat,        // a = client
    commit,           // a = client: commits offsets of the partitions that it owns
    reconcile,        // a = client: gives up and takes on what it was told to (KIP-848)
    wait,             // nothing else is possible, and the group is not as it should be: the clock goes on
};

inline constexpr std::size_t kDisturbances = static_cast<std::size_t>(ActionKind::load);
inline constexpr std::size_t kActionKinds = static_cast<std::size_t>(ActionKind::wait) + 1;

constexpr std::size_t disturbances_of(ActionKind) {
    return kDisturbances;
}
constexpr std::array<std::string_view, kActionKinds> names_of(ActionKind) {
    return {"tick",   "failover",  "fail_write",      "crash",     "leave",
            "drop",   "hold",      "duplicate",       "give_up",   "simple_commit",
            "expire", "load",      "write_committed", "deliver",   "deliver_late",
            "start",  "heartbeat", "commit",          "reconcile", "wait"};
}

using Action = ActionOf<ActionKind>;

}  // namespace highwater::model::group
