#pragma once

#include <cstdint>
#include <string>

#include "model/explore/property.h"
#include "model/group/group_world.h"
#include "model/group/state.h"
#include "model/group/step_events.h"

namespace highwater::model::group {

/// What a property judges after a step: the group before it and now, and what the step let out. A probe asks the
/// coordinator of now what it would answer, and changes nothing.
struct Judged {
    const GroupWorld& world;
    const State& before;
    const State& now;
    const StepEvents& events;
    Coverage& coverage;

    [[nodiscard]] const Scope& scope() const { return world.scope(); }
    [[nodiscard]] const History& history() const { return now.rest.history; }
    [[nodiscard]] const Client& client(std::uint8_t id) const { return now.rest.clients[id]; }
    /// What the coordinator would say to a heartbeat of this client, or to its commit for this partition. None: it is
    /// taken.
    [[nodiscard]] ErrorCode to_heartbeat(std::uint8_t id) const;
    [[nodiscard]] ErrorCode to_commit(std::uint8_t id, std::size_t partition) const;
    /// The coordinator lets whatever concerns the group wait (or does not serve yet).
    [[nodiscard]] bool everybody_waits() const;
    /// Some client would be known if it sent a heartbeat.
    [[nodiscard]] bool somebody_is_in_the_group() const;
};

/// Whether a heartbeat that is answered so comes from a member that the coordinator knows.
[[nodiscard]] bool is_known(ErrorCode to_heartbeat);

using Property = PropertyOf<Judged>;

/// The properties of groups.
[[nodiscard]] const PropertyBoard<Judged>& properties();

}  // namespace highwater::model::group
