#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/base/epochs.h"
#include "core/base/offset.h"
#include "core/base/time.h"
#include "core/log/batch_facts.h"
#include "net/wire/record/codec.h"
#include "net/wire/record/compression/compressor.h"
#include "net/wire/record/record.h"
#include "net/wire/record/record_bytes.h"

namespace highwater::wire {

/// A record to be written. Absent key or value is null; a null value is a tombstone on a compacted topic.
struct NewRecord {
    std::optional<RecordBytes> key = std::nullopt;
    std::optional<RecordBytes> value = std::nullopt;
    Timestamp timestamp{-1};
    std::span<const RecordHeader> headers = {};
};

/// What the batch's header says beside the records.
struct BatchOptions {
    CompressionChoice compression = {};
    TimestampType timestamp_type = TimestampType::create_time;
    /// The max timestamp, of every record, when timestamp_type is log_append_time; not used otherwise.
    Timestamp log_append_time{-1};
    /// A stamp without base sequence writes -1.
    std::optional<ProducerStamp> producer = std::nullopt;
    bool transactional = false;
    bool control = false;
    Offset base_offset{0};
    LeaderEpoch leader_epoch{-1};
    /// Compaction's mark (KIP-534): tombstones of this batch, or the marker that it is, may go after that time. It
    /// takes the base timestamp's place; records count from it.
    std::optional<Timestamp> delete_horizon = std::nullopt;
};

/// Writes one magic 2 batch, record by record. Records are laid out as they come; compression runs in finish().
class RecordBatchBuilder {
  public:
    explicit RecordBatchBuilder(BatchOptions options = {}) : options_(options) {}

    /// Adds a record whose offset is the last one's plus 1 (0 for the first, from the base offset).
    void add(const NewRecord& record) { add_at(next_offset_delta_, record); }
    /// Adds a record at base offset + `offset_delta`: gaps are what compaction leaves.
    /// Requires: offset_delta is above that of every record so far, and not negative.
    void add_at(std::int32_t offset_delta, const NewRecord& record);
    /// Makes last_offset_delta larger than the last record's, as compaction keeps it. Ignored when not larger.
    void keep_last_offset_delta(std::int32_t last_offset_delta);

    [[nodiscard]] std::int32_t record_count() const { return record_count_; }
    /// Bytes of the finished batch if it is not compressed.
    [[nodiscard]] std::size_t uncompressed_size_bytes() const { return kBatchHeaderBytes + records_.size(); }

    /// The batch. A batch without records has timestamps -1 and, unless kept otherwise, last offset delta 0.
    /// The builder is empty afterwards, its options as they were. The second form reuses a compressor.
    [[nodiscard]] RecordBuffer finish();
    [[nodiscard]] RecordBuffer finish(Compressor& compressor);

  private:
    BatchOptions options_;
    RecordBuffer records_;
    std::int32_t record_count_ = 0;
    std::int32_t next_offset_delta_ = 0;
    std::int32_t last_offset_delta_ = 0;
    Timestamp base_timestamp_{-1};
    Timestamp max_timestamp_{-1};
};

}  // namespace highwater::wire
