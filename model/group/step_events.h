#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/group/message.h"
#include "model/group/names.h"
#include "model/group/state.h"
#include "model/world/fixed_vector.h"

namespace highwater::model::group {

/// An answer that left the coordinator, and to what.
struct Answered {
    Parked request{};
    Message answer;
};

/// What one step did that can be seen from outside the machines.
struct StepEvents {
    FixedVector<Answered, 16> told;
    /// The request that arrived at the coordinator, and whether it was taken: not refused at once. Kind none: none did.
    Parked arrived;
    bool taken = false;
    /// Offsets whose write began.
    FixedVector<WrittenOffset, 8> written;
    /// The group's tombstone got into the log: what is told since is of another group.
    bool group_deleted = false;
    /// R2: two coordinators were compared, and what is different; nullptr: nothing.
    bool compared_offsets = false;
    bool compared_group = false;
    std::shared_ptr<const std::string> replay_differs;
};

}  // namespace highwater::model::group
