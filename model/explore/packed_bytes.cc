#include "model/explore/packed_bytes.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "core/base/invariant.h"

namespace highwater::model {
namespace {

static_assert(std::endian::native == std::endian::little);

/// A block has as many groups as a group has bytes, so that which groups and which bytes there are fits a byte each.
constexpr std::size_t kGroup = 8;
constexpr std::size_t kBlock = kGroup * kGroup;

/// Bit i: byte i of the group is not zero.
std::uint64_t bytes_in(std::uint64_t group) {
    constexpr std::uint64_t kLow = 0x7f7f7f7f7f7f7f7fU;
    const std::uint64_t high = (((group & kLow) + kLow) | group) & ~kLow;
    // The highest bits of the eight bytes, gathered in the highest byte.
    return ((high >> 7) * 0x0102040810204080U) >> (kBlock - kGroup);
}

/// Bit i: byte i of the block is not zero.
std::uint64_t bytes_in(const std::byte* block) {
    std::uint64_t present = 0;
    for (std::size_t g = 0; g < kGroup; ++g) {
        std::uint64_t group = 0;
        std::memcpy(&group, block + g * kGroup, kGroup);
        present |= bytes_in(group) << (g * kGroup);
    }
    return present;
}

std::size_t first_bit(std::uint64_t bits) {
    return static_cast<std::size_t>(std::countr_zero(bits));
}

}  // namespace

void pack(std::span<const std::byte> bytes, std::vector<std::byte>& out) {
    const std::size_t begin = out.size();
    const std::size_t blocks = (bytes.size() + kBlock - 1) / kBlock;
    out.resize(begin + blocks * (1 + kGroup + kBlock));
    std::byte* to = out.data() + begin;
    for (std::size_t at = 0; at < bytes.size(); at += kBlock) {
        const std::byte* block = bytes.data() + at;
        std::byte last[kBlock];
        if (bytes.size() - at < kBlock) {
            std::memset(last, 0, kBlock);
            std::memcpy(last, block, bytes.size() - at);
            block = last;
        }
        const std::uint64_t present = bytes_in(block);
        const std::uint64_t groups = bytes_in(present);
        *to++ = static_cast<std::byte>(groups);
        for (std::uint64_t left = groups; left != 0; left &= left - 1) {
            *to++ = static_cast<std::byte>(present >> (first_bit(left) * kGroup));
        }
        for (std::uint64_t left = present; left != 0; left &= left - 1) *to++ = block[first_bit(left)];
    }
    out.resize(static_cast<std::size_t>(to - out.data()));
}

std::size_t unpack(std::span<const std::byte> packed, std::span<std::byte> bytes) {
    std::memset(bytes.data(), 0, bytes.size());
    std::size_t from = 0;
    const auto need = [&](int count) {
        HIGHWATER_INVARIANT(packed.size() - from >= static_cast<std::size_t>(count),
                            "packed bytes end at {}, {} before their end", packed.size(), count);
    };
    for (std::size_t at = 0; at < bytes.size(); at += kBlock) {
        need(1);
        const auto groups = static_cast<std::uint64_t>(packed[from++]);
        need(std::popcount(groups));
        std::uint64_t present = 0;
        for (std::uint64_t left = groups; left != 0; left &= left - 1) {
            present |= static_cast<std::uint64_t>(packed[from++]) << (first_bit(left) * kGroup);
        }
        need(std::popcount(present));
        HIGHWATER_INVARIANT(at + static_cast<std::size_t>(std::bit_width(present)) <= bytes.size(),
                            "packed bytes lie beyond the {} that there are", bytes.size());
        for (std::uint64_t left = present; left != 0; left &= left - 1) bytes[at + first_bit(left)] = packed[from++];
    }
    return from;
}

}  // namespace highwater::model
