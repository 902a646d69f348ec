#include "net/transport/output_queue.h"

#include <utility>

#include "core/base/invariant.h"

namespace highwater::transport {

void OutputQueue::push(wire::OutputBuffer buffer) {
    if (buffer.empty()) return;
    bytes_ += buffer.size();
    buffers_.push_back(std::move(buffer));
}

OutputQueue::Gathered OutputQueue::gather(std::span<std::span<const std::byte>> pieces) const {
    Gathered gathered;
    std::size_t skip = sent_of_first_;
    for (std::size_t i = first_; i < buffers_.size() && gathered.pieces < pieces.size(); ++i) {
        buffers_[i].for_each_piece([&](std::span<const std::byte> piece) {
            if (skip >= piece.size()) {
                skip -= piece.size();
                return;
            }
            if (gathered.pieces == pieces.size()) return;
            pieces[gathered.pieces++] = piece.subspan(skip);
            gathered.bytes += piece.size() - skip;
            skip = 0;
        });
    }
    return gathered;
}

void OutputQueue::sent(std::size_t count) {
    HIGHWATER_INVARIANT(count <= bytes_, "sent {} of {}", count, bytes_);
    bytes_ -= count;
    sent_of_first_ += count;
    while (first_ < buffers_.size() && sent_of_first_ >= buffers_[first_].size()) {
        sent_of_first_ -= buffers_[first_].size();
        buffers_[first_++] = {};
    }
    if (first_ == buffers_.size()) {
        buffers_.clear();
        if (buffers_.capacity() > 64) buffers_.shrink_to_fit();
        first_ = 0;
    } else if (first_ >= 64) {
        buffers_.erase(buffers_.begin(), buffers_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }
}

}  // namespace highwater::transport
