// KIP-98: what a partition remembers of an idempotent producer, and what it refuses.
#include "core/log/producer_state.h"

#include <limits>

#include <gtest/gtest.h>

#include "core/base/describe.h"
#include "core/log/testing.h"

namespace highwater {
namespace {

using testing::marker_of;
using testing::of_producer;

static_assert(describes_every_member<SequencedBatch>);
static_assert(describes_every_member<ProducerState>);
static_assert(describes_every_member<BatchFacts>);
static_assert(describes_every_member<ProducerStamp>);
static_assert(describes_every_member<TransactionMarker>);

constexpr std::int32_t kLastSequence = std::numeric_limits<std::int32_t>::max();

ProducerState after(std::initializer_list<BatchFacts> batches) {
    std::optional<ProducerState> state;
    for (const BatchFacts& batch : batches) state = after_batch(state ? &*state : nullptr, batch, Time{0});
    return *state;
}

ErrorCode verdict(const ProducerState& known, const BatchFacts& batch) {
    const auto result = batch.marker ? check_marker(&known, batch) : check_batch(&known, batch);
    return result ? ErrorCode::none : result.error();
}

TEST(SequencedBatch, KnowsItsFirstSequenceAcrossTheWrap) {
    const auto state = after({of_producer(1).sequence(kLastSequence).records(3).at(10)});
    EXPECT_EQ(state.batches.back().last_sequence, Sequence{1});
    EXPECT_EQ(state.batches.back().first_sequence(), Sequence{kLastSequence});
    EXPECT_EQ(state.batches.back().base_offset(), Offset{10});
}

TEST(ProducerSequence, TheNextBatchBeginsAfterTheLastOne) {
    const auto state = after({of_producer(1).sequence(7).records(3)});
    EXPECT_EQ(verdict(state, of_producer(1).sequence(10)), ErrorCode::none);
    EXPECT_EQ(verdict(state, of_producer(1).sequence(11)), ErrorCode::out_of_order_sequence_number);
    EXPECT_EQ(verdict(state, of_producer(1).sequence(9)), ErrorCode::out_of_order_sequence_number);
}

TEST(ProducerSequence, AfterTheLastNumberComesZero) {
    const auto state = after({of_producer(1).sequence(kLastSequence)});
    EXPECT_EQ(verdict(state, of_producer(1).sequence(0)), ErrorCode::none);
    EXPECT_EQ(verdict(state, of_producer(1).sequence(1)), ErrorCode::out_of_order_sequence_number);
}

// The state may have expired or been deleted; then any sequence is a start.
TEST(ProducerSequence, AnUnknownProducerMayStartAnywhere) {
    EXPECT_TRUE(check_batch(nullptr, of_producer(1).sequence(55)));
}

TEST(ProducerEpochs, AnOlderInstanceIsFenced) {
    const auto state = after({of_producer(1).epoch(3)});
    EXPECT_EQ(verdict(state, of_producer(1).epoch(2).sequence(1)), ErrorCode::invalid_producer_epoch);
    EXPECT_EQ(verdict(state, marker_of(1, true).epoch(2)), ErrorCode::invalid_producer_epoch);
}

// KAFKA-12152: an epoch bump restarts the sequence.
TEST(ProducerEpochs, ANewEpochBeginsAtSequenceZero) {
    const auto state = after({of_producer(1).sequence(4)});
    EXPECT_EQ(verdict(state, of_producer(1).epoch(1).sequence(0)), ErrorCode::none);
    EXPECT_EQ(verdict(state, of_producer(1).epoch(1).sequence(5)), ErrorCode::out_of_order_sequence_number);
    EXPECT_EQ(after({of_producer(1).sequence(4), of_producer(1).epoch(1)}).batches.size(), 1U);
}

TEST(ProducerEpochs, AnEpochThatAMarkerBeganStartsAtZeroToo) {
    const auto state = after({of_producer(1).transactional(), marker_of(1, true).epoch(1)});
    EXPECT_TRUE(state.batches.empty());
    EXPECT_EQ(verdict(state, of_producer(1).epoch(1).sequence(0)), ErrorCode::none);
    EXPECT_EQ(verdict(state, of_producer(1).epoch(1).sequence(1)), ErrorCode::out_of_order_sequence_number);
}

// KAFKA-5494: a producer has up to five batches in flight; the answer to any of them may have been lost.
TEST(DuplicateWindow, RecognisesTheLastFiveBatches) {
    std::optional<ProducerState> state;
    for (int i = 0; i < 7; ++i) {
        const BatchFacts batch = of_producer(1).sequence(2 * i).records(2).at(100 + 2 * i);
        state = after_batch(state ? &*state : nullptr, batch, Time{0});
    }
    EXPECT_EQ(find_duplicate(*state, of_producer(1).sequence(2).records(2)), nullptr);
    for (int i = 2; i < 7; ++i) {
        const auto* found = find_duplicate(*state, of_producer(1).sequence(2 * i).records(2));
        ASSERT_NE(found, nullptr) << i;
        EXPECT_EQ(found->base_offset(), Offset{100 + 2 * i});
    }
}

TEST(DuplicateWindow, ARetryHasTheSameEpochAndTheSameTwoEnds) {
    const auto state = after({of_producer(1).epoch(1), of_producer(1).epoch(1).sequence(1).records(3)});
    EXPECT_NE(find_duplicate(state, of_producer(1).epoch(1).sequence(1).records(3)), nullptr);
    EXPECT_EQ(find_duplicate(state, of_producer(1).epoch(1).sequence(1).records(2)), nullptr);
    EXPECT_EQ(find_duplicate(state, of_producer(1).epoch(1).sequence(2).records(2)), nullptr);
    EXPECT_EQ(find_duplicate(state, of_producer(1).epoch(2).sequence(1).records(3)), nullptr);
}

TEST(Transactions, BeginWithTheFirstBatchAndEndWithTheMarker) {
    const auto open = after({of_producer(1).transactional().at(7), of_producer(1).transactional().sequence(1).at(8)});
    EXPECT_EQ(open.transaction_first_offset, Offset{7});
    const ProducerState closed = after_batch(&open, marker_of(1, true, 4).at(9), Time{0});
    EXPECT_EQ(closed.transaction_first_offset, std::nullopt);
    EXPECT_EQ(closed.coordinator_epoch, CoordinatorEpoch{4});
}

TEST(Transactions, APlainBatchInsideOneIsRefused) {
    const auto open = after({of_producer(1).transactional()});
    EXPECT_EQ(verdict(open, of_producer(1).sequence(1)), ErrorCode::invalid_txn_state);
    EXPECT_EQ(verdict(open, of_producer(1).sequence(1).transactional()), ErrorCode::none);
}

TEST(Transactions, AMarkerOfAnOlderCoordinatorIsFenced) {
    const auto state = after({of_producer(1).transactional(), marker_of(1, true, 5)});
    EXPECT_EQ(verdict(state, marker_of(1, true, 4)), ErrorCode::transaction_coordinator_fenced);
    EXPECT_EQ(verdict(state, marker_of(1, true, 5)), ErrorCode::none);
    EXPECT_EQ(verdict(state, marker_of(1, true, 6)), ErrorCode::none);
}

// KAFKA-9144: expiry counts from the producer's own last activity, and a transaction keeps it alive.
TEST(Expiry, ComesAfterTheGivenTimeWithoutActivity) {
    const ProducerState state = after_batch(nullptr, of_producer(1), Time{100});
    EXPECT_FALSE(is_expired(state, Time{149}, Duration{50}));
    EXPECT_TRUE(is_expired(state, Time{150}, Duration{50}));
    const ProducerState open = after_batch(nullptr, of_producer(1).transactional(), Time{100});
    EXPECT_FALSE(is_expired(open, Time{1'000'000}, Duration{50}));
}

}  // namespace
}  // namespace highwater
