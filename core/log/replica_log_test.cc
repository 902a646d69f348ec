#include "core/log/replica_log.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "core/log/testing.h"

namespace highwater {
namespace {

using testing::abort_of;
using testing::commit_of;
using testing::marker_of;
using testing::of_producer;
using testing::offer;
using testing::plain;

static_assert(describes_every_member<AbortedTransaction>);

ReplicaLog a_log(std::initializer_list<BatchFacts> batches) {
    ReplicaLog log;
    log.start_epoch(LeaderEpoch{0});
    for (const BatchFacts& batch : batches) log.append_as_leader(LeaderEpoch{0}, batch, Time{0});
    return log;
}

TEST(Append, GivesOffsetsWithoutGaps) {
    ReplicaLog log{Offset{5}};
    EXPECT_EQ(offer(log, plain().records(3)), "at 5");
    EXPECT_EQ(offer(log, plain()), "at 8");
    EXPECT_EQ(log.end_offset(), Offset{9});
    EXPECT_EQ(log.start_offset(), Offset{5});
}

TEST(Append, ARetryIsToldWhereTheOriginalStands) {
    auto log = a_log({of_producer(1).records(2), of_producer(1).sequence(2)});
    EXPECT_EQ(offer(log, of_producer(1).records(2)), "duplicate of 0");
    EXPECT_EQ(offer(log, of_producer(1).sequence(2)), "duplicate of 2");
    EXPECT_EQ(log.end_offset(), Offset{3});
}

TEST(Append, ARefusedBatchLeavesTheLogAsItWas) {
    auto log = a_log({of_producer(1)});
    const ReplicaLog before = log;
    EXPECT_EQ(offer(log, of_producer(1).sequence(5)), "OUT_OF_ORDER_SEQUENCE_NUMBER");
    EXPECT_EQ(offer(log, plain().records(0)), "INVALID_RECORD");
    EXPECT_EQ(offer(log, of_producer(-1)), "INVALID_RECORD");
    EXPECT_EQ(offer(log, of_producer(1).sequence(-3)), "INVALID_RECORD");
    EXPECT_EQ(log, before);
}

TEST(Append, OffsetsNeverPassTheLargest) {
    ReplicaLog log{Offset{std::numeric_limits<std::int64_t>::max() - 3}};
    EXPECT_EQ(offer(log, plain().records(4)), "INVALID_RECORD");
    EXPECT_EQ(offer(log, plain().records(3)), "at 9223372036854775804");
    EXPECT_EQ(offer(log, plain()), "INVALID_RECORD");
}

TEST(Append, AReplicatedBatchStandsWhereTheLeaderHasIt) {
    ReplicaLog log;
    const Appended first = log.append_replicated(plain().records(2).of_leader(3), Time{0});
    EXPECT_EQ(first.epoch_started, (EpochEntry{LeaderEpoch{3}, Offset{0}}));
    // A gap is compaction's.
    EXPECT_TRUE(log.check_replicated(plain().at(7).of_leader(3)));
    EXPECT_EQ(log.append_replicated(plain().at(7).of_leader(3), Time{0}).epoch_started, std::nullopt);
    EXPECT_EQ(log.end_offset(), Offset{8});
    EXPECT_FALSE(log.check_replicated(plain().at(7).of_leader(3))) << "below the log end";
    EXPECT_FALSE(log.check_replicated(plain().at(8).of_leader(2))) << "epochs along a log do not fall";
}

// Sequences are the leader's business: what is in its log counts.
TEST(Append, AReplicatedBatchIsNotCheckedForItsSequence) {
    ReplicaLog log;
    log.append_replicated(of_producer(1), Time{0});
    log.append_replicated(of_producer(1).sequence(9).at(1), Time{0});
    EXPECT_EQ(log.producer(ProducerId{1}, Time{0})->batches.back().last_sequence, Sequence{9});
}

TEST(Progress, EndsAreOrdered) {
    auto log = a_log({plain().records(10)});
    log.mark_durable(Offset{5});
    EXPECT_EQ(log.durable_offset(), Offset{0}) << "nothing is durable before it is written";
    log.mark_written(Offset{20});
    EXPECT_EQ(log.written_offset(), Offset{10});
    log.mark_durable(Offset{7});
    log.mark_durable(Offset{3});
    EXPECT_EQ(log.durable_offset(), Offset{7});
    log.raise_high_watermark(Offset{99});
    EXPECT_EQ(log.high_watermark(), Offset{10});
    log.raise_high_watermark(Offset{4});
    EXPECT_EQ(log.high_watermark(), Offset{10});
}

TEST(Truncation, LowersTheWrittenAndDurableEnds) {
    auto log = a_log({plain().records(4), plain().records(4)});
    log.mark_written(Offset{8});
    log.mark_durable(Offset{8});
    log.truncate_to(Offset{4});
    EXPECT_EQ(log.end_offset(), Offset{4});
    EXPECT_EQ(log.written_offset(), Offset{4});
    EXPECT_EQ(log.durable_offset(), Offset{4});
}

// KIP-98: otherwise the retry of a batch that is gone would be acknowledged as a duplicate.
TEST(Truncation, RewindsProducers) {
    auto log = a_log({of_producer(1), of_producer(1).sequence(1), of_producer(2)});
    log.truncate_to(Offset{1});
    EXPECT_EQ(log.producer(ProducerId{2}, Time{0}), nullptr);
    EXPECT_EQ(offer(log, of_producer(1)), "duplicate of 0");
    EXPECT_EQ(offer(log, of_producer(1).sequence(1)), "at 1");
}

TEST(Truncation, BringsBackTheWindowThatANewEpochCleared) {
    auto log = a_log({of_producer(1), of_producer(1).sequence(1), of_producer(1).epoch(1)});
    const auto expected = a_log({of_producer(1), of_producer(1).sequence(1)});
    log.truncate_to(Offset{2});
    EXPECT_EQ(log.producers(), expected.producers());
}

TEST(Truncation, ABatchThatReachesBeyondTheCutGoesWhole) {
    auto log = a_log({of_producer(1), of_producer(1).sequence(1).records(5)});
    log.truncate_to(Offset{3});
    EXPECT_EQ(log.end_offset(), Offset{3});
    EXPECT_EQ(log.producer(ProducerId{1}, Time{0})->batches.size(), 1U);
}

TEST(Truncation, ReopensATransactionWhoseMarkerGoes) {
    auto log = a_log({of_producer(1).transactional(), abort_of(1)});
    EXPECT_EQ(log.aborted_transactions().size(), 1U);
    log.truncate_to(Offset{1});
    EXPECT_TRUE(log.aborted_transactions().empty());
    EXPECT_EQ(log.first_unstable_offset(), Offset{0});
    EXPECT_EQ(log.ongoing_transactions().size(), 1U);
}

// KAFKA-10706: the own epoch of a leader that appended nothing, cut exactly at the log end.
TEST(Truncation, AtTheLogEndDropsAnEpochThatWroteNothing) {
    auto log = a_log({plain()});
    log.start_epoch(LeaderEpoch{5});
    log.truncate_to(Offset{1});
    EXPECT_EQ(log.epochs().latest(), (EpochEntry{LeaderEpoch{0}, Offset{0}}));
}

TEST(Truncation, BelowTheHighWatermarkNeedsTheLogAnew) {
    auto log = a_log({plain(), plain()});
    log.raise_high_watermark(Offset{1});
    EXPECT_FALSE(log.can_truncate_to(Offset{0}));
    EXPECT_TRUE(log.can_truncate_to(Offset{1}));
    EXPECT_DEATH(log.truncate_to(Offset{0}), "invariant violated");
}

// KAFKA-7190: a producer is forgotten by time, not because its records were deleted.
TEST(LogStart, ForgetsNoProducer) {
    auto log = a_log({of_producer(1), plain(), plain()});
    log.raise_high_watermark(Offset{3});
    log.advance_start(Offset{2});
    EXPECT_EQ(log.start_offset(), Offset{2});
    EXPECT_EQ(offer(log, of_producer(1)), "duplicate of 0");
    log.advance_start(Offset{1});
    EXPECT_EQ(log.start_offset(), Offset{2});
}

TEST(LogStart, NeverPassesTheHighWatermark) {
    auto log = a_log({plain(), plain()});
    EXPECT_DEATH(log.advance_start(Offset{1}), "invariant violated");
}

TEST(LastStableOffset, IsTheStartOfTheEarliestOpenTransaction) {
    auto log = a_log({plain(), of_producer(1).transactional(), of_producer(2).transactional(), plain()});
    log.raise_high_watermark(Offset{4});
    EXPECT_EQ(log.last_stable_offset(), Offset{1});
    log.append_as_leader(LeaderEpoch{0}, commit_of(1), Time{0});
    log.raise_high_watermark(Offset{5});
    EXPECT_EQ(log.last_stable_offset(), Offset{2});
    log.append_as_leader(LeaderEpoch{0}, commit_of(2), Time{0});
    log.raise_high_watermark(Offset{6});
    EXPECT_EQ(log.last_stable_offset(), Offset{6});
}

// Were it released earlier, a new leader without the marker would hold it back again.
TEST(LastStableOffset, WaitsUntilTheHighWatermarkHasPassedTheMarker) {
    auto log = a_log({of_producer(1).transactional(), commit_of(1)});
    log.raise_high_watermark(Offset{1});
    EXPECT_EQ(log.last_stable_offset(), Offset{0});
    log.raise_high_watermark(Offset{2});
    EXPECT_EQ(log.last_stable_offset(), Offset{2});
}

TEST(AbortedTransactions, AreIndexedWithTheStableOffsetBehindThem) {
    auto log = a_log({of_producer(1).transactional(), of_producer(2).transactional()});
    const Appended first = log.append_as_leader(LeaderEpoch{0}, abort_of(1), Time{0});
    EXPECT_EQ(first.aborted, (AbortedTransaction{ProducerId{1}, Offset{0}, Offset{2}, Offset{1}}));
    const Appended second = log.append_as_leader(LeaderEpoch{0}, abort_of(2), Time{0});
    EXPECT_EQ(second.aborted, (AbortedTransaction{ProducerId{2}, Offset{1}, Offset{3}, Offset{4}}));
}

TEST(AbortedTransactions, OneWithoutRecordsHereIsNone) {
    auto log = a_log({of_producer(1)});
    EXPECT_EQ(log.append_as_leader(LeaderEpoch{0}, abort_of(1), Time{0}).aborted, std::nullopt);
    EXPECT_EQ(log.append_as_leader(LeaderEpoch{0}, abort_of(9), Time{0}).aborted, std::nullopt);
}

TEST(AbortedTransactions, AReaderIsToldOfThoseThatReachIntoItsRange) {
    const auto log = a_log({of_producer(1).transactional(), abort_of(1), plain(),  // [0, 1]
                            of_producer(2).transactional(), abort_of(2)});         // [3, 4]
    EXPECT_EQ(log.aborted_transactions(Offset{0}, Offset{2}).size(), 1U);
    EXPECT_EQ(log.aborted_transactions(Offset{2}, Offset{3}).size(), 0U);
    EXPECT_EQ(log.aborted_transactions(Offset{1}, Offset{5}).size(), 2U);
    const auto of_its_marker = log.aborted_transactions(Offset{4}, Offset{5});
    ASSERT_EQ(of_its_marker.size(), 1U) << "it began before (KAFKA-5376)";
    EXPECT_EQ(of_its_marker[0].producer, ProducerId{2});
}

TEST(ProducerLimits, ForgetTheIdleBeforeTheyRefuseTheNew) {
    ProducerLimits limits;
    limits.max_producers = 3;
    limits.protected_for = Duration{100};
    ReplicaLog log{Offset{0}, limits};
    for (int id = 1; id <= 3; ++id) EXPECT_EQ(offer(log, of_producer(id), Time{id}), fmt::format("at {}", id - 1));
    const ReplicaLog full = log;
    EXPECT_EQ(offer(log, of_producer(4), Time{50}), "THROTTLING_QUOTA_EXCEEDED");
    EXPECT_EQ(log, full);
    EXPECT_EQ(offer(log, of_producer(1).sequence(1), Time{50}), "at 3") << "a known producer goes on";
    EXPECT_EQ(offer(log, of_producer(4), Time{102}), "at 4") << "producer 2 was idle for 100";
    EXPECT_EQ(log.producer(ProducerId{2}, Time{102}), nullptr);
    EXPECT_NE(log.producer(ProducerId{1}, Time{102}), nullptr);
    EXPECT_EQ(log.producers().size(), 3U);
}

// A follower takes what its leader took, and still stays within its memory.
TEST(ProducerLimits, AFollowerForgetsTheOldest) {
    ProducerLimits limits;
    limits.max_producers = 3;
    ReplicaLog log{Offset{0}, limits};
    for (int id = 1; id <= 5; ++id) log.append_replicated(of_producer(id).at(id), Time{id});
    EXPECT_EQ(log.producers().size(), 3U);
    EXPECT_EQ(log.producer(ProducerId{2}, Time{5}), nullptr);
    EXPECT_NE(log.producer(ProducerId{3}, Time{5}), nullptr);
}

TEST(ProducerLimits, AnExpiredProducerStartsAnew) {
    ProducerLimits limits;
    limits.expiration = Duration{10};
    ReplicaLog log{Offset{0}, limits};
    EXPECT_EQ(offer(log, of_producer(1), Time{0}), "at 0");
    EXPECT_EQ(offer(log, of_producer(1).sequence(7), Time{9}), "OUT_OF_ORDER_SEQUENCE_NUMBER");
    EXPECT_EQ(offer(log, of_producer(1).sequence(7), Time{10}), "at 1");
    EXPECT_TRUE(log.producer_snapshot(Time{30}).empty());
}

TEST(Load, GivesWhatTheLiveLogHas) {
    auto live =
        a_log({of_producer(1).transactional().stamped(5), of_producer(2), abort_of(1), of_producer(1).sequence(1)});
    const auto snapshot = live.producer_snapshot(Time{0});
    const std::vector<AbortedTransaction> aborted{live.aborted_transactions().begin(),
                                                  live.aborted_transactions().end()};
    const std::vector<EpochEntry> epochs{live.epochs().entries().begin(), live.epochs().entries().end()};
    LogCheckpoint checkpoint{Offset{0}, Offset{4}, epochs, snapshot, aborted};
    auto loaded = ReplicaLog::load(checkpoint, Time{0});
    ASSERT_TRUE(loaded);
    for (ReplicaLog* log : {&live, &*loaded}) {
        log->append_replicated(of_producer(2).sequence(1).at(4), Time{0});
        log->mark_written(Offset{5});
        log->mark_durable(Offset{5});
        log->raise_high_watermark(Offset{5});
    }
    loaded->finish_load();
    EXPECT_EQ(*loaded, live) << fmt::format("{}", fmt::join(diff(*loaded, live), "\n"));
}

TEST(Load, RefusesAReplayThatBeginsBelowTheLog) {
    EXPECT_EQ(ReplicaLog::load({Offset{5}, Offset{4}, {}, {}, {}}, Time{0}).error(), ErrorCode::corrupt_message);
}

TEST(Load, DropsEpochsThatDoNotRiseOrLieBeyondTheEnd) {
    const std::vector<EpochEntry> epochs{{LeaderEpoch{1}, Offset{0}},
                                         {LeaderEpoch{1}, Offset{3}},
                                         {LeaderEpoch{2}, Offset{4}},
                                         {LeaderEpoch{7}, Offset{9}}};
    auto loaded = ReplicaLog::load({Offset{0}, Offset{6}, epochs, {}, {}}, Time{0});
    loaded->finish_load();
    EXPECT_EQ(loaded->epochs().entries().size(), 2U);
    EXPECT_EQ(loaded->epochs().latest(), (EpochEntry{LeaderEpoch{2}, Offset{4}}));
}

TEST(Load, CannotCutBelowWhereReplayBegan) {
    const auto loaded = ReplicaLog::load({Offset{0}, Offset{6}, {}, {}, {}}, Time{0});
    EXPECT_FALSE(loaded->can_truncate_to(Offset{5}));
    EXPECT_EQ(loaded->high_watermark(), Offset{0});
}

TEST(Hash, KeptEqualsComputed) {
    auto log = a_log({of_producer(1).transactional(), of_producer(2), abort_of(1), of_producer(2).sequence(1)});
    EXPECT_EQ(log.hash(), log.hash_from_scratch());
    const auto before = log.hash();
    log.truncate_to(Offset{2});
    EXPECT_NE(log.hash(), before);
    EXPECT_EQ(log.hash(), log.hash_from_scratch());
}

}  // namespace
}  // namespace highwater
