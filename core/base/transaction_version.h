#pragma once

#include <cstdint>

#include "core/base/strong_type.h"

namespace highwater {

/// The feature level `transaction.version` that a request speaks; 0: of no transaction, or nobody said.
struct TransactionVersion : StrongType<TransactionVersion, std::int16_t> {
    using StrongType::StrongType;
};
inline constexpr TransactionVersion kTransactionV1{1};
inline constexpr TransactionVersion kTransactionV2{2};

/// KIP-890: with its end each transaction takes its producer epoch with it.
[[nodiscard]] constexpr bool bumps_epoch_at_end(TransactionVersion version) {
    return version >= kTransactionV2;
}

}  // namespace highwater
