#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "core/base/result.h"
#include "net/wire/bytes.h"

namespace highwater::wire {

/// The int32 length before a frame that is refused. The connection cannot go on.
struct FrameError {
    enum class Kind : std::uint8_t {
        not_positive,  ///< zero or negative
        over_limit,    ///< above the assembler's limit
    };
    Kind kind{};
    std::int32_t length = 0;

    /// What protocol the four bytes look like ("HTTP", "TLS", "SSH", ...), or "" when none is known: for the log.
    [[nodiscard]] const char* foreign_protocol() const;
};

/// Cuts a stream of bytes into frames (int32 big-endian length, then that many bytes), without I/O. The stream comes
/// in pieces of any size: `prepare`, read into the span, `commit`, then `next` until it has no more.
///
/// Memory is taken as bytes arrive: the buffer holds at most twice what was received of an unfinished frame, or
/// kFirstBlock, or, once this connection has completed a frame, up to that frame's size (at most kMaxTrusted). A frame
/// shares its buffer and keeps it alive, so it may outlive the assembler; it is never copied once complete.
class FrameAssembler {
  public:
    static constexpr std::size_t kFirstBlock = 16 * 1024;
    static constexpr std::size_t kMaxTrusted = 1024 * 1024;

    /// `max_frame_bytes` counts the frame without its length, inclusive (`socket.request.max.bytes`).
    explicit FrameAssembler(std::int32_t max_frame_bytes) : max_frame_bytes_(max_frame_bytes) {}

    /// Room for the next bytes of the stream, never empty. Valid until the next call of a member function.
    std::span<std::byte> prepare();
    /// Says that the first `count` bytes of the last prepare() are filled. Requires: count <= its size.
    void commit(std::size_t count);
    /// prepare and commit with a copy, as often as needed. Nothing after an error.
    void feed(std::span<const std::byte> bytes);

    /// The next whole frame without its length; nullopt when more bytes are needed. An error is final: it is returned
    /// again, whatever follows.
    Result<std::optional<Slice>, FrameError> next();

    /// Bytes received that belong to no returned frame yet.
    [[nodiscard]] std::size_t pending_bytes() const { return end_ - begin_; }
    /// Bytes of memory held for them.
    [[nodiscard]] std::size_t capacity() const { return block_ ? capacity_ : 0; }

  private:
    [[nodiscard]] std::optional<std::int32_t> announced() const;
    void move_to_block(std::size_t capacity);

    std::int32_t max_frame_bytes_;
    std::shared_ptr<std::byte[]> block_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;  // of the unfinished frame, its length included
    std::size_t end_ = 0;    // of the bytes received
    std::size_t trusted_ = 0;
    std::optional<FrameError> error_;
};

}  // namespace highwater::wire
