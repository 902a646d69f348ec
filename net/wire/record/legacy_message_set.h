#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "core/base/error_code.h"
#include "core/base/offset.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "net/wire/record/codec.h"
#include "net/wire/record/compression/compressor.h"
#include "net/wire/record/compression/decompressor.h"
#include "net/wire/record/record_bytes.h"
#include "net/wire/record/record_defect.h"

namespace highwater::wire {

/// One message of magic 0 or 1 (`LegacyRecord`), out of its wrapper if it was in one. Spans live until the next
/// message.
struct LegacyMessage {
    Offset offset;
    std::int8_t magic = 0;
    TimestampType timestamp_type = TimestampType::create_time;
    /// nullopt for magic 0 and where the message says -1.
    std::optional<Timestamp> timestamp = std::nullopt;
    std::optional<RecordBytes> key = std::nullopt;
    std::optional<RecordBytes> value = std::nullopt;
    /// CompressionCodec of the wrapper it was in.
    CompressionCodec codec = CompressionCodec::none;
};

/// Calls `visit` for every message of a message set of magic 0 or 1, in order, compressed wrappers opened (one level:
/// no client nests deeper, and Kafka refuses it). All CRCs are checked. Offsets are absolute: in a magic 1 wrapper the
/// inner ones are relative to wrapper offset minus last inner offset, and a wrapper at offset 0 counts from 0 as old
/// librdkafka wrote it. A wrapper's LogAppendTime overrides the times inside.
/// `output_limit` bounds the decompressed bytes of all wrappers together, inclusive; one wrapper is in memory at a
/// time. Errors: truncated (also a torn last message), malformed (also another magic), checksum, unsupported (codecs 4
/// to 7), too_large. Messages before the defect have been visited, save those of its own wrapper.
[[nodiscard]] Result<void, RecordDefect> for_each_legacy_message(
    RecordBytes message_set, Decompressor& decompressor, std::size_t output_limit,
    const std::function<void(const LegacyMessage&)>& visit);

/// The message set of a Produce 0 to 2 as one magic 2 batch: offsets 0, 1, 2..., the timestamps (-1 for magic 0), the
/// codec of the last compressed wrapper or none, no producer, no headers. LogAppendTime on any message becomes the
/// batch's, so that validation of the batch refuses it. Validate the result as any batch.
/// Errors: for_each_legacy_message's; malformed for an empty set and for one of both magics.
[[nodiscard]] Result<RecordBuffer, RecordDefect> up_convert(RecordBytes message_set, Decompressor& decompressor,
                                                            Compressor& compressor, std::size_t output_limit);

/// A message set made of batches, for Fetch 0 to 3.
struct DownConverted {
    RecordBuffer message_set;
    /// Bytes of batches that `message_set` stands for: where to go on reading. More than 0 unless there was no whole
    /// batch.
    std::size_t consumed_bytes = 0;
};

/// Turns the magic 2 batches in `batches` into messages of `magic` (0 for Fetch 0 and 1, 1 for Fetch 2 and 3). Offsets
/// stay exact; records below `first_offset` and control batches are left out; headers and producer fields are lost;
/// compressed batches become one wrapper of the same codec. A torn last batch is left out. Stops before the message set
/// would pass `max_bytes`, but always converts the first batch that yields a message. `output_limit` bounds the
/// decompressed bytes of one batch.
/// Errors, when the batch that must be converted first cannot be: UNSUPPORTED_COMPRESSION_TYPE for zstd, which magic 0
/// and 1 lack; MESSAGE_TOO_LARGE for records above `output_limit`; CORRUPT_MESSAGE for damaged ones. A later batch of
/// that kind ends the message set before it.
[[nodiscard]] Result<DownConverted> down_convert(RecordBytes batches, std::int8_t magic, Offset first_offset,
                                                 std::size_t max_bytes, Decompressor& decompressor,
                                                 Compressor& compressor, std::size_t output_limit);

}  // namespace highwater::wire
