#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "core/base/ids.h"

namespace highwater::engine {

/// The engine's one source of chance: xoshiro256** (Blackman and Vigna, 2018), seeded by the shell. Good enough for
/// ids that must not collide; nothing secret comes from it.
class Random {
  public:
    explicit Random(const std::array<std::uint64_t, 4>& seed) : state_(seed) {
        if ((state_[0] | state_[1] | state_[2] | state_[3]) == 0) state_[0] = 1;
        for (int i = 0; i < 16; ++i) next();  // a seed with few set bits needs a few rounds to mix
    }

    std::uint64_t next() {
        const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
        const std::uint64_t t = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    /// From 1 to 2^31 - 1, both included.
    std::int32_t positive_int32() { return static_cast<std::int32_t>(next() % 0x7fff'ffffU) + 1; }

    /// A random UUID (version 4) that does not begin with a dash in its text form, as Kafka's do not.
    Uuid uuid() {
        Uuid uuid;
        do {
            for (std::size_t i = 0; i < 16; i += 8) {
                const std::uint64_t bits = next();
                for (std::size_t j = 0; j < 8; ++j) uuid.bytes[i + j] = static_cast<std::uint8_t>(bits >> (8 * j));
            }
            uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0fU) | 0x40U);
            uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3fU) | 0x80U);
        } while (uuid.bytes[0] >> 2 == 62);  // 62 is '-' in base64url
        return uuid;
    }

  private:
    std::array<std::uint64_t, 4> state_;
};

}  // namespace highwater::engine
