#include "broker/storage/batch_compactor.h"

#include <vector>

#include "net/wire/record/record.h"
#include "net/wire/record/record_batch_builder.h"

namespace highwater::storage {
namespace {

wire::BatchOptions options_of(const wire::BatchHeader& header, std::optional<Timestamp> delete_horizon) {
    wire::BatchOptions options{.compression = {.codec = header.codec().value_or(wire::CompressionCodec::none)},
                               .timestamp_type = header.timestamp_type(),
                               .log_append_time = header.max_timestamp,
                               .producer = {},
                               .transactional = header.is_transactional(),
                               .control = header.is_control(),
                               .base_offset = header.base_offset,
                               .leader_epoch = header.leader_epoch,
                               .delete_horizon = delete_horizon};
    if (header.producer_id.value() >= 0) {
        options.producer = ProducerStamp{header.producer_id, header.producer_epoch, header.base_sequence};
    }
    return options;
}

void add(wire::RecordBatchBuilder& builder, const wire::BatchHeader& header, const wire::RecordView& record) {
    std::vector<wire::RecordHeader> headers;
    for (wire::RecordHeaders reader(record); const auto one = reader.next();) headers.push_back(*one);
    builder.add_at(record.offset_delta, {.key = record.key,
                                         .value = record.value,
                                         .timestamp = wire::record_timestamp(header, record),
                                         .headers = headers});
}

}  // namespace

bool BatchCompactor::is_latest(Offset offset, Bytes key) const {
    const auto latest = latest_->find(key);
    return !latest || offset >= *latest;
}

wire::RecordBytes BatchCompactor::without_records(const wire::BatchView& batch) {
    wire::BatchOptions options = options_of(batch.header, std::nullopt);
    options.compression = {};
    wire::RecordBatchBuilder builder(options);
    builder.keep_last_offset_delta(batch.header.last_offset_delta);
    rewritten_ = builder.finish(compressor_);
    wire::stamp_timestamp(rewritten_, batch.header.timestamp_type(), batch.header.max_timestamp);
    return rewritten_;
}

wire::RecordBytes BatchCompactor::compact_marker(const wire::BatchView& batch, const BatchToCompact& known) {
    const wire::BatchHeader& header = batch.header;
    if (!known.is_needless) return batch.bytes;
    if (header.has_delete_horizon()) {
        if (header.base_timestamp > rules_.now) return batch.bytes;
        return known.must_stay ? without_records(batch) : wire::RecordBytes{};
    }
    wire::RecordBatchBuilder builder(options_of(header, rules_.delete_horizon));
    wire::RecordReader reader(batch.records(), header.record_count);
    while (const auto record = reader.next()) add(builder, header, *record);
    if (reader.defect()) return batch.bytes;
    builder.keep_last_offset_delta(header.last_offset_delta);
    rewritten_ = builder.finish(compressor_);
    return rewritten_;
}

Result<wire::RecordBytes, wire::RecordDefect> BatchCompactor::compact(const wire::BatchView& batch,
                                                                      const BatchToCompact& known) {
    const wire::BatchHeader& header = batch.header;
    if (header.is_control()) return compact_marker(batch, known);
    const auto gone = [&] { return known.must_stay ? without_records(batch) : wire::RecordBytes{}; };
    if (known.is_needless || header.record_count == 0) {
        return header.record_count == 0 && known.must_stay ? batch.bytes : gone();
    }
    const auto records = wire::clear_records(batch, decompressor_, rules_.max_decompressed_bytes, clear_);
    if (!records) return unexpected(records.error());
    const bool tombstones_go = header.has_delete_horizon() && header.base_timestamp <= rules_.now;
    // Above the mapped part a tombstone still has something to take: the pass does not know what.
    const auto is_mapped = [&](const wire::RecordView& record) {
        return header.base_offset + OffsetDelta{record.offset_delta} < rules_.mapped_end;
    };
    const auto stays = [&](const wire::RecordView& record) {
        if (!is_mapped(record)) return true;
        return record.key && is_latest(header.base_offset + OffsetDelta{record.offset_delta}, *record.key) &&
               (record.value || !tombstones_go);
    };
    std::int32_t stay = 0;
    bool has_tombstone = false;
    wire::RecordReader first(*records, header.record_count);
    while (const auto record = first.next()) {
        if (!stays(*record)) continue;
        ++stay;
        has_tombstone |= !record->value && is_mapped(*record);
    }
    if (first.defect()) return unexpected(*first.defect());
    if (stay == 0) return gone();
    const bool needs_horizon = has_tombstone && !header.has_delete_horizon();
    if (stay == header.record_count && !needs_horizon) return batch.bytes;

    std::optional<Timestamp> horizon;
    if (needs_horizon) horizon = rules_.delete_horizon;
    if (header.has_delete_horizon() && has_tombstone) horizon = header.base_timestamp;
    wire::RecordBatchBuilder builder(options_of(header, horizon));
    wire::RecordReader second(*records, header.record_count);
    while (const auto record = second.next()) {
        if (stays(*record)) add(builder, header, *record);
    }
    builder.keep_last_offset_delta(header.last_offset_delta);
    rewritten_ = builder.finish(compressor_);
    return rewritten_;
}

}  // namespace highwater::storage
