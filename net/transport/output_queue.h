#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "net/wire/output_buffer.h"

namespace highwater::transport {

/// The replies of one connection that the system has not taken yet, in order. Nothing is copied: the pieces of many
/// replies leave in one system call.
class OutputQueue {
  public:
    struct Gathered {
        std::size_t pieces = 0;
        std::size_t bytes = 0;
    };

    void push(wire::OutputBuffer buffer);
    /// Unsent bytes.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    /// The next unsent pieces, as many as fit into `pieces`. Valid until push or sent.
    Gathered gather(std::span<std::span<const std::byte>> pieces) const;
    /// The first `count` unsent bytes are gone. Frees the replies that are complete.
    void sent(std::size_t count);

  private:
    std::vector<wire::OutputBuffer> buffers_;
    std::size_t first_ = 0;          // of buffers_ not sent completely
    std::size_t sent_of_first_ = 0;  // bytes
    std::size_t bytes_ = 0;
};

}  // namespace highwater::transport
