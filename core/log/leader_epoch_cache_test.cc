// KIP-101, KIP-279: which leader epoch wrote which part of the log.
#include "core/log/leader_epoch_cache.h"

#include <vector>

#include <gtest/gtest.h>

#include "core/base/testing.h"

namespace highwater {
namespace {

using Entries = std::vector<EpochEntry>;

EpochEntry entry(std::int32_t epoch, std::int64_t start) {
    return {LeaderEpoch{epoch}, Offset{start}};
}

LeaderEpochCache a_cache(const Entries& entries) {
    LeaderEpochCache cache;
    for (const EpochEntry& e : entries) cache.assign(e.epoch, e.start_offset);
    return cache;
}

Entries entries(const LeaderEpochCache& cache) {
    return {cache.entries().begin(), cache.entries().end()};
}

EpochEndOffset ends(std::int32_t epoch, std::int64_t end) {
    return {LeaderEpoch{epoch}, Offset{end}};
}

TEST(LeaderEpochCache, KeepsRisingEntries) {
    EXPECT_EQ(entries(a_cache({entry(1, 0), entry(3, 10)})), (Entries{entry(1, 0), entry(3, 10)}));
}

TEST(LeaderEpochCache, ANewEntryRemovesThoseOfAtLeastItsEpochOrStart) {
    auto cache = a_cache({entry(1, 0), entry(2, 10), entry(5, 20)});
    EXPECT_TRUE(cache.assign(LeaderEpoch{4}, Offset{15}));
    EXPECT_EQ(entries(cache), (Entries{entry(1, 0), entry(2, 10), entry(4, 15)}));
    EXPECT_TRUE(cache.assign(LeaderEpoch{6}, Offset{10}));
    EXPECT_EQ(entries(cache), (Entries{entry(1, 0), entry(6, 10)}));
}

TEST(LeaderEpochCache, TheLatestEpochKeepsItsFirstStart) {
    auto cache = a_cache({entry(1, 0), entry(2, 10)});
    EXPECT_FALSE(cache.assign(LeaderEpoch{2}, Offset{12}));
    EXPECT_EQ(entries(cache), (Entries{entry(1, 0), entry(2, 10)}));
}

// KAFKA-10706: an epoch that begins exactly where the log now ends has no record any more.
TEST(LeaderEpochCache, TruncationRemovesWhatStartsAtOrAboveTheEnd) {
    auto cache = a_cache({entry(1, 0), entry(2, 10), entry(3, 20)});
    cache.truncate_from_end(Offset{20});
    EXPECT_EQ(entries(cache), (Entries{entry(1, 0), entry(2, 10)}));
    cache.truncate_from_end(Offset{11});
    EXPECT_EQ(entries(cache), (Entries{entry(1, 0), entry(2, 10)}));
    cache.truncate_from_end(Offset{0});
    EXPECT_TRUE(cache.entries().empty());
}

TEST(LeaderEpochCache, ARaisedLogStartMovesTheEntryThatCoversIt) {
    auto cache = a_cache({entry(1, 0), entry(2, 10), entry(3, 20)});
    cache.truncate_from_start(Offset{15});
    EXPECT_EQ(entries(cache), (Entries{entry(2, 15), entry(3, 20)}));
    cache.truncate_from_start(Offset{20});
    EXPECT_EQ(entries(cache), (Entries{entry(3, 20)}));
    cache.truncate_from_start(Offset{3});
    EXPECT_EQ(entries(cache), (Entries{entry(3, 20)}));
}

TEST(LeaderEpochCache, AnEpochEndsWhereTheNextOneBegins) {
    const auto cache = a_cache({entry(2, 5), entry(4, 10), entry(7, 20)});
    EXPECT_EQ(cache.end_offset_for(LeaderEpoch{7}, Offset{30}), ends(7, 30));  // the latest: the log end
    EXPECT_EQ(cache.end_offset_for(LeaderEpoch{4}, Offset{30}), ends(4, 20));
    EXPECT_EQ(cache.end_offset_for(LeaderEpoch{2}, Offset{30}), ends(2, 10));
}

// KIP-279, KAFKA-6361: an epoch that was never here is answered with the largest below it, so the asker can ask again.
TEST(LeaderEpochCache, AnEpochThatWroteNothingHereIsAnsweredWithTheOneBefore) {
    const auto cache = a_cache({entry(2, 5), entry(4, 10), entry(7, 20)});
    EXPECT_EQ(cache.end_offset_for(LeaderEpoch{5}, Offset{30}), ends(4, 20));
    EXPECT_EQ(cache.end_offset_for(LeaderEpoch{3}, Offset{30}), ends(2, 10));
}

TEST(LeaderEpochCache, AnEpochBelowAllKnownEndsWhereTheKnownBegin) {
    EXPECT_EQ(a_cache({entry(2, 5), entry(4, 10)}).end_offset_for(LeaderEpoch{1}, Offset{30}), ends(1, 5));
}

// KAFKA-6857: "unknown", not the log end.
TEST(LeaderEpochCache, AnEpochAboveAllKnownIsUnknown) {
    EXPECT_EQ(a_cache({entry(2, 5)}).end_offset_for(LeaderEpoch{3}, Offset{30}), std::nullopt);
    EXPECT_EQ(LeaderEpochCache{}.end_offset_for(LeaderEpoch{0}, Offset{30}), std::nullopt);
}

TEST(LeaderEpochCache, TellsTheEpochOfAnOffset) {
    const auto cache = a_cache({entry(2, 5), entry(4, 10)});
    EXPECT_EQ(cache.epoch_at(Offset{4}), std::nullopt);
    EXPECT_EQ(cache.epoch_at(Offset{5}), LeaderEpoch{2});
    EXPECT_EQ(cache.epoch_at(Offset{9}), LeaderEpoch{2});
    EXPECT_EQ(cache.epoch_at(Offset{10}), LeaderEpoch{4});
    EXPECT_EQ(cache.latest(), entry(4, 10));
}

}  // namespace
}  // namespace highwater
