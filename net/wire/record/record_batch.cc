#include "net/wire/record/record_batch.h"

#include <limits>

#include "core/base/invariant.h"
#include "net/wire/record/control_record.h"
#include "net/wire/record/crc32c.h"
#include "net/wire/record/record.h"

namespace highwater::wire {

namespace {

using Layout = BatchLayout;

constexpr std::int32_t kSmallestLength = kBatchHeaderBytes - kLogOverheadBytes;

std::optional<TransactionMarker> marker_of(const BatchView& batch) {
    const BatchHeader& header = batch.header;
    if (!header.is_control() || !header.is_transactional()) return std::nullopt;
    if (header.codec() != CompressionCodec::none || header.record_count != 1) return std::nullopt;
    const auto record = RecordReader(batch.records(), 1).next();
    if (!record || !record->key || !record->value) return std::nullopt;
    return read_transaction_marker(*record->key, *record->value);
}

}  // namespace

std::optional<std::int8_t> entry_magic(RecordBytes bytes) {
    if (bytes.size() <= Layout::kMagic) return std::nullopt;
    return static_cast<std::int8_t>(bytes[Layout::kMagic]);
}

Result<BatchHeader, RecordDefect> read_batch_header(RecordBytes bytes) {
    if (const auto magic = entry_magic(bytes); magic && *magic != 2) {
        return refuse(RecordDefect{RecordFault::unsupported, "magic is not 2", Layout::kMagic});
    }
    const std::byte* at = bytes.data();
    if (bytes.size() >= kLogOverheadBytes && load_big_endian<std::int32_t>(at + Layout::kLength) < kSmallestLength) {
        return refuse(RecordDefect{RecordFault::malformed, "batch length below its header's", Layout::kLength});
    }
    if (bytes.size() < kBatchHeaderBytes) {
        return refuse(RecordDefect{RecordFault::truncated, "batch header cut off", bytes.size()});
    }
    return BatchHeader{
        .base_offset = Offset{load_big_endian<std::int64_t>(at + Layout::kBaseOffset)},
        .length = load_big_endian<std::int32_t>(at + Layout::kLength),
        .leader_epoch = LeaderEpoch{load_big_endian<std::int32_t>(at + Layout::kLeaderEpoch)},
        .crc = load_big_endian<std::uint32_t>(at + Layout::kCrc),
        .attributes = load_big_endian<std::uint16_t>(at + Layout::kAttributes),
        .last_offset_delta = load_big_endian<std::int32_t>(at + Layout::kLastOffsetDelta),
        .base_timestamp = Timestamp{load_big_endian<std::int64_t>(at + Layout::kBaseTimestamp)},
        .max_timestamp = Timestamp{load_big_endian<std::int64_t>(at + Layout::kMaxTimestamp)},
        .producer_id = ProducerId{load_big_endian<std::int64_t>(at + Layout::kProducerId)},
        .producer_epoch = ProducerEpoch{load_big_endian<std::int16_t>(at + Layout::kProducerEpoch)},
        .base_sequence = Sequence{load_big_endian<std::int32_t>(at + Layout::kBaseSequence)},
        .record_count = load_big_endian<std::int32_t>(at + Layout::kRecordCount),
    };
}

bool BatchView::crc_matches() const {
    return crc32c(bytes.subspan(kCrcCoverageStart)) == header.crc;
}

Result<BatchView, RecordDefect> read_batch(RecordBytes bytes) {
    const auto header = read_batch_header(bytes);
    if (!header) return refuse(header.error());
    if (header->size_bytes() > bytes.size()) {
        return refuse(RecordDefect{RecordFault::truncated, "batch cut off", bytes.size()});
    }
    return BatchView{*header, bytes.first(header->size_bytes())};
}

Result<void, RecordDefect> check_batch_header(const BatchHeader& header) {
    const auto bad = [](const char* what, std::size_t position, RecordFault fault = RecordFault::malformed) {
        return refuse(RecordDefect{fault, what, position});
    };
    if (!header.codec()) return bad("codec is none of 0 to 4", Layout::kAttributes, RecordFault::unsupported);
    if (header.base_offset < Offset{0}) return bad("base offset negative", Layout::kBaseOffset);
    if (header.last_offset_delta < 0) return bad("last offset delta negative", Layout::kLastOffsetDelta);
    // One below the top, so that the end offset exists too.
    if (header.base_offset.value() >= std::numeric_limits<std::int64_t>::max() - header.last_offset_delta) {
        return bad("last offset past 2^63", Layout::kBaseOffset);
    }
    if (header.record_count < 0 || header.record_count > std::int64_t{header.last_offset_delta} + 1) {
        return bad("record count does not fit the offsets", Layout::kRecordCount);
    }
    if (header.producer_id >= ProducerId{0} && header.producer_epoch < ProducerEpoch{0}) {
        return bad("producer id without an epoch", Layout::kProducerEpoch);
    }
    return {};
}

Result<void, RecordDefect> check_batch(const BatchView& batch) {
    if (!batch.crc_matches()) {
        return refuse(RecordDefect{RecordFault::checksum, "batch checksum does not match", Layout::kCrc});
    }
    return check_batch_header(batch.header);
}

BatchFacts facts(const BatchView& batch) {
    const BatchHeader& header = batch.header;
    BatchFacts result{
        .base_offset = header.base_offset,
        .last_offset_delta = header.last_offset_delta,
        .leader_epoch = header.leader_epoch,
        .producer = std::nullopt,
        .transactional = header.is_transactional(),
        .marker = marker_of(batch),
        .max_timestamp = std::nullopt,
        .size_bytes = static_cast<std::uint32_t>(header.size_bytes()),
    };
    if (header.producer_id >= ProducerId{0}) {
        result.producer = ProducerStamp{header.producer_id, header.producer_epoch, std::nullopt};
        if (header.base_sequence >= Sequence{0}) result.producer->base_sequence = header.base_sequence;
    }
    if (header.max_timestamp != Timestamp{-1}) result.max_timestamp = header.max_timestamp;
    return result;
}

std::optional<BatchView> BatchReader::next() {
    const RecordBytes rest = bytes_.subspan(position_);
    end_ = BatchesEnd::complete;
    if (rest.empty()) return std::nullopt;
    const auto batch = read_batch(rest);
    if (batch) {
        position_ += batch->bytes.size();
        return *batch;
    }
    switch (batch.error().fault) {
        case RecordFault::truncated:
            end_ = BatchesEnd::truncated;
            break;
        case RecordFault::unsupported: {
            const auto magic = entry_magic(rest);
            end_ = magic == 0 || magic == 1 ? BatchesEnd::legacy : BatchesEnd::malformed;
            break;
        }
        default:
            end_ = BatchesEnd::malformed;
            break;
    }
    return std::nullopt;
}

void stamp_batch(std::span<std::byte> batch, Offset base_offset, LeaderEpoch leader_epoch) {
    HIGHWATER_INVARIANT(batch.size() >= kBatchHeaderBytes, "batch of {} bytes", batch.size());
    store_big_endian(batch.data() + Layout::kBaseOffset, base_offset.value());
    store_big_endian(batch.data() + Layout::kLeaderEpoch, leader_epoch.value());
}

void stamp_timestamp(std::span<std::byte> batch, TimestampType type, Timestamp max_timestamp) {
    HIGHWATER_INVARIANT(batch.size() >= kBatchHeaderBytes, "batch of {} bytes", batch.size());
    auto attributes = load_big_endian<std::uint16_t>(batch.data() + Layout::kAttributes);
    attributes = static_cast<std::uint16_t>(attributes & ~kLogAppendTimeBit);
    if (type == TimestampType::log_append_time) attributes |= kLogAppendTimeBit;
    store_big_endian(batch.data() + Layout::kAttributes, attributes);
    store_big_endian(batch.data() + Layout::kMaxTimestamp, max_timestamp.value());
    seal_batch(batch);
}

void seal_batch(std::span<std::byte> batch) {
    HIGHWATER_INVARIANT(batch.size() >= kBatchHeaderBytes &&
                            batch.size() - kLogOverheadBytes <= std::numeric_limits<std::int32_t>::max(),
                        "batch of {} bytes", batch.size());
    store_big_endian(batch.data() + Layout::kLength, static_cast<std::int32_t>(batch.size() - kLogOverheadBytes));
    store_big_endian(batch.data() + Layout::kCrc, crc32c(batch.subspan(kCrcCoverageStart)));
}

}  // namespace highwater::wire
