#include "net/wire/reader.h"

namespace highwater::wire {

namespace {

constexpr std::int32_t kMaxStringBytes = 32'767;

}  // namespace

void Reader::fail(DecodeErrorKind kind) {
    if (failed_) return;
    failed_ = true;
    error_ = {kind, context_.message, field_, position()};
    at_ = end_;
}

std::uint32_t Reader::unsigned_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        const auto byte = scalar<std::uint8_t>();
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) {
            if (value > UINT32_MAX) break;
            return static_cast<std::uint32_t>(value);
        }
    }
    fail(DecodeErrorKind::varint_overflow);
    return 0;
}

std::int32_t Reader::checked_length(std::int64_t length) {
    if (length > INT32_MAX || (length < -1 && !context_.options.negative_length_is_null)) {
        fail(DecodeErrorKind::bad_length);
        return 0;
    }
    return length < 0 ? -1 : static_cast<std::int32_t>(length);
}

std::int32_t Reader::string_length(bool compact) {
    const auto length =
        compact ? checked_length(std::int64_t{unsigned_varint()} - 1) : checked_length(scalar<std::int16_t>());
    if (length > kMaxStringBytes) {
        fail(DecodeErrorKind::bad_length);
        return 0;
    }
    return length;
}

std::int32_t Reader::long_length(bool compact) {
    return compact ? checked_length(std::int64_t{unsigned_varint()} - 1) : checked_length(scalar<std::int32_t>());
}

std::optional<std::string_view> Reader::string(bool compact) {
    const auto length = string_length(compact);
    if (length < 0) return std::nullopt;
    const auto raw = take(static_cast<std::size_t>(length));
    const std::string_view text(reinterpret_cast<const char*>(raw.data()), raw.size());
    if (context_.options.require_utf8 && !is_valid_utf8(text)) fail(DecodeErrorKind::invalid_utf8);
    return text;
}

std::optional<std::span<const std::byte>> Reader::bytes(bool compact) {
    const auto length = long_length(compact);
    if (length < 0) return std::nullopt;
    return take(static_cast<std::size_t>(length));
}

std::optional<std::size_t> Reader::array_count(bool compact) {
    const auto count = long_length(compact);
    if (count < 0) return std::nullopt;
    if (static_cast<std::size_t>(count) > remaining()) {
        fail(DecodeErrorKind::array_over_bytes);
        return 0;
    }
    if (count > context_.options.max_array_elements) {
        fail(DecodeErrorKind::too_many_elements);
        return 0;
    }
    return static_cast<std::size_t>(count);
}

bool is_valid_utf8(std::string_view text) {
    const auto* at = reinterpret_cast<const unsigned char*>(text.data());
    const auto* end = at + text.size();
    const auto continues = [&](int offset) { return end - at > offset && (at[offset] & 0xC0) == 0x80; };
    while (at < end) {
        const unsigned first = at[0];
        if (first < 0x80) {
            at += 1;
        } else if (first >= 0xC2 && first <= 0xDF && continues(1)) {
            at += 2;
        } else if (first >= 0xE0 && first <= 0xEF && continues(1) && continues(2)) {
            if (first == 0xE0 && at[1] < 0xA0) return false;   // overlong
            if (first == 0xED && at[1] >= 0xA0) return false;  // surrogate
            at += 3;
        } else if (first >= 0xF0 && first <= 0xF4 && continues(1) && continues(2) && continues(3)) {
            if (first == 0xF0 && at[1] < 0x90) return false;   // overlong
            if (first == 0xF4 && at[1] >= 0x90) return false;  // above U+10FFFF
            at += 4;
        } else {
            return false;
        }
    }
    return true;
}

}  // namespace highwater::wire
