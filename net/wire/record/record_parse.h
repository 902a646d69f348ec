#pragma once

#include <cstdint>

#include "net/wire/record/record.h"
#include "net/wire/record/record_varint.h"

namespace highwater::wire {

/// Takes `length` bytes at `at`, with -1 as null where `nullable`. False when the length is otherwise negative or
/// passes `end`.
[[nodiscard]] inline bool take_record_bytes(const std::byte*& at, const std::byte* end,
                                            std::optional<RecordBytes>& bytes) {
    std::int32_t length = 0;
    if (!read_zig_zag(at, end, length)) return false;
    if (length < 0) {
        bytes = std::nullopt;
        return length == -1;
    }
    if (length > end - at) return false;
    bytes = RecordBytes(at, static_cast<std::size_t>(length));
    at += length;
    return true;
}

/// Reads what follows a record's length: all of [at, end). nullptr when it is a well-formed record that fills the range
/// exactly, else what is wrong with it.
[[nodiscard]] inline const char* parse_record_body(const std::byte* at, const std::byte* end, RecordView& record) {
    if (at == end) return "record without attributes";
    ++at;  // Attributes: no bit has a meaning.
    if (!read_zig_zag(at, end, record.timestamp_delta)) return "bad timestamp delta";
    if (!read_zig_zag(at, end, record.offset_delta) || record.offset_delta < 0) return "bad offset delta";
    if (!take_record_bytes(at, end, record.key)) return "bad key length";
    if (!take_record_bytes(at, end, record.value)) return "bad value length";
    // A header takes two bytes at least.
    if (!read_zig_zag(at, end, record.header_count) || record.header_count < 0 ||
        record.header_count > (end - at) / 2) {
        return "bad header count";
    }
    const std::byte* const headers = at;
    for (std::int32_t i = 0; i < record.header_count; ++i) {
        std::optional<RecordBytes> part;
        if (!take_record_bytes(at, end, part) || !part) return "bad header key length";
        if (!take_record_bytes(at, end, part)) return "bad header value length";
    }
    if (at != end) return "record longer than its fields";
    record.header_bytes = RecordBytes(headers, end);
    return nullptr;
}

}  // namespace highwater::wire
