#include "net/wire/record/legacy_message_set.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "net/wire/record/legacy_message.h"
#include "net/wire/record/record.h"
#include "net/wire/record/record_batch.h"
#include "net/wire/record/record_batch_builder.h"

namespace highwater::wire {

namespace {

constexpr std::uint8_t kTimestampTypeBit = kLogAppendTimeBit;

Lz4Header lz4_header_of(std::int8_t magic) {
    return magic == 0 ? Lz4Header::legacy : Lz4Header::standard;
}

/// The codec of an entry; nullopt for those that magic 0 and 1 lack: zstd came with magic 2 (KIP-110).
std::optional<CompressionCodec> legacy_codec(const LegacyEntry& entry) {
    const auto codec = codec_of(entry.attributes);
    if (codec == CompressionCodec::zstd) return std::nullopt;
    return codec;
}

bool has_log_append_time(const LegacyEntry& entry) {
    return entry.magic == 1 && (entry.attributes & kTimestampTypeBit) != 0;
}

LegacyMessage message_of(const LegacyEntry& entry) {
    LegacyMessage message{.offset = Offset{entry.offset}, .magic = entry.magic, .key = entry.key, .value = entry.value};
    if (has_log_append_time(entry)) message.timestamp_type = TimestampType::log_append_time;
    if (entry.timestamp != -1) message.timestamp = Timestamp{entry.timestamp};
    return message;
}

std::unexpected<RecordDefect> malformed(const char* what, std::size_t position) {
    return refuse(RecordDefect{RecordFault::malformed, what, position});
}

/// Offset of the last message in a wrapper's set, every message checked.
Result<std::int64_t, RecordDefect> check_inner(RecordBytes set, std::int8_t magic, std::size_t position) {
    if (set.empty()) return malformed("wrapper without messages", position);
    std::int64_t last_offset = 0;
    while (!set.empty()) {
        const auto entry = read_legacy_entry(set);
        if (!entry) {
            // Nothing is torn inside of a wrapper that is whole.
            const bool torn = entry.error().fault == RecordFault::truncated;
            return refuse(
                RecordDefect{torn ? RecordFault::malformed : entry.error().fault, entry.error().what, position});
        }
        if (entry->magic != magic) return malformed("message of another magic in a wrapper", position);
        if (codec_of(entry->attributes) != CompressionCodec::none) return malformed("wrapper in a wrapper", position);
        last_offset = entry->offset;
        set = set.subspan(entry->size_bytes);
    }
    return last_offset;
}

/// What is added to an inner offset to make it absolute, or nullopt when the wrapper's offset cannot be.
std::optional<std::int64_t> offset_shift(const LegacyEntry& wrapper, std::int64_t last_inner) {
    if (wrapper.magic == 0) return 0;
    // Old librdkafka left the wrapper's offset at 0.
    if (wrapper.offset == 0) return 0;
    if (last_inner < 0 || wrapper.offset < last_inner) return std::nullopt;
    return wrapper.offset - last_inner;
}

}  // namespace

Result<void, RecordDefect> for_each_legacy_message(RecordBytes message_set, Decompressor& decompressor,
                                                   std::size_t output_limit,
                                                   const std::function<void(const LegacyMessage&)>& visit) {
    std::size_t position = 0;
    while (position != message_set.size()) {
        const auto entry = read_legacy_entry(message_set.subspan(position));
        if (!entry) {
            RecordDefect defect = entry.error();
            defect.position += position;
            return refuse(defect);
        }
        const auto codec = legacy_codec(*entry);
        if (!codec) return refuse(RecordDefect{RecordFault::unsupported, "codec is none of 0 to 3", position});
        if (*codec == CompressionCodec::none) {
            visit(message_of(*entry));
            position += entry->size_bytes;
            continue;
        }
        if (!entry->value) return malformed("wrapper without a value", position);
        const auto inner_set =
            decompress(decompressor, *codec, *entry->value, output_limit, lz4_header_of(entry->magic));
        if (!inner_set) {
            if (inner_set.error() == DecompressError::corrupt)
                return malformed("wrapper does not decompress", position);
            return refuse(RecordDefect{RecordFault::too_large, "wrappers decompress above the limit", position});
        }
        output_limit -= inner_set->size();
        const auto last_inner = check_inner(*inner_set, entry->magic, position);
        if (!last_inner) return refuse(last_inner.error());
        const auto shift = offset_shift(*entry, *last_inner);
        if (!shift) return malformed("wrapper offset below its last message's", position);
        for (RecordBytes rest = *inner_set; !rest.empty();) {
            auto inner = *read_legacy_entry(rest);
            rest = rest.subspan(inner.size_bytes);
            // Relative offsets of a liar may pass the end; they wrap, like Kafka's.
            inner.offset = static_cast<std::int64_t>(static_cast<std::uint64_t>(inner.offset) +
                                                     static_cast<std::uint64_t>(*shift));
            LegacyMessage message = message_of(inner);
            message.codec = *codec;
            if (has_log_append_time(*entry)) {
                message.timestamp_type = TimestampType::log_append_time;
                message.timestamp = Timestamp{entry->timestamp};
            }
            visit(message);
        }
        position += entry->size_bytes;
    }
    return {};
}

Result<RecordBuffer, RecordDefect> up_convert(RecordBytes message_set, Decompressor& decompressor,
                                              Compressor& compressor, std::size_t output_limit) {
    if (message_set.empty()) return malformed("message set without messages", 0);
    // What the batch's header must say before its records are seen.
    BatchOptions options;
    const auto magic = entry_magic(message_set);
    for (RecordBytes rest = message_set; !rest.empty();) {
        const auto entry = read_legacy_entry(rest);
        if (!entry) break;  // The walk below says where.
        if (entry->magic != magic) return malformed("message set of both magics", 0);
        if (const auto codec = legacy_codec(*entry); codec && *codec != CompressionCodec::none)
            options.compression = {*codec};
        rest = rest.subspan(entry->size_bytes);
    }
    RecordBatchBuilder builder(options);
    Timestamp log_append_time{-1};
    bool has_append_time = false;
    const auto walked =
        for_each_legacy_message(message_set, decompressor, output_limit, [&](const LegacyMessage& message) {
            const Timestamp timestamp = message.timestamp.value_or(Timestamp{-1});
            if (message.timestamp_type == TimestampType::log_append_time) {
                has_append_time = true;
                log_append_time = std::max(log_append_time, timestamp);
            }
            builder.add({.key = message.key, .value = message.value, .timestamp = timestamp});
        });
    if (!walked) return refuse(walked.error());
    RecordBuffer batch = builder.finish(compressor);
    if (has_append_time) stamp_timestamp(batch, TimestampType::log_append_time, log_append_time);
    return batch;
}

namespace {

/// Messages are sized in int32.
constexpr std::size_t kLargestContents = std::numeric_limits<std::int32_t>::max() - 64;

struct Conversion {
    std::int8_t magic;
    Offset first_offset;
    Decompressor& decompressor;
    Compressor& compressor;
    std::size_t output_limit;
};

/// Appends one batch's messages to `out`. False when there is none to append.
Result<bool> convert_batch(const BatchView& batch, const Conversion& to, RecordBuffer& out) {
    const BatchHeader& header = batch.header;
    if (header.is_control() || header.record_count == 0) return false;
    if (const auto sound = check_batch_header(header); !sound) return refuse(ErrorCode::corrupt_message);
    if (header.last_offset() < to.first_offset) return false;
    const CompressionCodec codec = *header.codec();
    if (codec == CompressionCodec::zstd) return refuse(ErrorCode::unsupported_compression_type);

    RecordBuffer scratch;
    const auto records = clear_records(batch, to.decompressor, to.output_limit, scratch);
    if (!records) {
        return refuse(records.error().fault == RecordFault::too_large ? ErrorCode::message_too_large
                                                                      : ErrorCode::corrupt_message);
    }
    // Messages go straight to `out`, or to what will be a wrapper's value.
    RecordBuffer inner_set;
    RecordBuffer& messages = codec == CompressionCodec::none ? out : inner_set;
    LegacyEntry entry{.magic = to.magic};
    if (to.magic == 1 && header.timestamp_type() == TimestampType::log_append_time) {
        entry.attributes = kTimestampTypeBit;
    }
    std::optional<Offset> first;
    Offset last;
    Timestamp max_timestamp{-1};
    RecordReader reader(*records, header.record_count);
    while (const auto record = reader.next()) {
        if (record->offset_delta > header.last_offset_delta) return refuse(ErrorCode::corrupt_message);
        const Offset offset = header.base_offset + OffsetDelta{record->offset_delta};
        if (offset < to.first_offset) continue;
        if (!first) first = offset;
        last = offset;
        const Timestamp timestamp = record_timestamp(header, *record);
        max_timestamp = std::max(max_timestamp, timestamp);
        const bool relative = codec != CompressionCodec::none && to.magic == 1;
        entry.offset = relative ? (offset - *first).value() : offset.value();
        entry.timestamp = timestamp.value();
        entry.key = record->key;
        entry.value = record->value;
        if ((entry.key ? entry.key->size() : 0) + (entry.value ? entry.value->size() : 0) > kLargestContents) {
            return refuse(ErrorCode::message_too_large);
        }
        append_legacy_entry(messages, entry);
    }
    if (reader.defect()) return refuse(ErrorCode::corrupt_message);
    if (!first || codec == CompressionCodec::none) return first.has_value();

    RecordBuffer value;
    compress(to.compressor, {codec}, inner_set, value, lz4_header_of(to.magic));
    if (value.size() > kLargestContents) return refuse(ErrorCode::message_too_large);
    entry.attributes |= static_cast<std::uint8_t>(codec);
    entry.offset = last.value();
    entry.timestamp = max_timestamp.value();
    entry.key = std::nullopt;
    entry.value = value;
    append_legacy_entry(out, entry);
    return true;
}

}  // namespace

Result<DownConverted> down_convert(RecordBytes batches, std::int8_t magic, Offset first_offset, std::size_t max_bytes,
                                   Decompressor& decompressor, Compressor& compressor, std::size_t output_limit) {
    const Conversion to{magic, first_offset, decompressor, compressor, output_limit};
    DownConverted result;
    BatchReader reader(batches);
    while (const auto batch = reader.next()) {
        const std::size_t before = result.message_set.size();
        const auto converted = convert_batch(*batch, to, result.message_set);
        const bool yields_first = before == 0;
        if (!converted && yields_first) return refuse(converted.error());
        if (!converted || (*converted && !yields_first && result.message_set.size() > max_bytes)) {
            result.message_set.resize(before);
            return result;
        }
        result.consumed_bytes = reader.position();
    }
    return result;
}

}  // namespace highwater::wire
