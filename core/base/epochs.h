#pragma once

#include "core/base/strong_type.h"

namespace highwater {

/// Number of a leadership of one partition. Bumped by the controller at every leader assignment; never reused.
struct LeaderEpoch : StrongType<LeaderEpoch, std::int32_t> {
    using StrongType::StrongType;
};

/// Version of a partition's leader-and-ISR record: the compare-and-set token of AlterPartition (KIP-497).
struct PartitionEpoch : StrongType<PartitionEpoch, std::int32_t> {
    using StrongType::StrongType;
};

/// Identifies one incarnation of a broker: the offset of its registration record (KIP-631, KIP-903).
struct BrokerEpoch : StrongType<BrokerEpoch, std::int64_t> {
    using StrongType::StrongType;
};

/// Leader epoch of the `__transaction_state` partition whose leader wrote a transaction marker.
struct CoordinatorEpoch : StrongType<CoordinatorEpoch, std::int32_t> {
    using StrongType::StrongType;
};

}  // namespace highwater
