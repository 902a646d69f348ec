#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

namespace highwater::transport {

/// What one connection has received and nobody has taken yet, contiguous. Holds no memory while it is empty and was
/// released. Memory grows only as bytes arrive, at most to twice what is there, never by what a peer announces.
class ReceiveBuffer {
  public:
    [[nodiscard]] std::span<const std::byte> received() const { return {memory_.get() + begin_, end_ - begin_}; }
    [[nodiscard]] std::size_t capacity() const { return capacity_; }

    /// Room for the next read, at least one byte. A buffer begins with `first_bytes`; when a read has filled it, it
    /// doubles, up to `wanted_bytes` in all (the whole frame, or what is worth reading ahead).
    std::span<std::byte> room(std::size_t first_bytes, std::size_t wanted_bytes);
    /// `count` bytes of the room were filled.
    void filled(std::size_t count);
    /// The first `count` received bytes are done with.
    void taken(std::size_t count);
    /// Keeps no more memory than the received bytes, unless more than half was in use since the last trim.
    void trim();

  private:
    struct Free {
        void operator()(std::byte* memory) const { std::free(memory); }
    };
    void resize(std::size_t capacity);

    std::unique_ptr<std::byte, Free> memory_;  // malloc: growing a large block moves no bytes (mremap)
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool was_full_ = false;
    std::size_t most_since_trim_ = 0;
};

}  // namespace highwater::transport
