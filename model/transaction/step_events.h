#pragma once

#include <memory>
#include <string>

#include "model/transaction/state.h"

namespace highwater::model::transaction {

/// An answer that left a coordinator or a partition, and to what.
struct Answered {
    Message request;
    Message answer;
};

/// What one step did that can be seen from outside the machines.
struct StepEvents {
    FixedVector<Answered, 8> told;
    /// Moves whose write began; and the request that made the first of them (kind none: no producer's).
    FixedVector<Moved, 4> began;
    Message cause;
    /// R2: two coordinators were compared, and what is different; nullptr: nothing.
    bool compared = false;
    std::shared_ptr<const std::string> replay_differs;
};

}  // namespace highwater::model::transaction
