#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/explore/action.h"

namespace highwater::model::transaction {

/// What can happen next to transactions. The first ones are disturbances: each takes one from its budget. The others
/// only let something proceed and are never budgeted, so every run can come to rest. A "message" is named by the
/// producer whose request it is, or the answer to it.
enum class ActionKind : std::uint8_t {
    tick,         // the clock goes on: two of these are longer than a transaction may take
    failover,     // a = how many of the writes under way are in the log that the other broker loads
    fail_write,   // the first write under way does not get into the log
    restart,      // a = partition: its broker crashes and comes back; nothing that was written is lost
    crash,        // a = producer, b = 1: its request under way still arrives late
    drop,         // a = message: lost; the producer sends again what it has to
    hold,         // a = message: a request is late; the producer sends another
    duplicate,    // a = message: a copy of a request is late
    give_up,      // a = producer: its record's delivery timeout is over; b = 1: the request still arrives late
    lose_marker,  // a = place among the markers: its sender is told nothing; b = 1: it still arrives late
    lose_answer,  // a = place among the markers: the answer is lost
    // Not disturbances:
    load,             // the broker that took over has loaded the log
    write_committed,  // the first write under way is committed
    wake,             // the coordinator's next deadline that is not a matter of ticks has come
    deliver,          // a = message
    deliver_late,     // a = place among the late requests
    deliver_marker,   // a = place among the markers: a marker, or the answer to it
    vouch,            // a = place among the records that wait for their coordinator: its word arrives
    start,            // a = producer that is down
    begin,            // a = producer: begins a transaction with its first record
    send,             // a = producer: sends the next record
    end,              // a = producer, b = 1: commits; 0: aborts
    wait,             // nothing else is possible, and a transaction is open: the clock goes on
};

inline constexpr std::size_t kDisturbances = static_cast<std::size_t>(ActionKind::load);
inline constexpr std::size_t kActionKinds = static_cast<std::size_t>(ActionKind::wait) + 1;

constexpr std::size_t disturbances_of(ActionKind) {
    return kDisturbances;
}
constexpr std::array<std::string_view, kActionKinds> names_of(ActionKind) {
    return {"tick",
            "failover",
            "fail_write",
            "restart",
            "crash",
            "drop",
            "hold",
            "duplicate",
            "give_up",
            "lose_marker",
            "lose_answer",
            "load",
            "write_committed",
            "wake",
            "deliver",
            "deliver_late",
            "deliver_marker",
            "vouch",
            "start",
            "begin",
            "send",
            "end",
            "wait"};
}

using Action = ActionOf<ActionKind>;

}  // namespace highwater::model::transaction
