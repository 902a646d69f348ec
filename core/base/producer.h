#pragma once

#include <limits>

#include "core/base/strong_type.h"

namespace highwater {

/// Identity of an idempotent or transactional producer (KIP-98). Not negative in machine state.
struct ProducerId : StrongType<ProducerId, std::int64_t> {
    using StrongType::StrongType;
};

/// Fences older instances of a producer id. int16; 32,767 is the last one (KIP-360).
struct ProducerEpoch : StrongType<ProducerEpoch, std::int16_t> {
    using StrongType::StrongType;
};

/// Number of a record among those of one producer id and epoch in one partition; after 2^31 - 1 comes 0 (KIP-98).
struct Sequence : StrongType<Sequence, std::int32_t> {
    using StrongType::StrongType;

    /// The sequence `count` records later. Requires: count >= 0.
    [[nodiscard]] constexpr Sequence plus(std::int32_t count) const {
        const std::int64_t sum = static_cast<std::int64_t>(value()) + count;
        constexpr std::int64_t kModulus = static_cast<std::int64_t>(std::numeric_limits<std::int32_t>::max()) + 1;
        return Sequence{static_cast<std::int32_t>(sum % kModulus)};
    }
    [[nodiscard]] constexpr Sequence next() const { return plus(1); }
};

}  // namespace highwater
