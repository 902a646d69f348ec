#pragma once

#include <optional>

#include "core/base/result.h"
#include "core/group/group_records.h"
#include "net/wire/record/coordinator_record_bytes.h"

namespace highwater::wire {

/// As Kafka 4.3 writes it (`GroupCoordinatorRecordHelpers`): the value of an offset commit in version 4, but in version
/// 1 if it names when it expires, which drops its leader epoch; that of group metadata in version 3; those of consumer
/// groups in version 0. Errors: too_long, for a text over 32,767 bytes.
[[nodiscard]] Result<CoordinatorRecordBytes, EncodeError> encode_group_record(const GroupRecord& record);

/// Reads key ids 0 (offset commits of Kafka 0.8) to 8 and 16, and every version of their values. A topic id in an
/// offset commit (Kafka 4.1 on) is dropped. Errors: unknown_record_type for a key id of another kind of group, whose
/// records a reader passes over; as decode() for anything else, such as a value of a later version.
[[nodiscard]] Result<GroupRecord, DecodeError> decode_group_record(RecordBytes key, std::optional<RecordBytes> value);

}  // namespace highwater::wire
