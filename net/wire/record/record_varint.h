#pragma once

#include <cstddef>
#include <cstdint>

#include "net/wire/record/record_bytes.h"

namespace highwater::wire {

/// Zig-zag integers of magic 2 records (Protocol Buffers' sint32 and sint64): small magnitudes take few bytes.

[[nodiscard]] constexpr std::uint32_t zig_zag(std::int32_t value) {
    return (static_cast<std::uint32_t>(value) << 1) ^ static_cast<std::uint32_t>(value >> 31);
}
[[nodiscard]] constexpr std::uint64_t zig_zag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] constexpr std::int32_t from_zig_zag(std::uint32_t bits) {
    return static_cast<std::int32_t>((bits >> 1) ^ (~(bits & 1) + 1));
}
[[nodiscard]] constexpr std::int64_t from_zig_zag(std::uint64_t bits) {
    return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

/// Takes one base-128 number byte by byte from the least significant group on. feed() says whether more is needed;
/// a number that does not fit Bits bits, or has more bytes than Bits can fill, is an overflow.
template <class Bits>
class VarintAssembler {
  public:
    enum class State : std::uint8_t { more, done, overflow };

    constexpr State feed(std::uint8_t byte) {
        constexpr unsigned kBits = sizeof(Bits) * 8;
        const auto group = static_cast<Bits>(byte & 0x7FU);
        if (shift_ + 7 > kBits && (group >> (kBits - shift_)) != 0) return State::overflow;
        bits_ |= group << shift_;
        if ((byte & 0x80U) == 0) return State::done;
        shift_ += 7;
        return shift_ < kBits ? State::more : State::overflow;
    }
    [[nodiscard]] constexpr Bits bits() const { return bits_; }

  private:
    Bits bits_ = 0;
    unsigned shift_ = 0;
};

/// A number and what follows it; `next` is null when the number ran over the end or overflowed.
template <class Bits>
struct TakenVarint {
    const std::byte* next;
    Bits bits;
};

/// Any length of number. Apart from the common short ones, and out of their way.
template <class Bits>
[[gnu::noinline]] inline TakenVarint<Bits> take_long_varint(const std::byte* at, const std::byte* end) {
    VarintAssembler<Bits> number;
    while (at != end) {
        const auto state = number.feed(std::to_integer<std::uint8_t>(*at++));
        if (state == VarintAssembler<Bits>::State::done) return {at, number.bits()};
        if (state == VarintAssembler<Bits>::State::overflow) break;
    }
    return {nullptr, 0};
}

/// Reads one zig-zag number (std::int32_t or std::int64_t) at `at`, which moves past it. False, with `at` where it was,
/// when it runs over `end` or overflows.
template <class Int>
[[nodiscard, gnu::always_inline]] inline bool read_zig_zag(const std::byte*& at, const std::byte* end, Int& value) {
    using Bits = std::make_unsigned_t<Int>;
    // One and two bytes are nearly all numbers of a record: lengths, offset deltas, times.
    if (at != end) [[likely]] {
        const auto first = std::to_integer<Bits>(at[0]);
        if (first < 0x80) {
            at += 1;
            value = from_zig_zag(first);
            return true;
        }
        if (end - at >= 2 && at[1] < std::byte{0x80}) {
            value = from_zig_zag(static_cast<Bits>((first & 0x7F) | std::to_integer<Bits>(at[1]) << 7));
            at += 2;
            return true;
        }
    }
    const auto taken = take_long_varint<Bits>(at, end);
    if (taken.next == nullptr) return false;
    at = taken.next;
    value = from_zig_zag(taken.bits);
    return true;
}

/// Bytes that append_zig_zag writes: 1 to 5 for int32, 1 to 10 for int64.
template <class Int>
[[nodiscard]] constexpr std::size_t zig_zag_size(Int value) {
    std::size_t size = 1;
    for (auto bits = zig_zag(value); bits >= 0x80; bits >>= 7) ++size;
    return size;
}

template <class Int>
inline void append_zig_zag(RecordBuffer& out, Int value) {
    auto bits = zig_zag(value);
    for (; bits >= 0x80; bits >>= 7) out.push_back(static_cast<std::byte>(bits | 0x80U));
    out.push_back(static_cast<std::byte>(bits));
}

}  // namespace highwater::wire
