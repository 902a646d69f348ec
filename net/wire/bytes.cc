#include "net/wire/bytes.h"

#include <algorithm>

#include "core/base/invariant.h"

namespace highwater::wire {

Bytes::Bytes(std::vector<std::byte> owned) {
    auto keeper = std::make_shared<const std::vector<std::byte>>(std::move(owned));
    first_.bytes = *keeper;
    first_.keep_alive = std::move(keeper);
}

void Bytes::append(Slice slice) {
    if (slice.bytes.empty()) return;
    if (first_.bytes.empty() && more_.empty()) {
        first_ = std::move(slice);
    } else {
        more_.push_back(std::move(slice));
    }
}

std::size_t Bytes::size() const {
    std::size_t size = first_.bytes.size();
    for (const Slice& slice : more_) size += slice.bytes.size();
    return size;
}

std::span<const std::byte> Bytes::view() const {
    HIGHWATER_INVARIANT(more_.empty(), "{} slices", more_.size() + 1);
    return first_.bytes;
}

std::vector<std::byte> Bytes::to_vector() const {
    std::vector<std::byte> out;
    out.reserve(size());
    for_each_slice([&](const Slice& slice) { out.insert(out.end(), slice.bytes.begin(), slice.bytes.end()); });
    return out;
}

bool operator==(const Bytes& a, const Bytes& b) {
    if (a.more_.empty() && b.more_.empty()) return std::ranges::equal(a.first_.bytes, b.first_.bytes);
    return a.size() == b.size() && a.to_vector() == b.to_vector();
}

}  // namespace highwater::wire
