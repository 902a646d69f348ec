#include "net/wire/record/record.h"

#include "core/base/invariant.h"
#include "net/wire/record/compression/decompressor.h"
#include "net/wire/record/record_parse.h"

namespace highwater::wire {

std::optional<RecordHeader> RecordHeaders::next() {
    if (left_ == 0) return std::nullopt;
    --left_;
    const std::byte* at = rest_.data();
    const std::byte* const end = at + rest_.size();
    std::optional<RecordBytes> key;
    RecordHeader header;
    const bool whole = take_record_bytes(at, end, key) && key && take_record_bytes(at, end, header.value);
    HIGHWATER_INVARIANT(whole, "{} headers left in {} bytes", left_, rest_.size());
    header.key = *key;
    rest_ = RecordBytes(at, end);
    return header;
}

std::optional<RecordView> RecordReader::next() {
    if (defect_) return std::nullopt;
    const auto stop = [&](const char* what, RecordFault fault = RecordFault::malformed) {
        defect_ = RecordDefect{fault, what, position_};
        return std::nullopt;
    };
    if (left_ <= 0) {
        if (left_ < 0) return stop("record count negative");
        if (position_ != section_.size()) return stop("bytes after the last record");
        return std::nullopt;
    }
    const std::byte* at = section_.data() + position_;
    const std::byte* const end = section_.data() + section_.size();
    if (at == end) return stop("fewer records than the header's count");
    std::int32_t length = 0;
    if (!read_zig_zag(at, end, length) || length < 0) return stop("bad record length");
    if (length > end - at) return stop("record passes the section's end");
    RecordView record;
    if (const char* what = parse_record_body(at, at + length, record)) return stop(what);
    position_ = static_cast<std::size_t>(at + length - section_.data());
    --left_;
    return record;
}

Timestamp record_timestamp(const BatchHeader& header, const RecordView& record) {
    if (header.timestamp_type() == TimestampType::log_append_time) return header.max_timestamp;
    return Timestamp{static_cast<std::int64_t>(static_cast<std::uint64_t>(header.base_timestamp.value()) +
                                               static_cast<std::uint64_t>(record.timestamp_delta))};
}

Result<RecordBytes, RecordDefect> clear_records(const BatchView& batch, Decompressor& decompressor,
                                                std::size_t output_limit, RecordBuffer& scratch) {
    const auto codec = batch.header.codec();
    if (!codec) {
        return refuse(RecordDefect{RecordFault::unsupported, "codec is none of 0 to 4", BatchLayout::kAttributes});
    }
    if (*codec == CompressionCodec::none) return batch.records();
    auto clear = decompress(decompressor, *codec, batch.records(), output_limit);
    if (!clear) {
        if (clear.error() == DecompressError::too_large) {
            return refuse(RecordDefect{RecordFault::too_large, "records decompress above the limit", output_limit});
        }
        return refuse(RecordDefect{RecordFault::malformed, "records do not decompress", kBatchHeaderBytes});
    }
    scratch = std::move(*clear);
    return RecordBytes(scratch);
}

}  // namespace highwater::wire
