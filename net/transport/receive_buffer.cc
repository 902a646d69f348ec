#include "net/transport/receive_buffer.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "core/base/invariant.h"

namespace highwater::transport {

std::span<std::byte> ReceiveBuffer::room(std::size_t first_bytes, std::size_t wanted_bytes) {
    if (begin_ == end_) begin_ = end_ = 0;
    const std::size_t held = end_ - begin_;
    if (begin_ > 0 && capacity_ - end_ < first_bytes / 2) {
        std::memmove(memory_.get(), memory_.get() + begin_, held);
        begin_ = 0;
        end_ = held;
    }
    if (end_ == capacity_ || (was_full_ && capacity_ < wanted_bytes))
        resize(std::max(held + first_bytes, std::min(capacity_ * 2, wanted_bytes)));
    return {memory_.get() + end_, capacity_ - end_};
}

void ReceiveBuffer::filled(std::size_t count) {
    HIGHWATER_INVARIANT(count <= capacity_ - end_, "filled {} of {}", count, capacity_ - end_);
    end_ += count;
    was_full_ = end_ == capacity_;
    most_since_trim_ = std::max(most_since_trim_, end_);
}

void ReceiveBuffer::taken(std::size_t count) {
    HIGHWATER_INVARIANT(count <= end_ - begin_, "took {} of {}", count, end_ - begin_);
    begin_ += count;
}

void ReceiveBuffer::trim() {
    const bool busy = most_since_trim_ > capacity_ / 2;
    most_since_trim_ = end_ - begin_;
    if (busy) return;
    const std::size_t held = end_ - begin_;
    if (held == capacity_) return;
    if (held > 0) std::memmove(memory_.get(), memory_.get() + begin_, held);
    begin_ = 0;
    end_ = held;
    resize(held);
}

void ReceiveBuffer::resize(std::size_t capacity) {
    if (capacity == 0) {
        memory_.reset();
        capacity_ = 0;
        return;
    }
    auto* moved = static_cast<std::byte*>(std::realloc(memory_.get(), capacity));
    if (moved == nullptr) throw std::bad_alloc();
    static_cast<void>(memory_.release());
    memory_.reset(moved);
    capacity_ = capacity;
}

}  // namespace highwater::transport
