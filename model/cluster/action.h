#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/explore/action.h"

namespace highwater::model::cluster {

/// What can happen next in the cluster. The first ones are disturbances: each takes one from its budget. The others
/// only let something proceed and are never budgeted, so every run can come to rest. A "message" is named by its slot:
/// 0 to 2 the fetch of that follower (or the answer to it), 3 to 5 the AlterPartition of that leader (or its answer).
enum class ActionKind : std::uint8_t {
    kill,            // a = broker: its process dies; what was written stays
    power_loss,      // a = broker, b = how many records that were not durable survive
    wipe,            // a = broker: its process dies and its disk is gone; it comes back with an empty one
    fence,           // a = broker that runs: the controller takes it for dead
    clock_jump,      // a = leader: its clock passes replica.lag.time.max
    drop,            // a = message: lost; the sender of the request notices
    hold,            // a = message: late; the sender of the request gives up, and it arrives at any time or never
    duplicate,       // a = message: a copy of it is late
    give_up,         // a = batch: the producer does not wait for its answer any longer
    late_produce,    // a = batch, b = broker: a copy of a request that was sent before arrives
    shut_down,       // a = broker: it is told to stop and asks the controller to let it go
    elect,           // the controller gives the partition back to its preferred leader
    reassign,        // the controller is asked to move the partition to other brokers
    delete_records,  // a = leader: a client wants gone what is below its high watermark
    // Not disturbances:
    restart,          // a = broker: recovers its log and registers
    session_timeout,  // a = broker that is down: the controller fences it
    unfence,          // a = broker: its heartbeat arrives
    learn,            // a = broker, b = how many: skips so many pieces of metadata, applies the next
    heartbeat,        // a = broker that wants to stop: asks again; stops when it may
    flush,            // a = broker: its flush is done
    fetch,            // a = follower: sends a fetch
    deliver,          // a = message
    deliver_late,     // a = place among the late messages
    produce,          // a = batch, b = broker
};

inline constexpr std::size_t kDisturbances = static_cast<std::size_t>(ActionKind::restart);
inline constexpr std::size_t kActionKinds = static_cast<std::size_t>(ActionKind::produce) + 1;

constexpr std::size_t disturbances_of(ActionKind) {
    return kDisturbances;
}
constexpr std::array<std::string_view, kActionKinds> names_of(ActionKind) {
    return {"kill",      "power_loss",     "wipe",    "fence",           "clock_jump",   "drop",
            "hold",      "duplicate",      "give_up", "late_produce",    "shut_down",    "elect",
            "reassign",  "delete_records", "restart", "session_timeout", "unfence",      "learn",
            "heartbeat", "flush",          "fetch",   "deliver",         "deliver_late", "produce"};
}

using Action = ActionOf<ActionKind>;

}  // namespace highwater::model::cluster
