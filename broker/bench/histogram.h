#pragma once

#include <array>
#include <cstdint>

namespace highwater::bench {

/// Counts of durations with a relative error below 1/64 from 1 ns to hours, in constant memory (the idea of
/// HdrHistogram: a linear scale inside each power of two).
class Histogram {
  public:
    void add(std::uint64_t nanoseconds);

    std::uint64_t count() const { return count_; }

    /// The smallest recorded magnitude that at least `fraction` (0 to 1) of the values do not exceed, in nanoseconds;
    /// the upper end of its bucket, so never too good. 0 without values.
    std::uint64_t at(double fraction) const;

    std::uint64_t max() const { return max_; }

  private:
    static constexpr int kSubBits = 6;
    static constexpr int kSubBuckets = 1 << kSubBits;

    static std::size_t bucket_of(std::uint64_t value);
    static std::uint64_t upper_end(std::size_t bucket);

    std::array<std::uint64_t, (64 - kSubBits + 1) * kSubBuckets> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace highwater::bench
