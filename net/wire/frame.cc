#include "net/wire/frame.h"

#include <algorithm>
#include <cstring>

#include "core/base/invariant.h"

namespace highwater::wire {

namespace {

constexpr std::size_t kLengthBytes = 4;

// What a protocol's first four bytes read as a length.
constexpr std::uint32_t four(char a, char b, char c, char d) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(a)) << 24 |
           static_cast<std::uint32_t>(static_cast<unsigned char>(b)) << 16 |
           static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << 8 | static_cast<unsigned char>(d);
}

}  // namespace

const char* FrameError::foreign_protocol() const {
    const auto bytes = static_cast<std::uint32_t>(length);
    switch (bytes) {
        case four('G', 'E', 'T', ' '):
        case four('P', 'O', 'S', 'T'):
        case four('P', 'U', 'T', ' '):
        case four('H', 'E', 'A', 'D'):
        case four('D', 'E', 'L', 'E'):
        case four('O', 'P', 'T', 'I'):
        case four('P', 'R', 'I', ' '):
            return "HTTP";
        case four('S', 'S', 'H', '-'):
            return "SSH";
        case four('A', 'M', 'Q', 'P'):
            return "AMQP";
        default:
            break;
    }
    if (bytes >> 16 == 0x1603) return "TLS";
    if (bytes >> 24 == '*' && (bytes >> 8 & 0xFF) == '\r') return "Redis";
    if (bytes >> 24 == 0x10 && (bytes & 0xFF00) == 0) return "MQTT";
    return "";
}

std::optional<std::int32_t> FrameAssembler::announced() const {
    if (pending_bytes() < kLengthBytes) return std::nullopt;
    std::uint32_t length;
    std::memcpy(&length, block_.get() + begin_, kLengthBytes);
    return static_cast<std::int32_t>(__builtin_bswap32(length));
}

void FrameAssembler::move_to_block(std::size_t capacity) {
    // for_overwrite: the pages of what never arrives are never touched.
    auto block = std::make_shared_for_overwrite<std::byte[]>(capacity);
    if (pending_bytes() > 0) std::memcpy(block.get(), block_.get() + begin_, pending_bytes());
    end_ = pending_bytes();
    begin_ = 0;
    block_ = std::move(block);
    capacity_ = capacity;
}

std::span<std::byte> FrameAssembler::prepare() {
    const std::size_t pending = pending_bytes();
    const auto length = announced();
    const bool known = length && *length > 0 && *length <= max_frame_bytes_;
    const std::size_t whole = known ? kLengthBytes + static_cast<std::size_t>(*length) : 0;
    // The rest of this frame fits, or there is no frame yet and some room: go on in this block.
    const bool fits = block_ && end_ < capacity_ && (whole == 0 || begin_ + whole <= capacity_);
    if (!fits) {
        const std::size_t allowed = std::max({kFirstBlock, 2 * pending, std::min(trusted_, kMaxTrusted)});
        // Without an unfinished frame of known length, whole frames wait for next(): make room behind them.
        const std::size_t wanted = std::max(whole > pending ? whole : 2 * pending, kFirstBlock);
        const bool full = !block_ || end_ == capacity_;
        if (full || begin_ > 0 || wanted <= allowed) move_to_block(std::min(allowed, wanted));
    }
    return {block_.get() + end_, capacity_ - end_};
}

void FrameAssembler::commit(std::size_t count) {
    HIGHWATER_INVARIANT(count <= capacity() - end_, "{} of {}", count, capacity() - end_);
    end_ += count;
}

void FrameAssembler::feed(std::span<const std::byte> bytes) {
    while (!bytes.empty() && !error_) {
        const auto room = prepare();
        const std::size_t count = std::min(room.size(), bytes.size());
        std::memcpy(room.data(), bytes.data(), count);
        commit(count);
        bytes = bytes.subspan(count);
    }
}

Result<std::optional<Slice>, FrameError> FrameAssembler::next() {
    if (error_) return std::unexpected(*error_);
    const auto length = announced();
    if (!length) return std::nullopt;
    if (*length <= 0 || *length > max_frame_bytes_) {
        error_ = FrameError{*length <= 0 ? FrameError::Kind::not_positive : FrameError::Kind::over_limit, *length};
        block_.reset();
        begin_ = end_ = capacity_ = 0;
        return std::unexpected(*error_);
    }
    const auto size = static_cast<std::size_t>(*length);
    if (pending_bytes() - kLengthBytes < size) return std::nullopt;
    Slice frame{{block_.get() + begin_ + kLengthBytes, size}, block_};
    begin_ += kLengthBytes + size;
    trusted_ = std::max(trusted_, kLengthBytes + size);
    if (begin_ == end_) {
        // Nothing is pending: an idle connection holds no memory, and the frame alone decides how long its bytes stay.
        block_.reset();
        begin_ = end_ = capacity_ = 0;
    }
    return frame;
}

}  // namespace highwater::wire
