#pragma once

#include <cstdint>

#include "net/wire/record/record.h"
#include "net/wire/record/record_stream.h"
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

/// Skips bytes with a length. False as take_record_bytes; `present` is false for null.
[[nodiscard, gnu::always_inline]] inline bool skip_record_bytes(const std::byte*& at, const std::byte* end,
                                                                bool& present) {
    std::int32_t length = 0;
    if (!read_zig_zag(at, end, length) || length < -1 || length > end - at) return false;
    present = length >= 0;
    if (present) at += length;
    return true;
}

/// parse_record_body for who needs no contents: the same records pass.
[[nodiscard, gnu::always_inline]] inline const char* outline_record_body(const std::byte* at, const std::byte* end,
                                                                         RecordOutline& outline) {
    if (at == end) return "record without attributes";
    ++at;
    if (!read_zig_zag(at, end, outline.timestamp_delta)) return "bad timestamp delta";
    if (!read_zig_zag(at, end, outline.offset_delta) || outline.offset_delta < 0) return "bad offset delta";
    if (!skip_record_bytes(at, end, outline.has_key)) return "bad key length";
    if (!skip_record_bytes(at, end, outline.has_value)) return "bad value length";
    std::int32_t header_count = 0;
    if (!read_zig_zag(at, end, header_count) || header_count < 0 || header_count > (end - at) / 2) {
        return "bad header count";
    }
    for (bool present = false; header_count != 0; --header_count) {
        if (!skip_record_bytes(at, end, present) || !present) return "bad header key length";
        if (!skip_record_bytes(at, end, present)) return "bad header value length";
    }
    return at == end ? nullptr : "record longer than its fields";
}

/// Walks a whole section in the clear as RecordReader does, calling see(outline) for each record; see returns whether
/// to go on. The defect, or nullopt; also when see ended the walk. Inlined into its one loop: this is what a leader
/// does with every uncompressed record.
template <class See>
[[nodiscard]] std::optional<RecordDefect> outline_section(RecordBytes section, std::int32_t count, See&& see) {
    const std::byte* const begin = section.data();
    const std::byte* const end = begin + section.size();
    const std::byte* at = begin;
    const auto defect = [&](const char* what) {
        return RecordDefect{RecordFault::malformed, what, static_cast<std::size_t>(at - begin)};
    };
    if (count < 0) return defect("record count negative");
    for (; count != 0; --count) {
        if (at == end) return defect("fewer records than the header's count");
        const std::byte* body = at;
        std::int32_t length = 0;
        if (!read_zig_zag(body, end, length) || length < 0) return defect("bad record length");
        if (length > end - body) return defect("record passes the section's end");
        RecordOutline outline;
        if (const char* what = outline_record_body(body, body + length, outline)) return defect(what);
        at = body + length;
        if (!see(outline)) return std::nullopt;
    }
    if (at != end) return defect("bytes after the last record");
    return std::nullopt;
}

}  // namespace highwater::wire
