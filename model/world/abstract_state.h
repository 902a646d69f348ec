#pragma once

#include <cstdint>

#include "model/world/partition_world.h"

namespace highwater::model {

/// What a world is like, whatever the numbers: what the driver has under way, how written, durable and committed ends
/// stand, where each producer's batches are, and what its connection and the strays hold. For a guided search.
[[nodiscard]] std::uint64_t abstract_state(const World& world);

}  // namespace highwater::model
