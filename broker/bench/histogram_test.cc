#include "broker/bench/histogram.h"

#include <gtest/gtest.h>

namespace highwater::bench {
namespace {

TEST(Histogram, IsExactBelowSixtyFour) {
    Histogram histogram;
    for (std::uint64_t value = 1; value <= 60; ++value) {
        histogram.add(value);
    }
    EXPECT_EQ(histogram.at(0.5), 30U);
    EXPECT_EQ(histogram.at(1.0), 60U);
    EXPECT_EQ(histogram.count(), 60U);
}

TEST(Histogram, NeverReportsLessThanTheTruthNorMoreThanASixtyFourthAbove) {
    for (std::uint64_t value = 1; value < (std::uint64_t{1} << 62); value = value * 5 / 3 + 1) {
        Histogram histogram;
        histogram.add(value);
        histogram.add(~std::uint64_t{0} >> 1);  // so that the maximum does not cap the bucket's upper end
        EXPECT_GE(histogram.at(0.5), value);
        EXPECT_LE(histogram.at(0.5) - value, value / 64) << value;
    }
}

TEST(Histogram, TakesTheLargestValueThereIs) {
    Histogram histogram;
    histogram.add(~std::uint64_t{0});
    EXPECT_EQ(histogram.at(0.999), ~std::uint64_t{0});
}

TEST(Histogram, OfNothingIsZero) {
    EXPECT_EQ(Histogram{}.at(0.99), 0U);
}

}  // namespace
}  // namespace highwater::bench
