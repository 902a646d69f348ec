#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/wire/record/codec.h"
#include "net/wire/record/record.h"
#include "net/wire/record/record_batch.h"
#include "net/wire/record/record_batch_builder.h"
#include "net/wire/record/record_bytes.h"
#include "net/wire/record/record_varint.h"

namespace highwater::wire::testing {

inline constexpr CompressionCodec kEveryCodec[] = {CompressionCodec::none, CompressionCodec::gzip,
                                                   CompressionCodec::snappy, CompressionCodec::lz4,
                                                   CompressionCodec::zstd};

inline RecordBytes bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

inline std::string text_of(RecordBytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline RecordBuffer buffer_of(std::initializer_list<unsigned> bytes) {
    RecordBuffer out;
    for (const unsigned byte : bytes) out.push_back(static_cast<std::byte>(byte));
    return out;
}

/// A record that owns its contents, for building batches and for comparing what was read.
struct OwnedRecord {
    std::optional<std::string> key;
    std::optional<std::string> value;
    std::int64_t timestamp = -1;
    std::vector<std::pair<std::string, std::optional<std::string>>> headers;
    std::int64_t offset = 0;

    friend bool operator==(const OwnedRecord&, const OwnedRecord&) = default;
};

inline void add_to(RecordBatchBuilder& builder, const OwnedRecord& record) {
    std::vector<RecordHeader> headers;
    const auto bytes = [](const std::optional<std::string>& text) {
        return text ? std::optional(bytes_of(*text)) : std::nullopt;
    };
    for (const auto& [key, value] : record.headers) headers.push_back({bytes_of(key), bytes(value)});
    builder.add({bytes(record.key), bytes(record.value), Timestamp{record.timestamp}, headers});
}

/// `records` as a batch; their offsets are not looked at.
inline RecordBuffer a_batch(const std::vector<OwnedRecord>& records, BatchOptions options = {}) {
    RecordBatchBuilder builder(options);
    for (const auto& record : records) add_to(builder, record);
    return builder.finish();
}

/// `count` records with keys k0, k1... and values v0, v1..., a millisecond apart from `start`.
inline std::vector<OwnedRecord> some_records(int count, std::int64_t start = 1'000'000) {
    std::vector<OwnedRecord> records;
    for (int i = 0; i < count; ++i) {
        records.push_back({"k" + std::to_string(i), "v" + std::to_string(i), start + i, {}, i});
    }
    return records;
}

/// A batch around a records section of any bytes, its header otherwise proper.
inline RecordBuffer batch_around(RecordBytes section, std::int32_t count,
                                 CompressionCodec codec = CompressionCodec::none) {
    RecordBuffer batch = RecordBatchBuilder({.compression = {CompressionCodec::none}}).finish();
    append_bytes(batch, section);
    store_big_endian(batch.data() + BatchLayout::kAttributes, static_cast<std::uint16_t>(codec));
    store_big_endian(batch.data() + BatchLayout::kLastOffsetDelta, count - 1);
    store_big_endian(batch.data() + BatchLayout::kRecordCount, count);
    seal_batch(batch);
    return batch;
}

/// Changes a header field and makes the CRC right again.
template <class T>
RecordBuffer with_field(RecordBuffer batch, std::size_t at, T value) {
    store_big_endian(batch.data() + at, value);
    if (at != BatchLayout::kLength && at != BatchLayout::kCrc) seal_batch(batch);
    return batch;
}

/// A section with one record, whose length field is right and whose body is `body`.
inline RecordBuffer record_with_body(const RecordBuffer& body) {
    RecordBuffer out;
    append_zig_zag(out, static_cast<std::int32_t>(body.size()));
    append_bytes(out, body);
    return out;
}

/// Everything in a batch's records; nullopt where the reader found a defect.
inline std::optional<std::vector<OwnedRecord>> read_all(const BatchView& batch) {
    Decompressor decompressor;
    RecordBuffer scratch;
    const auto section = clear_records(batch, decompressor, std::size_t{1} << 28, scratch);
    if (!section) return std::nullopt;
    const auto text = [](const std::optional<RecordBytes>& bytes) {
        return bytes ? std::optional(text_of(*bytes)) : std::nullopt;
    };
    std::vector<OwnedRecord> records;
    RecordReader reader(*section, batch.header.record_count);
    while (const auto record = reader.next()) {
        OwnedRecord owned{text(record->key),
                          text(record->value),
                          record_timestamp(batch.header, *record).value(),
                          {},
                          batch.header.base_offset.value() + record->offset_delta};
        RecordHeaders headers(*record);
        while (const auto header = headers.next())
            owned.headers.emplace_back(text_of(header->key), text(header->value));
        records.push_back(std::move(owned));
    }
    if (reader.defect()) return std::nullopt;
    return records;
}

}  // namespace highwater::wire::testing
