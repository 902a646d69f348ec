#include "broker/storage/producer_fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace highwater::storage {
namespace {

using ::testing::ElementsAre;

constexpr std::size_t kMost = 16;  // and one more

BatchFacts batch(std::int64_t producer, std::int64_t offset) {
    BatchFacts facts;
    facts.base_offset = Offset{offset};
    facts.producer = ProducerStamp{ProducerId{producer}, ProducerEpoch{0}, Sequence{0}};
    return facts;
}

BatchFacts begin(std::int64_t producer, std::int64_t offset) {
    BatchFacts facts = batch(producer, offset);
    facts.transactional = true;
    return facts;
}

BatchFacts abort(std::int64_t producer, std::int64_t offset) {
    BatchFacts facts = batch(producer, offset);
    facts.transactional = true;
    facts.producer->base_sequence = std::nullopt;
    facts.marker = TransactionMarker{.commit = false, .coordinator_epoch = CoordinatorEpoch{0}};
    return facts;
}

std::vector<std::int64_t> ids(const ProducerFold& fold) {
    std::vector<std::int64_t> ids;
    for (const ProducerState& producer : fold.states()) ids.push_back(producer.id.value());
    return ids;
}

// producer.id.expiration.ms is a day: until then a flood of ids would stay.
TEST(ProducerFold, RemembersTheProducersWhoseBatchesAreTheLatest) {
    ProducerFold fold({}, kMost);
    for (std::int64_t i = 0; i < 1000; ++i) {
        fold.apply(batch(100 + i, 2 * i));
        fold.apply(batch(7, 2 * i + 1));
        EXPECT_LE(fold.states().size(), kMost + kMost / 16);
    }
    const auto known = ids(fold);
    EXPECT_EQ(known.front(), 7);
    EXPECT_EQ(known.back(), 1099);
    EXPECT_GE(known.size(), kMost);
    EXPECT_EQ(known[1], 1100 - static_cast<std::int64_t>(known.size() - 1)) << "the latest, without a gap";
}

TEST(ProducerFold, ForgetsNobodyWithinATransaction) {
    ProducerFold fold({}, kMost);
    fold.apply(begin(1, 0));
    fold.apply(begin(2, 1));
    for (std::int64_t i = 0; i < 100; ++i) fold.apply(batch(100 + i, 2 + i));
    const auto known = ids(fold);
    EXPECT_THAT(std::vector(known.begin(), known.begin() + 2), ElementsAre(1, 2));
    const auto aborted = fold.apply(abort(1, 102));
    ASSERT_TRUE(aborted);
    EXPECT_EQ(aborted->first_offset, Offset{0});
    EXPECT_EQ(aborted->last_stable_offset, Offset{1}) << "the other transaction is open";
    EXPECT_EQ(fold.apply(abort(2, 103))->last_stable_offset, Offset{104});
}

TEST(ProducerFold, TakesOnlyTheLatestOfASnapshotThatHasMore) {
    ProducerFold before({}, 1000);
    for (std::int64_t i = 0; i < 100; ++i) before.apply(batch(i, i));
    const ProducerFold after(before.states(), kMost);
    EXPECT_LE(after.states().size(), kMost + kMost / 16);
    EXPECT_EQ(ids(after).back(), 99);
    EXPECT_EQ(ids(after).front(), 100 - static_cast<std::int64_t>(after.states().size()));
}

}  // namespace
}  // namespace highwater::storage
