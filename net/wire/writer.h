#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/strong_type.h"
#include "net/wire/codec.h"
#include "net/wire/decode_error.h"
#include "net/wire/output_buffer.h"

namespace highwater::wire {

/// Appends encoded values to an OutputBuffer, or only counts their bytes. All numbers are big-endian. The first
/// failure sticks.
class Writer {
  public:
    /// A writer that keeps what it writes.
    Writer() = default;

    /// A writer that keeps nothing and only counts.
    static Writer counting() {
        Writer writer;
        writer.counting_ = true;
        return writer;
    }

    /// Bytes written or counted so far.
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] const OutputBuffer& output() const { return out_; }
    /// Takes what was written; the writer is empty after it.
    OutputBuffer take();

    [[nodiscard]] bool flexible() const { return context_.flexible; }
    [[nodiscard]] std::int16_t version() const { return context_.version; }
    [[nodiscard]] const DecodeContext& context() const { return context_; }
    /// Says what is written from here on: version, and whether lengths are compact.
    void set_context(const DecodeContext& context) { context_ = context; }
    /// Names the field that is written next, for errors. `published_name` is a literal.
    void at_field(const char* published_name) { field_ = published_name; }
    /// Records a failure at the named field, unless there is one already.
    void fail(EncodeErrorKind kind);
    [[nodiscard]] bool failed() const { return error_.has_value(); }
    /// The first failure.
    [[nodiscard]] const std::optional<EncodeError>& error() const { return error_; }

    /// A copy of `bytes`, without a length.
    void raw(std::span<const std::byte> bytes) {
        size_ += bytes.size();
        if (!counting_) out_.append(bytes);
    }
    /// A fixed-size value; what Reader::scalar reads.
    template <class V>
    void scalar(V value);
    /// Unsigned LEB128, 1 to 5 bytes.
    void unsigned_varint(std::uint32_t value);
    /// Text of at most 32,767 bytes with its length: int16, or `compact` a varint of length + 1. Failure: too_long.
    void string(std::string_view text, bool compact);
    /// Length -1, or compact 0.
    void null_string(bool compact);
    /// Length of bytes or count of an array, at most 2^31 - 2: int32, or `compact` a varint of length + 1. Failure:
    /// too_long.
    void long_length(std::size_t length, bool compact);
    /// Length -1, or compact 0.
    void null_long(bool compact);
    /// Bytes with their length. Slices of at least kCopyBelow bytes that something keeps alive are not copied.
    void bytes(const Bytes& value, bool compact);
    /// Bytes without a length.
    void raw_bytes(const Bytes& value);

    /// Writes an int32 and returns where, for patch_int32 later.
    std::size_t placeholder_int32();
    /// Overwrites the int32 at a position that placeholder_int32() returned.
    void patch_int32(std::size_t position, std::int32_t value);

    /// As OutputBuffer::reserve; nothing for a counting writer.
    void reserve(std::size_t size) {
        if (!counting_) out_.reserve(size);
    }

    /// A point to return to.
    struct Mark {
        std::size_t size, own_size, external_count;
        DecodeContext context;
        const char* field;
    };
    [[nodiscard]] Mark mark() const { return {size_, out_.own_size(), out_.external_count(), context_, field_}; }
    /// Undoes everything since `mark`, a failure too.
    void rewind(const Mark& mark);

    /// Slices below this many bytes are cheaper to copy than to send as a piece of their own.
    static constexpr std::size_t kCopyBelow = 1024;

  private:
    OutputBuffer out_;
    std::size_t size_ = 0;
    DecodeContext context_;
    const char* field_ = "";
    std::optional<EncodeError> error_;
    bool counting_ = false;
};

template <class V>
void Writer::scalar(V value) {
    if constexpr (IsStrongType<V>) {
        scalar(value.value());
    } else if constexpr (std::is_enum_v<V>) {
        scalar(static_cast<std::underlying_type_t<V>>(value));
    } else if constexpr (std::is_base_of_v<Uuid, V>) {
        raw(std::as_bytes(std::span(value.bytes)));
    } else if constexpr (std::is_same_v<V, bool>) {
        scalar<std::uint8_t>(value ? 1 : 0);
    } else if constexpr (std::is_same_v<V, double>) {
        scalar(std::bit_cast<std::uint64_t>(value));
    } else {
        static_assert(std::is_integral_v<V>);
        auto raw_value = static_cast<std::make_unsigned_t<V>>(value);
        if constexpr (std::endian::native == std::endian::little && sizeof(V) > 1) {
            if constexpr (sizeof(V) == 2) raw_value = __builtin_bswap16(raw_value);
            if constexpr (sizeof(V) == 4) raw_value = __builtin_bswap32(raw_value);
            if constexpr (sizeof(V) == 8) raw_value = __builtin_bswap64(raw_value);
        }
        raw(std::as_bytes(std::span(&raw_value, 1)));
    }
}

template <Message T>
Result<void, EncodeError> encode(Writer& writer, const T& value, std::int16_t version) {
    const MessageInfo& info = Schema<T>::message;
    if (!info.versions.contains(version)) {
        return std::unexpected(EncodeError{EncodeErrorKind::unsupported_version, info.name, ""});
    }
    const Writer::Mark before = writer.mark();
    writer.set_context(context_of<T>(version));
    writer.at_field("");
    Codec<T>::write(writer, value);
    if (writer.failed()) {
        const EncodeError error = *writer.error();
        writer.rewind(before);
        return std::unexpected(error);
    }
    writer.set_context(before.context);
    return {};
}

template <Message T>
Result<std::size_t, EncodeError> encoded_size(const T& value, std::int16_t version) {
    Writer counter = Writer::counting();
    if (auto done = encode(counter, value, version); !done) return std::unexpected(done.error());
    return counter.size();
}

}  // namespace highwater::wire
