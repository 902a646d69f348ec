#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "core/base/ids.h"
#include "core/base/strong_type.h"
#include "net/wire/decode_error.h"

namespace highwater::wire {

/// What a decoder accepts. The default is a broker's.
struct DecodeOptions {
    /// Refuse strings that are not valid UTF-8. A broker lets them through, since a bad topic name is answered with
    /// INVALID_TOPIC_EXCEPTION and not by closing the connection.
    bool require_utf8 = false;
    /// Take every negative length for null, as Kafka's reader does, not only -1.
    bool negative_length_is_null = false;
    /// Most elements that one array may claim. It bounds the time one request can cost.
    std::int32_t max_array_elements = 100'000;
};

/// Kafka's own reader, save that strings are valid UTF-8: for tools and tests.
inline constexpr DecodeOptions kToolDecodeOptions{true, true, INT32_MAX};

/// What the bytes after this point are: everything needed to read on, also later.
struct DecodeContext {
    const char* message = "";
    std::int16_t version = 0;
    bool flexible = false;
    DecodeOptions options;
};

/// A cursor over the bytes of one message. Takes no memory. The first failure sticks: every read after it yields
/// zeros and empty values, and `error()` tells what and where it was. All numbers are big-endian.
class Reader {
  public:
    /// A view: the caller keeps the bytes.
    Reader(std::span<const std::byte> bytes, const DecodeContext& context)
        : begin_(bytes.data()), at_(begin_), end_(begin_ + bytes.size()), context_(context) {}

    [[nodiscard]] const DecodeContext& context() const { return context_; }
    [[nodiscard]] std::int16_t version() const { return context_.version; }
    [[nodiscard]] bool flexible() const { return context_.flexible; }
    [[nodiscard]] bool failed() const { return failed_; }
    /// The first failure. Meaningful only if failed().
    [[nodiscard]] DecodeError error() const { return error_; }
    /// Bytes not read yet; 0 after a failure.
    [[nodiscard]] std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
    /// Bytes read so far.
    [[nodiscard]] std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
    /// Where the next byte is.
    [[nodiscard]] const std::byte* data() const { return at_; }

    /// Names the field that is read next, for errors. `published_name` is a literal.
    void at_field(const char* published_name) { field_ = published_name; }
    /// Records a failure at this position, unless there is one already; nothing remains to be read then.
    void fail(DecodeErrorKind kind);

    /// The next `size` bytes, or an empty span and a failure.
    std::span<const std::byte> take(std::size_t size) {
        if (size > remaining()) [[unlikely]] {
            fail(DecodeErrorKind::truncated);
            return {};
        }
        const std::byte* start = at_;
        at_ += size;
        return {start, size};
    }

    /// A fixed-size value: an integer, bool (any non-zero byte is true), float64, uuid, or a strong or enum type of
    /// one.
    template <class V>
    V scalar();

    /// Unsigned LEB128 of at most 5 bytes and 32 bits. Over-long forms within 5 bytes pass, as in Kafka.
    std::uint32_t unsigned_varint();

    /// Length of a string; -1 for null. `compact`: varint of length + 1.
    std::int32_t string_length(bool compact);
    /// Length of bytes or count of an array; -1 for null.
    std::int32_t long_length(bool compact);
    /// A string of at most 32,767 bytes, nullopt for null; never longer than the bytes left.
    std::optional<std::string_view> string(bool compact);
    /// Bytes, nullopt for null; never longer than the bytes left.
    std::optional<std::span<const std::byte>> bytes(bool compact);
    /// Count of an array, nullopt for null. Refuses more elements than bytes are left, and than the options allow.
    std::optional<std::size_t> array_count(bool compact);

  private:
    std::int32_t checked_length(std::int64_t length);

    const std::byte* begin_;
    const std::byte* at_;
    const std::byte* end_;
    DecodeContext context_;
    const char* field_ = "";
    bool failed_ = false;
    DecodeError error_;
};

/// Whether `text` is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_valid_utf8(std::string_view text);

template <class V>
V Reader::scalar() {
    if constexpr (IsStrongType<V>) {
        return V{scalar<typename V::rep>()};
    } else if constexpr (std::is_enum_v<V>) {
        return static_cast<V>(scalar<std::underlying_type_t<V>>());
    } else if constexpr (std::is_base_of_v<Uuid, V>) {
        V uuid;
        if (auto raw = take(16); !raw.empty()) std::memcpy(uuid.bytes.data(), raw.data(), 16);
        return uuid;
    } else if constexpr (std::is_same_v<V, bool>) {
        return scalar<std::uint8_t>() != 0;
    } else if constexpr (std::is_same_v<V, double>) {
        return std::bit_cast<double>(scalar<std::uint64_t>());
    } else {
        static_assert(std::is_integral_v<V>);
        auto raw = take(sizeof(V));
        if (raw.empty()) [[unlikely]]
            return 0;
        std::make_unsigned_t<V> value;
        std::memcpy(&value, raw.data(), sizeof(V));
        if constexpr (std::endian::native == std::endian::little && sizeof(V) > 1) {
            if constexpr (sizeof(V) == 2) value = __builtin_bswap16(value);
            if constexpr (sizeof(V) == 4) value = __builtin_bswap32(value);
            if constexpr (sizeof(V) == 8) value = __builtin_bswap64(value);
        }
        return static_cast<V>(value);
    }
}

}  // namespace highwater::wire
