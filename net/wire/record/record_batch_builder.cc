#include "net/wire/record/record_batch_builder.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/base/invariant.h"
#include "net/wire/record/record_batch.h"
#include "net/wire/record/record_varint.h"

namespace highwater::wire {

namespace {

std::int32_t length_of(RecordBytes bytes) {
    HIGHWATER_INVARIANT(bytes.size() <= std::numeric_limits<std::int32_t>::max(), "{} bytes", bytes.size());
    return static_cast<std::int32_t>(bytes.size());
}

std::size_t size_of(const std::optional<RecordBytes>& bytes) {
    return bytes ? zig_zag_size(length_of(*bytes)) + bytes->size() : 1;
}

void append(RecordBuffer& out, const std::optional<RecordBytes>& bytes) {
    append_zig_zag(out, bytes ? length_of(*bytes) : -1);
    if (bytes) append_bytes(out, *bytes);
}

}  // namespace

void RecordBatchBuilder::add_at(std::int32_t offset_delta, const NewRecord& record) {
    HIGHWATER_INVARIANT(offset_delta >= next_offset_delta_, "delta {} after {}", offset_delta, next_offset_delta_ - 1);
    if (record_count_ == 0) base_timestamp_ = options_.delete_horizon.value_or(record.timestamp);
    const auto timestamp_delta = static_cast<std::int64_t>(static_cast<std::uint64_t>(record.timestamp.value()) -
                                                           static_cast<std::uint64_t>(base_timestamp_.value()));
    const auto header_count = static_cast<std::int32_t>(record.headers.size());
    std::size_t size = 1 + zig_zag_size(timestamp_delta) + zig_zag_size(offset_delta) + size_of(record.key) +
                       size_of(record.value) + zig_zag_size(header_count);
    for (const RecordHeader& header : record.headers) size += size_of(header.key) + size_of(header.value);
    HIGHWATER_INVARIANT(size <= std::numeric_limits<std::int32_t>::max(), "record of {} bytes", size);

    append_zig_zag(records_, static_cast<std::int32_t>(size));
    records_.push_back(std::byte{0});
    append_zig_zag(records_, timestamp_delta);
    append_zig_zag(records_, offset_delta);
    append(records_, record.key);
    append(records_, record.value);
    append_zig_zag(records_, header_count);
    for (const RecordHeader& header : record.headers) {
        append(records_, header.key);
        append(records_, header.value);
    }
    ++record_count_;
    next_offset_delta_ = offset_delta + 1;
    last_offset_delta_ = std::max(last_offset_delta_, offset_delta);
    max_timestamp_ = std::max(max_timestamp_, record.timestamp);
}

void RecordBatchBuilder::keep_last_offset_delta(std::int32_t last_offset_delta) {
    last_offset_delta_ = std::max(last_offset_delta_, last_offset_delta);
}

RecordBuffer RecordBatchBuilder::finish() {
    Compressor compressor;
    return finish(compressor);
}

RecordBuffer RecordBatchBuilder::finish(Compressor& compressor) {
    using Layout = BatchLayout;
    const bool append_time = options_.timestamp_type == TimestampType::log_append_time;
    auto attributes = static_cast<std::uint16_t>(options_.compression.codec);
    if (append_time) attributes |= kLogAppendTimeBit;
    if (options_.transactional) attributes |= kTransactionalBit;
    if (options_.control) attributes |= kControlBit;
    if (options_.delete_horizon) attributes |= kDeleteHorizonBit;

    RecordBuffer batch(kBatchHeaderBytes);
    std::byte* const at = batch.data();
    store_big_endian(at + Layout::kBaseOffset, options_.base_offset.value());
    store_big_endian(at + Layout::kLeaderEpoch, options_.leader_epoch.value());
    at[Layout::kMagic] = std::byte{2};
    store_big_endian(at + Layout::kAttributes, attributes);
    store_big_endian(at + Layout::kLastOffsetDelta, last_offset_delta_);
    store_big_endian(at + Layout::kBaseTimestamp, base_timestamp_.value());
    store_big_endian(at + Layout::kMaxTimestamp, (append_time ? options_.log_append_time : max_timestamp_).value());
    const auto& producer = options_.producer;
    store_big_endian(at + Layout::kProducerId, producer ? producer->id.value() : std::int64_t{-1});
    store_big_endian(at + Layout::kProducerEpoch, producer ? producer->epoch.value() : std::int16_t{-1});
    store_big_endian(at + Layout::kBaseSequence,
                     producer && producer->base_sequence ? producer->base_sequence->value() : std::int32_t{-1});
    store_big_endian(at + Layout::kRecordCount, record_count_);
    if (options_.compression.codec == CompressionCodec::none) {
        append_bytes(batch, records_);
    } else {
        compress(compressor, options_.compression, records_, batch);
    }
    seal_batch(batch);
    *this = RecordBatchBuilder(options_);
    return batch;
}

}  // namespace highwater::wire
