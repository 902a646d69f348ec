#pragma once

#include "model/group/step_events.h"

namespace highwater::model::group {

/// Who a member is, also when it comes back under another id: itself, or its instance.
[[nodiscard]] inline std::uint8_t owner_key(const Scope& scope, Member member) {
    const std::uint8_t instance = scope.instance[client_of(member)];
    return instance == 0 ? member : static_cast<std::uint8_t>(0x80 | instance);
}

/// Of a ConsumerGroupHeartbeat: its member leaves.
[[nodiscard]] inline bool is_leaving(const Parked& heartbeat) {
    return heartbeat.generation_plus_one == 0 || heartbeat.generation_plus_one == kLeavesForAWhile;
}

/// The group is no more: one of its name that comes later begins anew, with members that have other ids.
void forget_generations(History& history);

/// What an answer without an error says of generations, assignments, instances and offsets.
void note_told(const Scope& scope, History& history, const Answered& told);

}  // namespace highwater::model::group
