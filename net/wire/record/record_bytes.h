#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace highwater::wire {

/// Bytes that somebody else owns and keeps alive.
using RecordBytes = std::span<const std::byte>;
/// Bytes of one's own.
using RecordBuffer = std::vector<std::byte>;

/// The big-endian integer at `at`. Requires: sizeof(T) readable bytes there.
template <class T>
[[nodiscard]] inline T load_big_endian(const void* at) {
    std::make_unsigned_t<T> bits;
    std::memcpy(&bits, at, sizeof(bits));
    if constexpr (std::endian::native == std::endian::little) {
        if constexpr (sizeof(T) == 2) bits = __builtin_bswap16(bits);
        if constexpr (sizeof(T) == 4) bits = __builtin_bswap32(bits);
        if constexpr (sizeof(T) == 8) bits = __builtin_bswap64(bits);
    }
    return static_cast<T>(bits);
}

/// Writes `value` big-endian. Requires: sizeof(T) writable bytes at `at`.
template <class T>
inline void store_big_endian(void* at, T value) {
    auto bits = static_cast<std::make_unsigned_t<T>>(value);
    if constexpr (std::endian::native == std::endian::little) {
        if constexpr (sizeof(T) == 2) bits = __builtin_bswap16(bits);
        if constexpr (sizeof(T) == 4) bits = __builtin_bswap32(bits);
        if constexpr (sizeof(T) == 8) bits = __builtin_bswap64(bits);
    }
    std::memcpy(at, &bits, sizeof(bits));
}

/// Appends `value` big-endian.
template <class T>
inline void append_big_endian(RecordBuffer& out, T value) {
    std::byte bytes[sizeof(T)];
    store_big_endian<T>(bytes, value);
    out.insert(out.end(), bytes, bytes + sizeof(T));
}

inline void append_bytes(RecordBuffer& out, RecordBytes bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace highwater::wire
