#pragma once

#include <functional>

#include "broker/storage/partition_log.h"
#include "core/base/offset.h"
#include "net/wire/record/record.h"
#include "net/wire/record/record_batch.h"

namespace highwater::engine {

/// Called for each record in order, with the header of its batch; false stops the walk: the record can't be understood.
using VisitRecord = std::function<bool(const wire::BatchHeader& batch, Offset offset, const wire::RecordView& record)>;
/// Called for each transaction marker, in order with the records.
using VisitMarker = std::function<void(ProducerId producer, const TransactionMarker& marker)>;

/// The records of a log that the node itself wrote, from `from` (inclusive, where a batch begins) up to `to`
/// (exclusive); of control batches, transaction markers only. Errors: reading fails, or damage: a batch or record that
/// does not decode, or is not understood.
storage::IoResult<void> visit_records(const storage::PartitionLog& log, Offset from, Offset to,
                                      const VisitRecord& visit, const VisitMarker& visit_marker = {});

}  // namespace highwater::engine
