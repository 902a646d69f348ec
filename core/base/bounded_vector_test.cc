#include "core/base/bounded_vector.h"

#include <vector>

#include <gtest/gtest.h>

namespace highwater {
namespace {

TEST(BoundedVector, IsAWindowOfTheLastElements) {
    BoundedVector<int, 3> window;
    for (int i = 0; i < 10; ++i) {
        if (window.full()) window.pop_front();
        window.push_back(i);
    }
    EXPECT_EQ((std::vector<int>{window.begin(), window.end()}), (std::vector{7, 8, 9}));
    EXPECT_EQ(window.front(), 7);
    EXPECT_EQ(window.back(), 9);
}

TEST(BoundedVector, EqualityIgnoresWhatWasRemoved) {
    BoundedVector<int, 3> a;
    BoundedVector<int, 3> b;
    a.push_back(1);
    a.push_back(2);
    a.pop_front();
    b.push_back(2);
    EXPECT_EQ(a, b);
    a.clear();
    EXPECT_NE(a, b);
}

TEST(BoundedVectorDeathTest, OneTooManyStopsTheProcess) {
    BoundedVector<int, 1> v;
    v.push_back(1);
    EXPECT_DEATH(v.push_back(2), "invariant violated");
}

}  // namespace
}  // namespace highwater
