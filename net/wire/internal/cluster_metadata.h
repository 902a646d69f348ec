#pragma once

#include <cstddef>
#include <span>
#include <variant>

#include "core/base/result.h"
#include "net/wire/internal/broker_records.h"
#include "net/wire/internal/cluster_records.h"
#include "net/wire/internal/topic_records.h"
#include "net/wire/output_buffer.h"

namespace highwater::wire {

/// A record of `__cluster_metadata`: those that one node writes and reads. Kafka's other kinds are refused when read.
using MetadataRecord =
    std::variant<NoOpRecord, RegisterBrokerRecord, UnregisterBrokerRecord, TopicRecord, PartitionRecord, ConfigRecord,
                 PartitionChangeRecord, FenceBrokerRecord, UnfenceBrokerRecord, RemoveTopicRecord, FeatureLevelRecord,
                 ProducerIdsRecord, BrokerRegistrationChangeRecord, BeginTransactionRecord, EndTransactionRecord,
                 AbortTransactionRecord>;

/// The largest version of a record's kind.
std::int16_t highest_version(const MetadataRecord& record);

/// The value of a record in the log: frame version 1, id and version as unsigned varints, then the body (Kafka's
/// `MetadataRecordSerde`). Errors: as encode().
Result<OutputBuffer, EncodeError> encode_metadata_record(const MetadataRecord& record, std::int16_t version);

/// Reads the value of a record; it must be all of `value`, which must outlive the result. Errors:
/// unknown_record_type for another frame version or an id that MetadataRecord lacks; as decode().
Result<MetadataRecord, DecodeError> decode_metadata_record(std::span<const std::byte> value,
                                                           DecodeOptions options = {});

}  // namespace highwater::wire
