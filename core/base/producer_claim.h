#pragma once

#include "core/base/describe.h"
#include "core/base/producer.h"

namespace highwater {

/// Who a producer says, or is told, that it is.
struct ProducerClaim {
    ProducerId id;
    ProducerEpoch epoch;

    static constexpr void describe(auto&& field) {
        field("id", &ProducerClaim::id);
        field("epoch", &ProducerClaim::epoch);
    }
    friend auto operator<=>(const ProducerClaim&, const ProducerClaim&) = default;
};

}  // namespace highwater
