// The follower: appends as they stand on the leader, and truncation to where both logs agree.
#include <gtest/gtest.h>

#include "core/partition/testing.h"
#include "core/partition/truncation.h"

namespace highwater {
namespace {

using testing::nodes;
using testing::of_producer;
using testing::only;
using testing::plain;
using testing::ReplicaDriver;

/// Epoch 1 wrote [0, 3), epoch 2 wrote [3, 5); nothing is known to be committed.
ReplicaDriver a_follower(FlushMode mode = FlushMode::replicated) {
    ReplicaDriver driver{mode};
    driver.follows(1, 2);
    driver.leader_answers(2, 0, {plain().records(3).of_leader(1), plain().records(2).at(3).of_leader(2)});
    driver.written();
    return driver;
}

TEST(Follower, AppendsVerbatimAndStartsEpochsFirst) {
    ReplicaDriver follower{FlushMode::replicated};
    follower.follows(1, 5);
    const BatchFacts batch = plain().records(2).of_leader(4);
    EXPECT_EQ(follower.leader_answers(5, 0, {batch}, 1),
              (Effects{EpochStarted{LeaderEpoch{4}, Offset{0}}, AppendBatch{AppendToken{0}, {}, batch, {}}}));
    EXPECT_EQ(follower.written(), (Effects{HighWatermarkAdvanced{Offset{1}}}));
}

// What a restart may lose is not committed here, whatever the leader says: it may lead next.
TEST(Follower, ItsHighWatermarkWaitsForItsOwnDiskInFsyncMode) {
    ReplicaDriver follower{FlushMode::fsync};
    follower.follows(1, 0);
    follower.leader_answers(0, 0, {plain()}, 1);
    EXPECT_EQ(follower.written(), (Effects{FlushUpTo{Offset{1}}}));
    EXPECT_EQ(follower.flushed(), (Effects{HighWatermarkAdvanced{Offset{1}}}));
}

TEST(Follower, ClampsTheHighWatermarkToItsOwnEnd) {
    auto follower = a_follower();
    follower.leader_answers(2, 5, {}, 90);
    EXPECT_EQ(follower.replica().high_watermark(), Offset{5});
}

TEST(Follower, FlushesInFsyncMode) {
    ReplicaDriver follower{FlushMode::fsync};
    follower.follows(1, 0);
    follower.leader_answers(0, 0, {plain()});
    EXPECT_EQ(follower.written(), (Effects{FlushUpTo{Offset{1}}}));
    follower.flushed();
    EXPECT_EQ(follower.log().durable_offset(), Offset{1});
}

TEST(Follower, RaisesItsLogStartWithTheLeader) {
    auto follower = a_follower();
    LeaderAnswered answer;
    answer.leader_epoch = LeaderEpoch{2};
    answer.fetch_offset = Offset{5};
    answer.high_watermark = Offset{4};
    answer.log_start_offset = Offset{3};
    EXPECT_EQ(only<AdvanceLogStart>(follower.hears(answer)), (std::vector{AdvanceLogStart{Offset{3}}}));
}

// KAFKA-13207: an answer to a fetch of another epoch or position.
TEST(Follower, IgnoresAnAnswerThatIsNotAboutItsPresentLog) {
    auto follower = a_follower();
    const Replica before = follower.replica();
    EXPECT_TRUE(follower.leader_answers(1, 5, {plain().at(5).of_leader(1)}, 5).empty());
    EXPECT_TRUE(follower.leader_answers(2, 3, {plain().at(3).of_leader(2)}, 5).empty());
    EXPECT_TRUE(follower.leader_diverges(1, 5, 1, 2).empty());
    EXPECT_EQ(follower.replica(), before);
}

// KAFKA-18723.
TEST(Follower, DropsBatchesOfANewerEpochThanItsFetch) {
    auto follower = a_follower();
    follower.leader_answers(2, 5, {plain().at(5).of_leader(2), plain().at(6).of_leader(3)});
    EXPECT_EQ(follower.log().end_offset(), Offset{6});
}

TEST(Truncation, CutsWhereTheSharedEpochEnded) {
    auto follower = a_follower();
    follower.follows(1, 3);
    EXPECT_EQ(follower.leader_diverges(3, 5, 1, 2), (Effects{TruncateTo{Offset{2}}}));
    EXPECT_EQ(follower.log().end_offset(), Offset{2});
}

TEST(Truncation, KeepsItsOwnShorterEndOfThatEpoch) {
    auto follower = a_follower();
    follower.follows(1, 3);
    EXPECT_EQ(follower.leader_diverges(3, 5, 1, 4), (Effects{TruncateTo{Offset{3}}}));
}

// KIP-279: both sides have tails of epochs that the other never saw; each round removes one.
TEST(Truncation, AnUnknownEpochCutsToTheOneBelowAndAsksAgain) {
    ReplicaDriver follower{FlushMode::replicated};
    follower.follows(1, 5);
    follower.leader_answers(5, 0,
                            {plain().records(2).of_leader(1), plain().records(2).at(2).of_leader(3),
                             plain().records(2).at(4).of_leader(5)});
    follower.follows(1, 6);
    EXPECT_EQ(follower.leader_diverges(6, 6, 4, 9), (Effects{TruncateTo{Offset{4}}}));
    EXPECT_EQ(follower.leader_diverges(6, 4, 2, 9), (Effects{TruncateTo{Offset{2}}}));
    EXPECT_EQ(follower.log().epochs().latest()->epoch, LeaderEpoch{1});
}

// KAFKA-14704: the high watermark is about records that this log does not have yet.
TEST(Truncation, ADivergingAnswerMovesNoHighWatermark) {
    auto follower = a_follower();
    follower.follows(1, 3);
    follower.leader_diverges(3, 5, 1, 3, 5);
    EXPECT_EQ(follower.replica().high_watermark(), Offset{0});
}

TEST(Truncation, BelowTheHighWatermarkStopsTheMachineUntilTheLogIsLoadedAnew) {
    auto follower = a_follower();
    follower.leader_answers(2, 5, {}, 4);
    follower.follows(1, 3);
    EXPECT_EQ(follower.leader_diverges(3, 5, 1, 2), (Effects{TruncateTo{Offset{2}, true}}));
    EXPECT_TRUE(follower.replica().is_offline());
}

TEST(Truncation, WithoutAnyHistoryGoesToTheHighWatermark) {
    const ReplicaLog log{Offset{5}};
    EXPECT_EQ(truncation_offset(log, {LeaderEpoch{1}, Offset{2}}), Offset{5});
}

// A flush that began before the cut says nothing about what was written after it.
TEST(Truncation, AFlushUnderWayCountsOnlyUpToTheCut) {
    ReplicaDriver follower{FlushMode::fsync};
    follower.follows(1, 2);
    follower.leader_answers(2, 0, {plain().records(3).of_leader(1), plain().records(2).at(3).of_leader(2)});
    EXPECT_EQ(follower.written(), (Effects{FlushUpTo{Offset{5}}}));
    follower.follows(1, 3);
    follower.leader_diverges(3, 5, 1, 3);
    follower.leader_answers(3, 3, {plain().records(2).at(3).of_leader(3)});
    EXPECT_TRUE(follower.written().empty());
    const Effects flushed = follower.hears(FlushDone{Offset{5}});
    EXPECT_EQ(follower.log().durable_offset(), Offset{3});
    EXPECT_EQ(flushed, (Effects{FlushUpTo{Offset{5}}}));
}

TEST(Truncation, AnAppendUnderWayCountsOnlyUpToTheCut) {
    ReplicaDriver follower{FlushMode::replicated};
    follower.follows(1, 2);
    follower.leader_answers(2, 0, {plain().records(3).of_leader(1), plain().records(2).at(3).of_leader(2)});
    follower.follows(1, 3);
    follower.leader_diverges(3, 5, 1, 3);
    follower.leader_answers(3, 3, {plain().records(2).at(3).of_leader(3)});
    follower.hears(AppendDone{AppendToken{1}});
    EXPECT_EQ(follower.log().written_offset(), Offset{3});
    follower.hears(AppendDone{AppendToken{2}});
    EXPECT_EQ(follower.log().written_offset(), Offset{5});
}

// A produce of the former leadership must not be acknowledged by another batch at its offset.
TEST(Truncation, TheRetryOfACutBatchIsAppendedAgain) {
    ReplicaDriver replica{FlushMode::replicated};
    replica.leads(1, nodes({0, 1}), nodes({0, 1}));
    replica.produces(1, Acks::all, of_producer(1));
    replica.written();
    EXPECT_EQ(only<ReplyProduce>(replica.follows(1, 2)).at(0).error, ErrorCode::not_leader_or_follower);
    replica.leader_diverges(2, 1, 1, 0);
    replica.leads(3, nodes({0, 1}), nodes({0, 1}));
    const Effects retried = replica.produces(2, Acks::all, of_producer(1));
    EXPECT_EQ(only<AppendBatch>(retried).size(), 1U);
}

}  // namespace
}  // namespace highwater
