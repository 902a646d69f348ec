#include "net/wire/output_buffer.h"

#include <algorithm>

#include "core/base/invariant.h"

namespace highwater::wire {

std::size_t OutputBuffer::piece_count() const {
    std::size_t count = 0;
    for_each_piece([&](std::span<const std::byte>) { ++count; });
    return count;
}

std::vector<std::byte> OutputBuffer::to_vector() const {
    std::vector<std::byte> out;
    out.reserve(size());
    for_each_piece([&](std::span<const std::byte> piece) { out.insert(out.end(), piece.begin(), piece.end()); });
    return out;
}

void OutputBuffer::append_external(Slice slice) {
    if (slice.bytes.empty()) return;
    external_size_ += slice.bytes.size();
    externals_.push_back({own_.size(), std::move(slice)});
}

void OutputBuffer::overwrite(std::size_t position, std::span<const std::byte> bytes) {
    HIGHWATER_INVARIANT(position <= own_.size() && bytes.size() <= own_.size() - position, "{} + {} of {}", position,
                        bytes.size(), own_.size());
    std::ranges::copy(bytes, own_.begin() + static_cast<std::ptrdiff_t>(position));
}

void OutputBuffer::truncate(std::size_t own_size, std::size_t external_count) {
    own_.resize(own_size);
    while (externals_.size() > external_count) {
        external_size_ -= externals_.back().slice.bytes.size();
        externals_.pop_back();
    }
}

}  // namespace highwater::wire
