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

/// Reads one zig-zag number (std::int32_t or std::int64_t) at `at`, which moves past it. False, with `at` anywhere in
/// the number, when it runs over `end` or overflows.
template <class Int>
[[nodiscard]] inline bool read_zig_zag(const std::byte*& at, const std::byte* end, Int& value) {
    using Bits = std::make_unsigned_t<Int>;
    if (at != end && *at < std::byte{0x80}) [[likely]] {
        value = from_zig_zag(static_cast<Bits>(*at++));
        return true;
    }
    VarintAssembler<Bits> number;
    while (at != end) {
        const auto state = number.feed(std::to_integer<std::uint8_t>(*at++));
        if (state == VarintAssembler<Bits>::State::more) continue;
        value = from_zig_zag(number.bits());
        return state == VarintAssembler<Bits>::State::done;
    }
    return false;
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
