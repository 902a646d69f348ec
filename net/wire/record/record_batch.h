#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/epochs.h"
#include "core/base/offset.h"
#include "core/base/producer.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/log/batch_facts.h"
#include "net/wire/record/codec.h"
#include "net/wire/record/record_bytes.h"
#include "net/wire/record/record_defect.h"

namespace highwater::wire {

/// Bytes of a magic 2 batch before its records (KIP-98, `DefaultRecordBatch`).
inline constexpr std::size_t kBatchHeaderBytes = 61;
/// Bytes of base offset and length: what every entry of a log begins with, of any magic. The length counts what
/// follows.
inline constexpr std::size_t kLogOverheadBytes = 12;
/// The CRC covers the batch from this byte to its end: not the base offset, length, leader epoch, magic, nor itself.
inline constexpr std::size_t kCrcCoverageStart = 21;

/// Where the header's fields are, in bytes from the batch's start.
struct BatchLayout {
    static constexpr std::size_t kBaseOffset = 0, kLength = 8, kLeaderEpoch = 12, kMagic = 16, kCrc = 17,
                                 kAttributes = 21, kLastOffsetDelta = 23, kBaseTimestamp = 27, kMaxTimestamp = 35,
                                 kProducerId = 43, kProducerEpoch = 51, kBaseSequence = 53, kRecordCount = 57;
};

/// Bits of the attributes field above the codec's three.
inline constexpr std::uint16_t kLogAppendTimeBit = 1U << 3;
inline constexpr std::uint16_t kTransactionalBit = 1U << 4;
inline constexpr std::uint16_t kControlBit = 1U << 5;
inline constexpr std::uint16_t kDeleteHorizonBit = 1U << 6;

/// The header of a magic 2 batch, as it stands in the bytes: -1 is "none" here, and nothing has been checked but the
/// length and the magic (see check_batch).
struct BatchHeader {
    Offset base_offset;
    /// Bytes after the length field; the batch takes kLogOverheadBytes more.
    std::int32_t length = 0;
    LeaderEpoch leader_epoch;
    std::uint32_t crc = 0;
    std::uint16_t attributes = 0;
    std::int32_t last_offset_delta = 0;
    /// Time of delta 0; the delete horizon where kDeleteHorizonBit is set (KIP-534).
    Timestamp base_timestamp;
    Timestamp max_timestamp;
    ProducerId producer_id;
    ProducerEpoch producer_epoch;
    Sequence base_sequence;
    std::int32_t record_count = 0;

    /// The whole batch, header included, in bytes.
    [[nodiscard]] std::size_t size_bytes() const { return kLogOverheadBytes + static_cast<std::size_t>(length); }
    /// nullopt for 5, 6 and 7.
    [[nodiscard]] std::optional<CompressionCodec> codec() const { return codec_of(attributes); }
    [[nodiscard]] TimestampType timestamp_type() const {
        return (attributes & kLogAppendTimeBit) != 0 ? TimestampType::log_append_time : TimestampType::create_time;
    }
    [[nodiscard]] bool is_transactional() const { return (attributes & kTransactionalBit) != 0; }
    [[nodiscard]] bool is_control() const { return (attributes & kControlBit) != 0; }
    [[nodiscard]] bool has_delete_horizon() const { return (attributes & kDeleteHorizonBit) != 0; }
    /// Offset of the last record, inclusive. Requires: the header passed check_batch_header.
    [[nodiscard]] Offset last_offset() const { return base_offset + OffsetDelta{last_offset_delta}; }

    friend bool operator==(const BatchHeader&, const BatchHeader&) = default;
};

/// Reads the header at the start of `bytes`, which may end anywhere after it.
/// Errors: truncated (fewer than 61 bytes), malformed (a length below 49), unsupported (a magic other than 2).
[[nodiscard]] Result<BatchHeader, RecordDefect> read_batch_header(RecordBytes bytes);

/// Magic of the entry at the start of `bytes` (byte 16 in all three formats); nullopt when fewer than 17 bytes are
/// there.
[[nodiscard]] std::optional<std::int8_t> entry_magic(RecordBytes bytes);

/// One whole batch inside bytes that somebody else owns.
struct BatchView {
    BatchHeader header;
    /// Exactly header.size_bytes() bytes.
    RecordBytes bytes;

    /// The records section: the codec's stream, or the records themselves when the codec is none.
    [[nodiscard]] RecordBytes records() const { return bytes.subspan(kBatchHeaderBytes); }
    /// True when the CRC-32C over byte 21 to the end is the header's.
    [[nodiscard]] bool crc_matches() const;
};

/// The batch at the start of `bytes`; what follows it is left alone.
/// Errors: read_batch_header's, and truncated when the batch is longer than `bytes`.
[[nodiscard]] Result<BatchView, RecordDefect> read_batch(RecordBytes bytes);

/// Whether a header can stand in a log: a known codec, offsets and last offset delta not negative and their sum below
/// 2^63, 0 <= record count <= last offset delta + 1, a producer epoch not negative where there is a producer id.
/// The records are not looked at.
[[nodiscard]] Result<void, RecordDefect> check_batch_header(const BatchHeader& header);

/// check_batch_header and the CRC: what recovery and a follower ask of a batch before they trust its header.
[[nodiscard]] Result<void, RecordDefect> check_batch(const BatchView& batch);

/// The core's facts of a batch, with what a transaction marker says. A marker is a transactional control batch whose
/// only record is a well-formed abort or commit (KIP-98); any other control batch has no marker.
/// Requires: check_batch_header passes.
[[nodiscard]] BatchFacts facts(const BatchView& batch);

/// Why a BatchReader gave no further batch.
enum class BatchesEnd : std::uint8_t {
    /// Every byte was read.
    complete,
    /// The last batch is cut off: ordinary in a fetch answer and at a log's torn end.
    truncated,
    /// The length or the magic cannot be.
    malformed,
    /// An entry of magic 0 or 1 begins here (legacy_message_set.h reads it).
    legacy,
};

/// Walks the magic 2 batches that stand one after another in a buffer. Checks what read_batch does; neither CRC nor
/// records.
///     for (BatchReader reader(bytes); auto batch = reader.next();) ...
class BatchReader {
  public:
    explicit BatchReader(RecordBytes bytes) : bytes_(bytes) {}

    /// The next batch; nullopt at the end, and from then on.
    [[nodiscard]] std::optional<BatchView> next();
    /// Bytes of whole batches so far: where the next batch begins, or the unreadable rest.
    [[nodiscard]] std::size_t position() const { return position_; }
    /// Why next() gave nullopt. Requires: it did.
    [[nodiscard]] BatchesEnd end() const { return end_; }

  private:
    RecordBytes bytes_;
    std::size_t position_ = 0;
    BatchesEnd end_ = BatchesEnd::complete;
};

/// Gives a batch its place in the log: base offset and leader epoch, both outside the CRC, in place.
/// Requires: `batch` begins with a whole header.
void stamp_batch(std::span<std::byte> batch, Offset base_offset, LeaderEpoch leader_epoch);

/// Sets timestamp type and max timestamp in place and recomputes the CRC over the whole batch.
/// Requires: `batch` is exactly one whole batch.
void stamp_timestamp(std::span<std::byte> batch, TimestampType type, Timestamp max_timestamp);

/// Recomputes length and CRC of a batch whose bytes were changed or that was just written.
/// Requires: `batch` is exactly one batch with a whole header, at most 2^31 bytes.
void seal_batch(std::span<std::byte> batch);

}  // namespace highwater::wire
