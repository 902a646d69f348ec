#include "net/wire/writer.h"

namespace highwater::wire {

namespace {

constexpr std::size_t kMaxStringBytes = 32'767;
constexpr std::size_t kMaxLength = 0x7FFFFFFE;

}  // namespace

OutputBuffer Writer::take() {
    size_ = 0;
    error_.reset();
    return std::exchange(out_, {});
}

void Writer::fail(EncodeErrorKind kind) {
    if (!error_) error_ = EncodeError{kind, context_.message, field_};
}

void Writer::unsigned_varint(std::uint32_t value) {
    std::array<std::byte, 5> bytes;
    std::size_t count = 0;
    while (value > 0x7F) {
        bytes[count++] = static_cast<std::byte>(0x80 | (value & 0x7F));
        value >>= 7;
    }
    bytes[count++] = static_cast<std::byte>(value);
    raw(std::span(bytes).first(count));
}

void Writer::string(std::string_view text, bool compact) {
    if (text.size() > kMaxStringBytes) return fail(EncodeErrorKind::too_long);
    if (compact) {
        unsigned_varint(static_cast<std::uint32_t>(text.size() + 1));
    } else {
        scalar(static_cast<std::int16_t>(text.size()));
    }
    raw(std::as_bytes(std::span(text)));
}

void Writer::null_string(bool compact) {
    if (compact) {
        unsigned_varint(0);
    } else {
        scalar(std::int16_t{-1});
    }
}

void Writer::long_length(std::size_t length, bool compact) {
    if (length > kMaxLength) return fail(EncodeErrorKind::too_long);
    if (compact) {
        unsigned_varint(static_cast<std::uint32_t>(length + 1));
    } else {
        scalar(static_cast<std::int32_t>(length));
    }
}

void Writer::null_long(bool compact) {
    if (compact) {
        unsigned_varint(0);
    } else {
        scalar(std::int32_t{-1});
    }
}

void Writer::bytes(const Bytes& value, bool compact) {
    long_length(value.size(), compact);
    if (!failed()) raw_bytes(value);
}

void Writer::raw_bytes(const Bytes& value) {
    value.for_each_slice([&](const Slice& slice) {
        if (slice.keep_alive == nullptr || slice.bytes.size() < kCopyBelow || counting_) return raw(slice.bytes);
        size_ += slice.bytes.size();
        out_.append_external(slice);
    });
}

std::size_t Writer::placeholder_int32() {
    const std::size_t position = out_.own_size();
    scalar(std::int32_t{0});
    return position;
}

void Writer::patch_int32(std::size_t position, std::int32_t value) {
    if (counting_) return;
    const auto raw_value = __builtin_bswap32(static_cast<std::uint32_t>(value));
    static_assert(std::endian::native == std::endian::little);
    out_.overwrite(position, std::as_bytes(std::span(&raw_value, 1)));
}

void Writer::rewind(const Mark& mark) {
    out_.truncate(mark.own_size, mark.external_count);
    size_ = mark.size;
    context_ = mark.context;
    field_ = mark.field;
    error_.reset();
}

}  // namespace highwater::wire
