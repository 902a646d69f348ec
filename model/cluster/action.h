#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace highwater::model::cluster {

/// What can happen next in the cluster. The first ones are disturbances: each takes one from its budget. The others
/// only let something proceed and are never budgeted, so every run can come to rest. A "message" is named by its slot:
/// 0 to 2 the fetch of that follower (or the answer to it), 3 to 5 the AlterPartition of that leader (or its answer).
enum class ActionKind : std::uint8_t {
    kill,          // a = broker: its process dies; what was written stays
    power_loss,    // a = broker, b = how many records that were not durable survive
    fence,         // a = broker that runs: the controller takes it for dead
    clock_jump,    // a = leader: its clock passes replica.lag.time.max
    drop,          // a = message: lost; the sender of the request notices
    hold,          // a = message: late; the sender of the request gives up, and it arrives at any time or never
    duplicate,     // a = message: a copy of it is late
    give_up,       // a = batch: the producer does not wait for its answer any longer
    late_produce,  // a = batch, b = broker: a copy of a request that was sent before arrives
    // Not disturbances:
    restart,          // a = broker: recovers its log and registers
    session_timeout,  // a = broker that is down: the controller fences it
    unfence,          // a = broker: its heartbeat arrives
    learn,            // a = broker: applies the next piece of metadata that it has not seen
    flush,            // a = broker: its flush is done
    fetch,            // a = follower: sends a fetch
    deliver,          // a = message
    deliver_late,     // a = place among the late messages
    produce,          // a = batch, b = broker
};

inline constexpr std::size_t kDisturbances = static_cast<std::size_t>(ActionKind::restart);
inline constexpr std::size_t kActionKinds = static_cast<std::size_t>(ActionKind::produce) + 1;

struct Action {
    ActionKind kind = ActionKind::restart;
    std::uint8_t a = 0;
    std::uint8_t b = 0;

    friend bool operator==(const Action&, const Action&) = default;
};

/// The name as traces have it: "power_loss".
std::string_view name_of(ActionKind kind);
/// "power_loss 0 1"; action_from_text() reads it back.
std::string to_text(Action action);
std::optional<Action> action_from_text(std::string_view text);

}  // namespace highwater::model::cluster
