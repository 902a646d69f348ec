// A follower whose position the leader's log does not have: retention or DeleteRecords went past it there, or an
// unclean election left the leader with less (AbstractFetcherThread.fetchOffsetAndTruncate).
#include <gtest/gtest.h>

#include "core/partition/testing.h"

namespace highwater {
namespace {

using testing::of_producer;
using testing::only;
using testing::plain;
using testing::ReplicaDriver;

/// Follows broker 1 in epoch 2, whose log was [0, 5) with 2 committed, and does so in epoch 3 now.
ReplicaDriver a_follower(FlushMode mode = FlushMode::replicated) {
    ReplicaDriver driver{mode};
    driver.follows(1, 2);
    driver.leader_answers(2, 0, {of_producer(1).records(3).of_leader(1), plain().records(2).at(3).of_leader(2)}, 2);
    driver.written();
    if (mode == FlushMode::fsync) driver.flushed();
    driver.follows(1, 3);
    return driver;
}

/// As a_follower(), its log starts (and its high watermark is) at `log_start`.
ReplicaDriver a_follower_from(std::int64_t log_start) {
    ReplicaDriver driver = a_follower();
    LeaderAnswered answer;
    answer.leader_epoch = LeaderEpoch{3};
    answer.fetch_offset = Offset{5};
    answer.high_watermark = answer.log_start_offset = Offset{log_start};
    driver.hears(answer);
    return driver;
}

TEST(FetchOutOfRange, BelowTheLeadersLogStartTheLogBeginsAnewThere) {
    auto follower = a_follower();
    EXPECT_EQ(follower.fetch_is_out_of_range(3, 5, 8, 9),
              (Effects{TruncateFullyAndStartAt{Offset{8}}, HighWatermarkAdvanced{Offset{8}}}));
    EXPECT_EQ(follower.log(), ReplicaLog{Offset{8}});
}

TEST(FetchOutOfRange, AfterItTheFollowerAppendsAndFollowsTheHighWatermark) {
    auto follower = a_follower();
    follower.fetch_is_out_of_range(3, 5, 8, 9);
    follower.leader_answers(3, 8, {plain().at(8).of_leader(3)}, 9);
    follower.written();
    EXPECT_EQ(follower.log().start_offset(), Offset{8});
    EXPECT_EQ(follower.log().end_offset(), Offset{9});
    EXPECT_EQ(follower.replica().high_watermark(), Offset{9});
}

// What it has may be of an epoch that ended earlier at the leader, whose history does not say that any more: its
// records are out of sight once its log start rises, but the producers that they made known would be believed.
TEST(FetchOutOfRange, EndingWhereTheLeaderStartsTheLogBeginsAnewToo) {
    auto follower = a_follower();
    EXPECT_EQ(follower.fetch_is_out_of_range(3, 5, 5, 9),
              (Effects{TruncateFullyAndStartAt{Offset{5}}, HighWatermarkAdvanced{Offset{5}}}));
    EXPECT_EQ(follower.log(), ReplicaLog{Offset{5}});
}

// After an unclean election. Cut first: then the next fetch's epoch shows where the logs part.
TEST(FetchOutOfRange, BeyondTheLeadersEndItTruncatesToThatEnd) {
    auto follower = a_follower();
    EXPECT_EQ(follower.fetch_is_out_of_range(3, 5, 0, 3), (Effects{TruncateTo{Offset{3}}}));
}

TEST(FetchOutOfRange, BeyondTheLeadersEndBelowItsHighWatermarkTheLogIsLoadedAnew) {
    auto follower = a_follower();
    EXPECT_EQ(follower.fetch_is_out_of_range(3, 5, 0, 1), (Effects{TruncateTo{Offset{1}, true}}));
    EXPECT_TRUE(follower.replica().is_offline());
}

// Kafka's begins again at the leader's end there, and never gets what the leader has below it.
TEST(FetchOutOfRange, AboveTheLeadersEndAltogetherItBeginsAnewWhereTheLeaderStarts) {
    auto follower = a_follower_from(4);
    EXPECT_EQ(follower.fetch_is_out_of_range(3, 5, 1, 3), (Effects{TruncateFullyAndStartAt{Offset{1}, true}}));
    EXPECT_TRUE(follower.replica().is_offline());
}

// KAFKA-13207, as for any other answer.
TEST(FetchOutOfRange, IsIgnoredWhenItIsNotAboutItsPresentLog) {
    auto follower = a_follower();
    const Replica before = follower.replica();
    EXPECT_TRUE(follower.fetch_is_out_of_range(2, 5, 8, 9).empty());
    EXPECT_TRUE(follower.fetch_is_out_of_range(3, 4, 8, 9).empty());
    EXPECT_TRUE(follower.fetch_is_out_of_range(3, 5, 9, 8).empty());
    EXPECT_TRUE(follower.fetch_is_out_of_range(3, 5, -2, -1).empty());
    EXPECT_EQ(follower.replica(), before);
}

// What was appended and flushed of the old log says nothing about the new one.
TEST(FetchOutOfRange, AFlushUnderWaySaysNothingAboutTheNewLog) {
    ReplicaDriver follower{FlushMode::fsync};
    follower.follows(1, 2);
    follower.leader_answers(2, 0, {plain().records(5).of_leader(2)});
    follower.written();
    follower.fetch_is_out_of_range(2, 5, 8, 9);
    follower.leader_answers(2, 8, {plain().records(3).at(8).of_leader(2)}, 11);
    EXPECT_TRUE(follower.written().empty());
    EXPECT_EQ(follower.hears(FlushDone{Offset{11}}), (Effects{FlushUpTo{Offset{11}}}));
    EXPECT_EQ(follower.log().durable_offset(), Offset{8});
    EXPECT_EQ(follower.flushed(), (Effects{HighWatermarkAdvanced{Offset{11}}}));
}

// DeleteRecords may put the log start into a batch (Partition.doAppendRecordsToFollowerOrFutureReplica): the follower's
// log then begins with the whole of that batch, as the leader's does, and is read from the same offset.
TEST(FetchOutOfRange, ABatchThatReachesAcrossTheLogStartIsAppendedWhole) {
    auto follower = a_follower();
    follower.fetch_is_out_of_range(3, 5, 8, 11);
    const BatchFacts batch = plain().records(4).at(6).of_leader(2);
    const BatchFacts next = plain().at(10).of_leader(3);
    EXPECT_EQ(follower.leader_answers(3, 8, {batch, next}, 11),
              (Effects{TruncateFullyAndStartAt{Offset{6}}, EpochStarted{LeaderEpoch{2}, Offset{6}},
                       AppendBatch{AppendToken{2}, {}, batch, {}}, AdvanceLogStart{Offset{8}},
                       EpochStarted{LeaderEpoch{3}, Offset{10}}, AppendBatch{AppendToken{3}, {}, next, {}}}));
    EXPECT_EQ(follower.log().start_offset(), Offset{8});
    EXPECT_EQ(follower.replica().high_watermark(), Offset{8});
    EXPECT_EQ(follower.written(), (Effects{HighWatermarkAdvanced{Offset{11}}}));
}

TEST(FetchOutOfRange, OnlyTheFirstBatchOfALogMayReachAcrossItsStart) {
    auto follower = a_follower_from(2);
    EXPECT_TRUE(follower.leader_answers(3, 5, {plain().records(6).of_leader(3)}).empty());
    follower.fetch_is_out_of_range(3, 5, 8, 11);
    EXPECT_TRUE(follower.leader_answers(3, 8, {plain().records(2).at(6).of_leader(3)}).empty());
    EXPECT_TRUE(follower.leader_answers(3, 8, {plain().records(40).at(-20).of_leader(3)}).empty());
    EXPECT_EQ(follower.log(), ReplicaLog{Offset{8}});
}

// Found by the model checker: a produce that was never committed was acknowledged to its retry.
TEST(FetchOutOfRange, IsSaidToAFollowerWhoseLogTheLeadersHistoryDoesNotReach) {
    ReplicaDriver leader{FlushMode::replicated};
    leader.leads(4, testing::nodes({0, 1, 2}), testing::nodes({0, 1}));
    leader.produces(1, Acks::all, plain().records(3));
    leader.written();
    leader.follower_fetches(1, 3, 4);
    leader.leads(5, testing::nodes({0, 1, 2}), testing::nodes({0, 1}));
    leader.follower_fetches(1, 3, 4);
    leader.hears(DeleteRecordsReceived{DeleteRecordsToken{1}, Offset{3}, {}});
    const auto error = [&](std::int32_t node, std::optional<std::int32_t> last_epoch) {
        return only<ReplyFetch>(leader.follower_fetches(node, 3, last_epoch)).at(0).error;
    };
    EXPECT_EQ(error(2, 4), ErrorCode::offset_out_of_range);
    EXPECT_EQ(error(1, 4), ErrorCode::none) << "compared before the records were deleted";
    EXPECT_EQ(error(2, {}), ErrorCode::none) << "an empty log";
    EXPECT_EQ(error(2, 5), ErrorCode::none);
}

// The leader's half: its refusal says where its log is.
TEST(FetchOutOfRange, TheLeaderSaysWhereItsLogStartsAndEnds) {
    ReplicaDriver leader{FlushMode::replicated};
    leader.leads(1, testing::nodes({0, 1}), testing::nodes({0}));
    leader.produces(1, Acks::all, plain().records(5));
    leader.written();
    leader.hears(DeleteRecordsReceived{DeleteRecordsToken{1}, Offset{3}, {}});
    leader.produces(2, Acks::all, plain().records(2));
    for (const std::int64_t offset : {2, 8}) {
        const auto replies = only<ReplyFetch>(leader.follower_fetches(1, offset));
        ASSERT_EQ(replies.size(), 1U);
        EXPECT_EQ(replies[0].error, ErrorCode::offset_out_of_range);
        EXPECT_EQ(replies[0].log_start_offset, Offset{3});
        EXPECT_EQ(replies[0].readable_end, Offset{7});
    }
}

}  // namespace
}  // namespace highwater
