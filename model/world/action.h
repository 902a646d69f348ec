#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

struct Action {
    ActionKind kind = ActionKind::restart;
    std::uint8_t a = 0;
    std::uint8_t b = 0;

    friend bool operator==(const Action&, const Action&) = default;
};

/// The name as traces have it: "deliver_request".
std::string_view name_of(ActionKind kind);
std::optional<ActionKind> action_kind_from(std::string_view name);
/// "deliver_request 0 0"; action_from_text() reads it back.
std::string to_text(Action action);
std::optional<Action> action_from_text(std::string_view text);

}  // namespace highwater::model
