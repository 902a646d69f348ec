#include "core/base/small_vector.h"

#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace highwater {
namespace {

SmallVector<int, 3> counting(int count) {
    SmallVector<int, 3> v;
    for (int i = 0; i < count; ++i) v.push_back(i);
    return v;
}

std::vector<int> items(const SmallVector<int, 3>& v) {
    return {v.begin(), v.end()};
}

TEST(SmallVector, KeepsItsElementsWhenItOutgrowsItsInnerPlace) {
    for (int count : {0, 1, 3, 4, 100}) {
        std::vector<int> expected(static_cast<std::size_t>(count));
        std::iota(expected.begin(), expected.end(), 0);
        EXPECT_EQ(items(counting(count)), expected);
    }
}

TEST(SmallVector, CopiesAreIndependent) {
    for (int count : {2, 10}) {
        const auto original = counting(count);
        auto copy = original;
        copy[0] = 77;
        copy.push_back(5);
        EXPECT_EQ(original, counting(count));
        EXPECT_EQ(copy.size(), original.size() + 1);
    }
}

TEST(SmallVector, AssignmentReplacesInnerByOuterAndOuterByInner) {
    for (int from : {2, 10}) {
        for (int to : {1, 20}) {
            auto target = counting(to);
            const auto source = counting(from);
            target = source;
            EXPECT_EQ(target, source);
        }
    }
}

TEST(SmallVector, AMovedFromOneIsEmptyAndUsable) {
    for (int count : {2, 10}) {
        auto source = counting(count);
        const auto target = std::move(source);
        EXPECT_EQ(target, counting(count));
        EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move): that is the promise
        source.push_back(1);
        EXPECT_EQ(items(source), std::vector<int>{1});
    }
}

TEST(SmallVector, InsertAndEraseKeepTheOrderOfTheOthers) {
    auto v = counting(4);
    v.insert(v.begin() + 1, 9);
    EXPECT_EQ(items(v), (std::vector{0, 9, 1, 2, 3}));
    v.erase(v.begin());
    EXPECT_EQ(items(v), (std::vector{9, 1, 2, 3}));
    v.erase(v.begin() + 1, v.end());
    EXPECT_EQ(items(v), std::vector{9});
}

TEST(SmallVector, PushingOneOfItsOwnElementsWhileGrowingIsSafe) {
    auto v = counting(3);
    v.push_back(v.front());
    EXPECT_EQ(items(v), (std::vector{0, 1, 2, 0}));
}

TEST(SmallVectorDeathTest, AnIndexBeyondTheEndStopsTheProcess) {
    const auto v = counting(2);
    EXPECT_DEATH(static_cast<void>(v[2]), "invariant violated.*index 2 of 2");
}

}  // namespace
}  // namespace highwater
