#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/world/partition_world.h"

namespace highwater::model {

/// The world of one partition, and what somebody waits for in it (model/explore/liveness.h): for each batch its
/// producer for the acknowledgement. A stray may never arrive; everything else that stays possible happens.
class LivePartition : public PartitionWorld {
  public:
    using PartitionWorld::PartitionWorld;

    [[nodiscard]] std::uint32_t pending(const World& world) const;
    [[nodiscard]] std::string pending_text(std::size_t wish) const;
    [[nodiscard]] bool is_owed(Action action) const;
};

}  // namespace highwater::model
