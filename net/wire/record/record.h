#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "net/wire/record/record_batch.h"
#include "net/wire/record/record_bytes.h"
#include "net/wire/record/record_defect.h"

namespace highwater::wire {

/// A record header (KIP-82). The key is UTF-8 by agreement; nothing here checks it.
struct RecordHeader {
    RecordBytes key;
    std::optional<RecordBytes> value = std::nullopt;
};

/// One record of an uncompressed records section (`DefaultRecord`). Spans point into the section.
struct RecordView {
    /// Record minus batch header's base timestamp, in milliseconds.
    std::int64_t timestamp_delta = 0;
    /// Record's offset minus the batch's base offset. Not negative.
    std::int32_t offset_delta = 0;
    std::optional<RecordBytes> key = std::nullopt;
    std::optional<RecordBytes> value = std::nullopt;
    std::int32_t header_count = 0;
    /// The encoded headers; read them with RecordHeaders.
    RecordBytes header_bytes;
};

/// Walks a record's headers, which RecordReader has checked already.
///     for (RecordHeaders headers(record); auto header = headers.next();) ...
class RecordHeaders {
  public:
    explicit RecordHeaders(const RecordView& record) : rest_(record.header_bytes), left_(record.header_count) {}
    [[nodiscard]] std::optional<RecordHeader> next();

  private:
    RecordBytes rest_;
    std::int32_t left_ = 0;
};

/// Walks an uncompressed (or decompressed) records section. Every length is checked against the record and the section
/// before it is used; a record must fill exactly its declared length, and the section must end with the last record.
/// Allocates nothing.
///     RecordReader reader(batch.records(), batch.header.record_count);
///     while (auto record = reader.next()) ...
///     if (reader.defect()) ...
class RecordReader {
  public:
    RecordReader(RecordBytes section, std::int32_t record_count) : section_(section), left_(record_count) {}

    /// The next record; nullopt after the last one or at a defect, and from then on.
    [[nodiscard]] std::optional<RecordView> next();
    /// Set when the section is not `record_count` well-formed records and nothing else.
    [[nodiscard]] const std::optional<RecordDefect>& defect() const { return defect_; }

  private:
    RecordBytes section_;
    std::size_t position_ = 0;
    std::int32_t left_;
    std::optional<RecordDefect> defect_;
};

/// The time of a record: the batch's max timestamp with LogAppendTime, else base timestamp plus delta (wrapping, as
/// Kafka's arithmetic does). -1 is none.
[[nodiscard]] Timestamp record_timestamp(const BatchHeader& header, const RecordView& record);

class Decompressor;

/// The records section of a batch in the clear: a view of the batch when its codec is none, else decompressed into
/// `scratch`, which is replaced. `output_limit` bounds the decompressed bytes, inclusive; records that need no
/// decompression are not held to it.
/// Errors: unsupported (codec 5-7), malformed (a damaged stream), too_large.
[[nodiscard]] Result<RecordBytes, RecordDefect> clear_records(const BatchView& batch, Decompressor& decompressor,
                                                              std::size_t output_limit, RecordBuffer& scratch);

}  // namespace highwater::wire
