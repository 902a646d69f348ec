#include "core/base/ring.h"

#include <deque>
#include <vector>

#include <gtest/gtest.h>

namespace highwater {
namespace {

using IntRing = Ring<int, 2>;

std::vector<int> items(const IntRing& ring) {
    return {ring.begin(), ring.end()};
}

TEST(Ring, IsAQueueWhateverItsSize) {
    IntRing ring;
    std::deque<int> model;
    for (int round = 0; round < 200; ++round) {
        for (int i = 0; i < round % 7; ++i) {
            ring.push_back(round * 10 + i);
            model.push_back(round * 10 + i);
        }
        for (int i = 0; i < round % 5 && !model.empty(); ++i) {
            EXPECT_EQ(ring.front(), model.front());
            ring.pop_front();
            model.pop_front();
        }
        ASSERT_EQ(items(ring), (std::vector<int>{model.begin(), model.end()}));
    }
}

TEST(Ring, EqualityLooksAtElementsNotAtTheirPlace) {
    IntRing a;
    IntRing b;
    for (int i = 0; i < 9; ++i) a.push_back(i);
    for (int i = 0; i < 8; ++i) a.pop_front();
    b.push_back(8);
    EXPECT_EQ(a, b);
    b.push_back(9);
    EXPECT_NE(a, b);
}

TEST(Ring, CopiesAndMovesKeepTheOrder) {
    IntRing ring;
    for (int i = 0; i < 6; ++i) ring.push_back(i);
    ring.pop_front();
    ring.push_back(6);
    IntRing copy = ring;
    EXPECT_EQ(copy, ring);
    const IntRing moved = std::move(copy);
    EXPECT_EQ(moved, ring);
    EXPECT_TRUE(copy.empty());  // NOLINT(bugprone-use-after-move): that is the promise
    IntRing small;
    small.push_back(3);
    ring = small;
    EXPECT_EQ(items(ring), std::vector{3});
}

TEST(Ring, InsertPutsAnElementBetweenOthers) {
    IntRing ring;
    for (int i : {1, 2, 4}) ring.push_back(i);
    ring.insert(2, 3);
    ring.insert(0, 0);
    ring.insert(5, 5);
    EXPECT_EQ(items(ring), (std::vector{0, 1, 2, 3, 4, 5}));
}

TEST(Ring, RemoveIfKeepsTheOthersInOrder) {
    IntRing ring;
    for (int i = 0; i < 10; ++i) ring.push_back(i);
    ring.remove_if([](int i) { return i % 3 != 0; });
    EXPECT_EQ(items(ring), (std::vector{0, 3, 6, 9}));
}

TEST(Ring, PopBackTakesTheNewest) {
    IntRing ring;
    for (int i = 0; i < 3; ++i) ring.push_back(i);
    ring.pop_back();
    EXPECT_EQ(items(ring), (std::vector{0, 1}));
}

}  // namespace
}  // namespace highwater
