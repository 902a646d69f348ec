#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/explore/action.h"

namespace highwater::model {

/// What can happen next in the world. The first ones are disturbances: each takes one from its budget. The others only
/// let something proceed and are never budgeted, so every run can come to rest.
enum class ActionKind : std::uint8_t {
    disconnect,       // a = producer, b = how many unread requests still arrive: its connection breaks at its end
    duplicate,        // a = producer: its next request arrives, and a copy of it is still under way
    overtake,         // a = producer: its second request arrives before the first
    kill,             // the broker's process dies; what was written stays
    power_loss,       // b = how many batches that were not durable survive
    append_failure,   // the write at the head of the driver's queue fails
    flush_failure,    // the flush under way fails
    request_timeout,  // the broker's clock reaches the deadline of the pending requests
    epoch_bump,       // a = producer: gets a new producer epoch once nothing is in flight
    retention,        // retention wants everything gone
    // Not disturbances:
    deliver_request,    // a = producer
    deliver_stray,      // b = place among the strays
    deliver_answer,     // a = producer
    notice_disconnect,  // a = producer: learns that the broker closed its connection
    complete_append,    // the write at the head of the driver's queue is done
    complete_flush,     // the flush under way is done
    restart,            // the broker starts, recovers, and is made leader
};

inline constexpr std::size_t kDisturbances = static_cast<std::size_t>(ActionKind::deliver_request);
inline constexpr std::size_t kActionKinds = static_cast<std::size_t>(ActionKind::restart) + 1;

constexpr std::size_t disturbances_of(ActionKind) {
    return kDisturbances;
}
constexpr std::array<std::string_view, kActionKinds> names_of(ActionKind) {
    return {
        "disconnect",     "duplicate",         "overtake",        "kill",           "power_loss",      "append_failure",
        "flush_failure",  "request_timeout",   "epoch_bump",      "retention",      "deliver_request", "deliver_stray",
        "deliver_answer", "notice_disconnect", "complete_append", "complete_flush", "restart"};
}

using Action = ActionOf<ActionKind>;

}  // namespace highwater::model
