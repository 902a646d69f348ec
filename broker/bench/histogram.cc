#include "broker/bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

namespace highwater::bench {

std::size_t Histogram::bucket_of(std::uint64_t value) {
    if (value < kSubBuckets) {
        return value;
    }
    const int shift = std::bit_width(value) - 1 - kSubBits;
    return static_cast<std::size_t>(shift + 1) * kSubBuckets + (value >> shift) - kSubBuckets;
}

std::uint64_t Histogram::upper_end(std::size_t bucket) {
    if (bucket < kSubBuckets) {
        return bucket;
    }
    const std::size_t shift = bucket / kSubBuckets - 1;
    return ((bucket % kSubBuckets + kSubBuckets + 1) << shift) - 1;
}

void Histogram::add(std::uint64_t nanoseconds) {
    ++buckets_[bucket_of(nanoseconds)];
    ++count_;
    max_ = std::max(max_, nanoseconds);
}

std::uint64_t Histogram::at(double fraction) const {
    if (count_ == 0) {
        return 0;
    }
    const auto wanted =
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(count_))));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
        seen += buckets_[bucket];
        if (seen >= wanted) {
            return std::min(upper_end(bucket), max_);
        }
    }
    return max_;
}

}  // namespace highwater::bench
