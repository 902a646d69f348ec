#pragma once

#include <cstdint>
#include <span>

namespace highwater::wire {

/// Turns arbitrary bytes into choices, for generating messages: a property test or fuzzer that varies (and shrinks)
/// the bytes varies the message. After the end it yields zeros, and zeros choose the smallest.
class ByteSource {
  public:
    /// A view: the caller keeps the bytes.
    explicit ByteSource(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    /// The next byte, or 0 at the end.
    std::uint8_t next() {
        if (at_ == bytes_.size()) return 0;
        return bytes_[at_++];
    }
    /// The next eight bytes, the first of them highest.
    std::uint64_t next64() {
        std::uint64_t value = 0;
        for (int i = 0; i < 8; ++i) value = value << 8 | next();
        return value;
    }
    /// A number from 0 to bound - 1. Requires: 0 < bound <= 256.
    std::uint32_t below(std::uint32_t bound) { return next() % bound; }

    /// Whether one more array element may be made; there are at most kMaxElements, so that generating ends.
    bool spend_element() {
        if (elements_ == kMaxElements) return false;
        ++elements_;
        return true;
    }
    static constexpr int kMaxElements = 200;

  private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
    int elements_ = 0;
};

}  // namespace highwater::wire
