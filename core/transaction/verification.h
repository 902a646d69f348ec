#pragma once

#include "core/base/error_code.h"
#include "core/base/transaction_version.h"

namespace highwater {

/// What a producer is told of what its coordinator said when a broker asked whether a transaction has a partition
/// (KIP-890). Where a retry helps it is told to retry, with an error that clients of all ages retry
/// (`AddPartitionsToTxnManager`, `ReplicaManager`). `error`: of the answer; TRANSACTION_ABORTABLE for a partition that
/// is missing in the transaction.
[[nodiscard]] ErrorCode told_of_verification(ErrorCode error, TransactionVersion version);

}  // namespace highwater
