#include "model/explore/memo_table.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/hash.h"

namespace highwater::model {
namespace {

TEST(MemoTable, KeepsTheFirstValueOfAHashAndLeavesItWhereItIs) {
    MemoTable<std::uint64_t> table;
    EXPECT_EQ(table.find(0), nullptr);
    const std::uint64_t& zero = table.keep(0, [](std::size_t index) { return 100 + index; });
    for (std::uint64_t i = 1; i < 10'000; ++i) {
        table.keep(mix_bits(i), [i](std::size_t index) { return i == index ? i : 0; });
    }
    EXPECT_EQ(&table.keep(0, [](std::size_t) { return std::uint64_t{7}; }), &zero);
    EXPECT_EQ(zero, 100U);
    EXPECT_EQ(table.find(0), &zero);
    EXPECT_EQ(table.size(), 10'000U);
    for (std::uint64_t i = 1; i < 10'000; ++i) {
        ASSERT_NE(table.find(mix_bits(i)), nullptr);
        EXPECT_EQ(*table.find(mix_bits(i)), i);
        EXPECT_EQ(table[i], i);
    }
    EXPECT_EQ(table.find(mix_bits(10'000)), nullptr);
}

// Four threads want the same values at the same time: each is made once, and all get the same one.
TEST(MemoTable, IsOneTableForAllThreads) {
    constexpr std::uint64_t kValues = 20'000;
    constexpr std::size_t kThreads = 4;
    MemoTable<std::uint64_t> table;
    std::vector<std::vector<const std::uint64_t*>> got(kThreads);
    {
        std::vector<std::jthread> threads;
        for (std::size_t t = 0; t < kThreads; ++t) {
            threads.emplace_back([&table, &mine = got[t], t] {
                for (std::uint64_t i = 0; i < kValues; ++i) {
                    const std::uint64_t n = (i * (2 * t + 1)) % kValues;
                    const std::uint64_t* known = table.find(mix_bits(n));
                    mine.push_back(known != nullptr ? known : &table.keep(mix_bits(n), [n](std::size_t) { return n; }));
                }
            });
        }
    }
    EXPECT_LE(table.size(), kValues);
    for (std::size_t t = 0; t < kThreads; ++t) {
        for (std::uint64_t i = 0; i < kValues; ++i) {
            const std::uint64_t n = (i * (2 * t + 1)) % kValues;
            ASSERT_EQ(*got[t][i], n);
            ASSERT_EQ(got[t][i], table.find(mix_bits(n)));
        }
    }
}

}  // namespace
}  // namespace highwater::model
