#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace highwater {

/// Spreads the bits of `x` over all 64: the finalizer of SplitMix64 (Steele, Lea, Flood 2014). A bijection.
[[nodiscard]] constexpr std::uint64_t mix_bits(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

/// A 64-bit hash of a sequence of words. Equal on every run, compiler and machine, since traces and the checker's
/// numbers of states are compared across them. Not for input that an attacker chooses (no secret key).
class Hasher {
  public:
    constexpr Hasher() = default;
    constexpr explicit Hasher(std::uint64_t seed) : state_(mix_bits(seed)) {}

    /// Order matters: adding a then b gives another hash than b then a.
    constexpr void add(std::uint64_t word) {
        state_ = (state_ ^ word) * 0x9fb21c651e98df25U;
        state_ ^= state_ >> 32;
    }

    /// Adds the length too, so that ("ab", "c") and ("a", "bc") differ.
    constexpr void add(std::string_view text) {
        add(static_cast<std::uint64_t>(text.size()));
        std::uint64_t word = 0;
        std::size_t filled = 0;
        for (char c : text) {
            word = (word << 8) | static_cast<unsigned char>(c);
            if (++filled == 8) {
                add(word);
                word = 0;
                filled = 0;
            }
        }
        if (filled > 0) add(word);
    }

    [[nodiscard]] constexpr std::uint64_t value() const { return mix_bits(state_); }

  private:
    std::uint64_t state_ = 0x6877686173680001U;
};

/// The hash of a bag of values, kept while values come and go: order does not matter, equal values count.
/// Whoever adds a value that another order would make a different state puts its place (an offset, an id) into its
/// hash.
class HashSum {
  public:
    constexpr void add(std::uint64_t hash) { sum_ += mix_bits(hash); }
    /// Requires: `hash` was added before.
    constexpr void remove(std::uint64_t hash) { sum_ -= mix_bits(hash); }
    constexpr void clear() { sum_ = 0; }
    [[nodiscard]] constexpr std::uint64_t value() const { return sum_; }
    friend constexpr bool operator==(HashSum, HashSum) = default;

  private:
    std::uint64_t sum_ = 0;
};

}  // namespace highwater
