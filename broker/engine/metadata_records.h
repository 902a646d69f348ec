#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/metadata/records.h"
#include "net/wire/decode_error.h"

namespace highwater::engine {

using MetadataRecords = std::vector<MetadataRecord>;

/// The record's value in the log: frame version 1, id, version (all varints), then the fields of Kafka's definition.
std::vector<std::byte> encode_metadata_record(const MetadataRecord& record);

/// The record in a value; NoOpRecord for records of Kafka's that mean nothing to this node.
/// Errors: unknown_record_type for another frame version or an id that Kafka does not have; any other of the fields'.
Result<MetadataRecord, wire::DecodeError> decode_metadata_record(std::span<const std::byte> value);

}  // namespace highwater::engine
