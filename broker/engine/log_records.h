#pragma once

#include <functional>

#include "broker/storage/partition_log.h"
#include "core/base/offset.h"
#include "net/wire/record/record.h"

namespace highwater::engine {

/// Called for each record in order; false stops the walk: the record can't be understood.
using VisitRecord = std::function<bool(Offset offset, const wire::RecordView& record)>;

/// The records of a log that the node itself wrote, from `from` (inclusive, where a batch begins) up to `to`
/// (exclusive), without control batches. Errors: reading fails, or damage: a batch or record that does not decode, or
/// is not understood.
storage::IoResult<void> visit_records(const storage::PartitionLog& log, Offset from, Offset to,
                                      const VisitRecord& visit);

}  // namespace highwater::engine
