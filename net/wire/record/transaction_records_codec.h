#pragma once

#include <optional>

#include "core/base/result.h"
#include "core/transaction/transaction_record.h"
#include "net/wire/record/coordinator_record_bytes.h"

namespace highwater::wire {

/// A record of `__transaction_state` as Kafka 4.3 writes it (`TransactionLog`) where `finalized` is the level of
/// transaction.version: the value in version 0 at level 0, else in version 1. A transactional id in state empty has no
/// partitions there. Errors: too_long, for a text over 32,767 bytes; field_not_in_version, for what only version 1
/// tells.
[[nodiscard]] Result<CoordinatorRecordBytes, EncodeError> encode_transaction_record(const TransactionRecord& record,
                                                                                    TransactionVersion finalized);

/// Errors: unknown_record_type for a key of another kind, whose records a reader passes over; as decode() for
/// anything else, such as unsupported_version for a value of a later version, and also for a state that is not stored.
[[nodiscard]] Result<TransactionRecord, DecodeError> decode_transaction_record(RecordBytes key,
                                                                               std::optional<RecordBytes> value);

}  // namespace highwater::wire
