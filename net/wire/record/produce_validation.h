#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/epochs.h"
#include "core/base/error_code.h"
#include "core/base/offset.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/log/batch_facts.h"
#include "net/wire/record/codec.h"
#include "net/wire/record/compression/compressor.h"
#include "net/wire/record/compression/decompressor.h"
#include "net/wire/record/record_bytes.h"

namespace highwater::wire {

/// What a leader demands of the records of one partition in a Produce request. Names are the topic configs'.
struct ProduceRules {
    /// `max.message.bytes`: largest batch, header included, before and after recompression (MESSAGE_TOO_LARGE).
    std::uint32_t max_message_bytes = 1'048'588;
    /// `segment.bytes`: a batch must fit one segment (RECORD_LIST_TOO_LARGE).
    std::uint32_t segment_bytes = 1U << 30;
    /// `cleanup.policy` holds compact: every record needs a key.
    bool compacted = false;
    /// `message.timestamp.type`.
    TimestampType timestamp_type = TimestampType::create_time;
    /// `message.timestamp.before.max.ms` and `.after.max.ms`: how far a CreateTime may lie before and after `now`,
    /// inclusive.
    std::int64_t timestamp_before_max_ms = std::numeric_limits<std::int64_t>::max();
    std::int64_t timestamp_after_max_ms = 3'600'000;
    /// The broker's wall clock.
    Timestamp now{0};
    /// `compression.type` with its level; nullopt is "producer": the client's codec stays.
    std::optional<CompressionChoice> compression = std::nullopt;
    /// Version of the Produce request: 0 to 2 carry message sets, 3 and up one magic 2 batch, 7 and up may have zstd.
    std::int16_t produce_version = 3;

    /// Whether the records of a compressed batch are decompressed (streaming, nothing kept) and walked. Without it a
    /// damaged or bombing batch is stored and left to its readers. A compacted topic walks in any case, for the keys.
    bool verify_compressed_records = true;
    /// Largest decompressed records section, in bytes, inclusive (MESSAGE_TOO_LARGE, which makes Java producers split
    /// the batch). Bounds the work a small request can cause, and the memory of a rebuild. A record counts as 16 bytes
    /// at least. nullopt is 32 MiB, or 8 times max_message_bytes where that is more.
    std::optional<std::size_t> max_decompressed_bytes = std::nullopt;
    [[nodiscard]] std::size_t decompressed_limit() const {
        constexpr std::size_t kUsualLimit = std::size_t{32} << 20;
        return max_decompressed_bytes.value_or(std::max(kUsualLimit, std::size_t{8} * max_message_bytes));
    }
};

/// A record that made the batch fail: its place in the batch from 0, and why (KIP-467, BatchIndexAndErrorMessage).
struct RecordRefusal {
    std::int32_t batch_index = 0;
    std::string message;

    friend bool operator==(const RecordRefusal&, const RecordRefusal&) = default;
};

/// At most this many records are named in one refusal; the batch is refused all the same.
inline constexpr std::size_t kMaxRecordRefusals = 100;

/// Why records are not appended: what the partition's part of the Produce answer says.
struct ProduceRefusal {
    ErrorCode error = ErrorCode::none;
    std::string message;
    std::vector<RecordRefusal> records;

    friend bool operator==(const ProduceRefusal&, const ProduceRefusal&) = default;
};

/// A batch the leader may append.
struct AcceptedBatch {
    /// Of the batch as it will be stored; base offset and leader epoch are the leader's to set.
    BatchFacts facts;
    /// Number of records, 1 or more.
    std::int32_t record_count = 0;
    /// The batch to store when the client's bytes cannot be: another codec is wanted, the inner offsets are not
    /// 0, 1, 2..., or it was a message set. Absent: the client's bytes are stored.
    std::optional<RecordBuffer> rewritten = std::nullopt;
    /// Set when the header's time must change: LogAppendTime, or a max timestamp that is not the records'. Never set
    /// together with `rewritten`.
    struct TimestampChange {
        TimestampType type;
        Timestamp max_timestamp;
        friend bool operator==(const TimestampChange&, const TimestampChange&) = default;
    };
    std::optional<TimestampChange> timestamp_change = std::nullopt;

    /// The bytes to copy to the log: `rewritten`, else `client_bytes`. Exactly facts.size_bytes long.
    [[nodiscard]] RecordBytes stored_bytes(RecordBytes client_bytes) const {
        return rewritten ? RecordBytes(*rewritten) : client_bytes;
    }
};

/// Compression contexts that are reused from one validation to the next: one per thread.
struct RecordScratch {
    Decompressor decompressor;
    Compressor compressor;
    RecordBuffer buffer;
};

/// What the leader checks before it appends a client's records (`ProduceRequest`, `LogValidator`, `UnifiedLog`).
/// `records` is the request's field; null is passed as empty. Base offset and leader epoch in it are ignored.
/// Order of checks: form, size, CRC, codec, header, records, timestamps, keys. Errors:
///   INVALID_RECORD (87)  no batch, more than one, another magic, control batch, no base sequence, wrong counts,
///                        damaged records or stream, null key on a compacted topic
///   CORRUPT_MESSAGE (2)  a length that is too small or longer than the field, a wrong checksum
///   MESSAGE_TOO_LARGE (10), RECORD_LIST_TOO_LARGE (18), INVALID_TIMESTAMP (32), UNSUPPORTED_COMPRESSION_TYPE (76)
/// An uncompressed batch is walked in place without allocating.
[[nodiscard]] Result<AcceptedBatch, ProduceRefusal> validate_produce(RecordBytes records, const ProduceRules& rules,
                                                                     RecordScratch& scratch);

/// Writes the accepted batch to its place in the log: copies stored_bytes, stamps offset and epoch, changes the time.
/// Requires: out.size() == accepted.facts.size_bytes, and `client_bytes` is what was validated.
void write_accepted_batch(const AcceptedBatch& accepted, RecordBytes client_bytes, Offset base_offset,
                          LeaderEpoch leader_epoch, std::span<std::byte> out);

}  // namespace highwater::wire
