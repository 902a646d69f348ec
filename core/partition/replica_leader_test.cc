// The leader: when a produce is answered, how far the high watermark goes, what a fetch is told.
#include <gtest/gtest.h>

#include "core/partition/high_watermark.h"
#include "core/partition/testing.h"

namespace highwater {
namespace {

using testing::answers;
using testing::kSelf;
using testing::nodes;
using testing::of_producer;
using testing::only;
using testing::plain;
using testing::ReplicaDriver;
using Answers = std::vector<std::string>;

ReplicaDriver a_single_leader(FlushMode mode = FlushMode::fsync) {
    ReplicaDriver driver{mode};
    driver.leads(0, nodes({0}), nodes({0}));
    return driver;
}

ReplicaDriver a_leader_of_three(FlushMode mode = FlushMode::replicated, std::int32_t min_insync_replicas = 1) {
    ReplicaDriver driver{mode, min_insync_replicas};
    driver.leads(0, nodes({0, 1, 2}), nodes({0, 1, 2}));
    return driver;
}

TEST(Produce, WithoutARoleIsNotForThisNode) {
    ReplicaDriver driver;
    EXPECT_EQ(answers(driver.produces(1, Acks::all)), Answers{"1:NOT_LEADER_OR_FOLLOWER@-"});
}

// Durability is in the protocol: the append, then its flush, then the high watermark, then the answer.
TEST(Produce, OnOneReplicaIsAnsweredWhenItSurvivesAPowerLoss) {
    auto leader = a_single_leader();
    const Effects asked = leader.produces(1, Acks::all);
    BatchFacts facts = plain();
    EXPECT_EQ(asked, (Effects{AppendBatch{AppendToken{0}, ProduceToken{1}, facts, {}}, WakeAt{Time{1000}}}));
    EXPECT_EQ(leader.written(), (Effects{FlushUpTo{Offset{1}}}));
    EXPECT_EQ(leader.flushed(), (Effects{HighWatermarkAdvanced{Offset{1}},
                                         ReplyProduce{ProduceToken{1}, ErrorCode::none, Offset{0}, Offset{0}, false}}));
}

TEST(Produce, InReplicatedModeNeedsNoFlush) {
    auto leader = a_single_leader(FlushMode::replicated);
    leader.produces(1, Acks::all);
    const Effects done = leader.written();
    EXPECT_TRUE(only<FlushUpTo>(done).empty());
    EXPECT_EQ(answers(done), Answers{"1:NONE@0"});
}

TEST(Produce, WithoutAcksIsAnsweredOnceAccepted) {
    auto leader = a_single_leader();
    EXPECT_EQ(answers(leader.produces(1, Acks::none)), Answers{"1:NONE@0"});
    leader.produces(2, Acks::none, of_producer(1));
    EXPECT_EQ(answers(leader.produces(3, Acks::none, of_producer(1).sequence(5))),
              Answers{"3:OUT_OF_ORDER_SEQUENCE_NUMBER@-"});
}

TEST(Produce, AcksOfTheLeaderDoNotWaitForFollowers) {
    auto leader = a_leader_of_three();
    leader.produces(1, Acks::leader);
    leader.produces(2, Acks::all);
    EXPECT_EQ(answers(leader.written()), Answers{"1:NONE@0"});
}

TEST(Produce, AcksOfTheLeaderWaitForItsDiskInFsyncMode) {
    auto leader = a_leader_of_three(FlushMode::fsync);
    leader.produces(1, Acks::leader);
    EXPECT_TRUE(answers(leader.written()).empty());
    EXPECT_EQ(answers(leader.flushed()), Answers{"1:NONE@0"});
}

TEST(Produce, AcksOfAllWaitForEveryInSyncReplica) {
    auto leader = a_leader_of_three();
    leader.produces(1, Acks::all);
    EXPECT_TRUE(answers(leader.written()).empty());
    EXPECT_TRUE(answers(leader.follower_fetches(1, 1)).empty());
    EXPECT_EQ(answers(leader.follower_fetches(2, 1)), Answers{"1:NONE@0"});
    EXPECT_EQ(leader.replica().high_watermark(), Offset{1});
}

// The leader's own end counts only as far as it is durable.
TEST(Produce, FollowersAloneDoNotCommitWhatTheLeaderMayLose) {
    auto leader = a_leader_of_three(FlushMode::fsync);
    leader.produces(1, Acks::all);
    leader.written();
    leader.follower_fetches(1, 1);
    EXPECT_TRUE(answers(leader.follower_fetches(2, 1)).empty());
    EXPECT_EQ(answers(leader.flushed()), Answers{"1:NONE@0"});
}

TEST(Produce, ABatchIsAnsweredWithoutThoseBehindIt) {
    auto leader = a_single_leader();
    leader.produces(1, Acks::all);
    leader.written();
    leader.produces(2, Acks::all, plain().records(3));
    EXPECT_TRUE(leader.written().empty()) << "one flush at a time";
    const Effects first = leader.flushed();
    EXPECT_EQ(answers(first), Answers{"1:NONE@0"});
    EXPECT_EQ(only<FlushUpTo>(first), (std::vector{FlushUpTo{Offset{4}}})) << "the next one takes what came meanwhile";
    EXPECT_EQ(answers(leader.flushed()), Answers{"2:NONE@1"});
}

// A retry must not be acknowledged before its original is safe.
TEST(Produce, ARetryWaitsForItsOriginal) {
    auto leader = a_single_leader();
    leader.produces(1, Acks::all, of_producer(1));
    const Effects retried = leader.produces(2, Acks::all, of_producer(1));
    EXPECT_TRUE(only<AppendBatch>(retried).empty());
    EXPECT_TRUE(answers(retried).empty());
    leader.written();
    EXPECT_EQ(answers(leader.flushed()), (Answers{"1:NONE@0", "2:NONE@0 dup"}));
    EXPECT_EQ(answers(leader.produces(3, Acks::all, of_producer(1))), Answers{"3:NONE@0 dup"});
}

TEST(Produce, ARetryOfDeletedRecordsIsStillARetry) {
    auto leader = a_single_leader(FlushMode::replicated);
    leader.produces(1, Acks::all, of_producer(1));
    leader.written();
    leader.hears(DeleteRecordsReceived{DeleteRecordsToken{1}, std::nullopt, std::nullopt});
    EXPECT_EQ(leader.log().start_offset(), Offset{1});
    EXPECT_EQ(answers(leader.produces(2, Acks::all, of_producer(1))), Answers{"2:NONE@0 dup"});
}

TEST(Produce, PastItsDeadlineIsAnsweredAndTheDataStays) {
    auto leader = a_single_leader();
    leader.produces(1, Acks::all, plain(), Time{50});
    leader.produces(2, Acks::all, plain(), Time{70});
    leader.at(49);
    EXPECT_TRUE(leader.hears(DeadlineReached{}).empty()) << "too early";
    leader.at(50);
    const Effects late = leader.hears(DeadlineReached{});
    EXPECT_EQ(answers(late), Answers{"1:REQUEST_TIMED_OUT@-"});
    EXPECT_EQ(only<WakeAt>(late), (std::vector{WakeAt{Time{70}}}));
    leader.written();
    EXPECT_EQ(answers(leader.flushed()), Answers{"2:NONE@1"});
    EXPECT_EQ(leader.log().end_offset(), Offset{2});
}

TEST(Produce, OneAlarmServesAllDeadlines) {
    auto leader = a_single_leader();
    EXPECT_EQ(only<WakeAt>(leader.produces(1, Acks::all, plain(), Time{50})).size(), 1U);
    EXPECT_EQ(only<WakeAt>(leader.produces(2, Acks::all, plain(), Time{60})).size(), 0U);
    EXPECT_EQ(only<WakeAt>(leader.produces(3, Acks::all, plain(), Time{40})), (std::vector{WakeAt{Time{40}}}));
}

TEST(MinInsync, RefusesAcksOfAllBeforeTheAppend) {
    auto leader = a_leader_of_three(FlushMode::replicated, 2);
    leader.leads(0, nodes({0, 1, 2}), nodes({0}), 1);
    EXPECT_EQ(answers(leader.produces(1, Acks::all)), Answers{"1:NOT_ENOUGH_REPLICAS@-"});
    EXPECT_EQ(leader.log().end_offset(), Offset{0});
    leader.produces(2, Acks::leader);
    EXPECT_EQ(answers(leader.written()), Answers{"2:NONE@0"});
}

// KIP-966: the high watermark stands still while the in-sync replicas are too few, whatever the acks.
TEST(MinInsync, FreezesTheHighWatermark) {
    auto leader = a_leader_of_three(FlushMode::replicated, 2);
    leader.leads(0, nodes({0, 1, 2}), nodes({0}), 1);
    leader.produces(1, Acks::leader);
    EXPECT_TRUE(only<HighWatermarkAdvanced>(leader.written()).empty());
    leader.hears(ConfigChanged{1});
    EXPECT_EQ(leader.replica().high_watermark(), Offset{1});
}

TEST(MinInsync, LostAfterTheAppendIsSaidSo) {
    auto leader = a_leader_of_three(FlushMode::replicated, 2);
    leader.produces(1, Acks::all);
    leader.written();
    leader.follower_fetches(1, 1);
    leader.follower_fetches(2, 1);
    leader.leads(0, nodes({0, 1, 2}), nodes({0}), 1);
    // Committed before the in-sync replicas became too few, so a retry learns that the record is not safe enough now.
    EXPECT_EQ(answers(leader.produces(2, Acks::all)), Answers{"2:NOT_ENOUGH_REPLICAS@-"});
    EXPECT_EQ(leader.replica().high_watermark(), Offset{1});
}

TEST(MinInsync, IsAtMostTheNumberOfReplicas) {
    EXPECT_EQ(effective_min_insync(3, 1), 1);
    EXPECT_EQ(effective_min_insync(2, 3), 2);
    EXPECT_EQ(effective_min_insync(0, 3), 1);
}

TEST(HighWatermark, IsTheSmallestEndOfWhatCounts) {
    std::vector<FollowerProgress> followers(2);
    followers[0].node = NodeId{1};
    followers[0].end_offset = Offset{5};
    followers[1].node = NodeId{2};
    followers[1].end_offset = Offset{3};
    EXPECT_EQ(smallest_end(kSelf, Offset{7}, nodes({0, 1, 2}), followers), Offset{3});
    EXPECT_EQ(smallest_end(kSelf, Offset{7}, nodes({0, 1}), followers), Offset{5});
    EXPECT_EQ(smallest_end(kSelf, Offset{4}, nodes({0, 1}), followers), Offset{4});
    followers[0].end_offset.reset();
    EXPECT_EQ(smallest_end(kSelf, Offset{7}, nodes({0, 1}), followers), std::nullopt);
}

// A follower that left the in-sync replicas no longer holds anyone up.
TEST(HighWatermark, MovesWhenTheInSyncReplicasShrink) {
    auto leader = a_leader_of_three();
    leader.produces(1, Acks::all);
    leader.written();
    leader.follower_fetches(1, 1);
    EXPECT_EQ(answers(leader.leads(0, nodes({0, 1, 2}), nodes({0, 1}), 1)), Answers{"1:NONE@0"});
}

// KIP-320: what a follower said in another leader epoch is about another log.
TEST(HighWatermark, ForgetsPositionsOfAFormerEpoch) {
    auto leader = a_leader_of_three();
    leader.produces(1, Acks::all);
    leader.written();
    leader.follower_fetches(1, 1);
    leader.leads(1, nodes({0, 1, 2}), nodes({0, 1, 2}));
    EXPECT_TRUE(answers(leader.follower_fetches(2, 1)).empty());
    EXPECT_EQ(answers(leader.follower_fetches(1, 1)), Answers{"1:NONE@0"}) << "the produce survives its leader's epoch";
}

TEST(HighWatermark, IsNotMovedByAReplicaThatIsNotAssigned) {
    auto leader = a_leader_of_three();
    const auto replies = only<ReplyFetch>(leader.follower_fetches(7, 0));
    EXPECT_EQ(replies.at(0).error, ErrorCode::not_leader_or_follower);
}

TEST(Leadership, RecordsItsEpochBeforeAnyAppend) {
    ReplicaDriver driver;
    EXPECT_EQ(driver.leads(4, nodes({0}), nodes({0})), (Effects{EpochStarted{LeaderEpoch{4}, Offset{0}}}));
    EXPECT_TRUE(driver.leads(4, nodes({0}), nodes({0})).empty()) << "the same news again";
}

// KIP-497: a lower partition epoch is old news.
TEST(Leadership, OldNewsIsIgnored) {
    auto leader = a_leader_of_three();
    leader.leads(5, nodes({0, 1}), nodes({0, 1}), 9);
    const Replica before = leader.replica();
    leader.leads(5, nodes({0}), nodes({0}), 8);
    leader.leads(4, nodes({0}), nodes({0}), 10);
    leader.hears(BecomeFollower{LeaderEpoch{4}, PartitionEpoch{20}, NodeId{1}, nodes({0, 1}), nodes({0, 1})});
    EXPECT_EQ(leader.replica(), before);
}

TEST(Leadership, LostMeansThatAllWhoWaitAreTold) {
    auto leader = a_leader_of_three();
    leader.produces(1, Acks::all);
    leader.produces(2, Acks::leader);
    leader.fetches(3, 0, 0);
    const Effects lost = leader.follows(1, 1);
    EXPECT_EQ(answers(lost), (Answers{"2:NOT_LEADER_OR_FOLLOWER@-", "1:NOT_LEADER_OR_FOLLOWER@-"}));
    EXPECT_EQ(only<ReplyFetch>(lost).at(0).error, ErrorCode::not_leader_or_follower);
    EXPECT_EQ(leader.replica().leader(), NodeId{1});
}

TEST(Fetch, ReadsUpToTheHighWatermark) {
    auto leader = a_leader_of_three();
    leader.produces(1, Acks::all, plain().records(4));
    leader.written();
    EXPECT_EQ(only<ReplyFetch>(leader.fetches(1, 0)).at(0).readable_end, Offset{0});
    leader.follower_fetches(1, 4);
    leader.follower_fetches(2, 4);
    EXPECT_EQ(only<ReplyFetch>(leader.fetches(1, 0)).at(0).readable_end, Offset{4});
}

TEST(Fetch, OfAFollowerReadsUpToWhatIsWritten) {
    auto leader = a_leader_of_three();
    leader.produces(1, Acks::all, plain().records(4));
    EXPECT_EQ(only<ReplyFetch>(leader.follower_fetches(1, 0)).at(0).readable_end, Offset{0});
    leader.written();
    EXPECT_EQ(only<ReplyFetch>(leader.follower_fetches(1, 0)).at(0).readable_end, Offset{4});
}

TEST(Fetch, WaitsUntilThereIsMoreToRead) {
    auto leader = a_single_leader(FlushMode::replicated);
    EXPECT_TRUE(leader.fetches(1, 0, 0).empty());
    EXPECT_TRUE(leader.fetches(2, 0, 1).empty());
    leader.produces(1, Acks::all);
    const auto woken = only<ReplyFetch>(leader.written());
    ASSERT_EQ(woken.size(), 1U);
    EXPECT_EQ(woken[0].token, FetchToken{1});
    EXPECT_EQ(woken[0].readable_end, Offset{1});
    leader.hears(CancelFetch{FetchToken{2}});
    leader.produces(2, Acks::all);
    EXPECT_TRUE(only<ReplyFetch>(leader.written()).empty()) << "cancelled";
}

TEST(Fetch, OutsideTheLogIsOutOfRange) {
    auto leader = a_single_leader(FlushMode::replicated);
    leader.produces(1, Acks::all, plain().records(4));
    leader.written();
    leader.hears(RetentionReached{Offset{2}});
    EXPECT_EQ(only<ReplyFetch>(leader.fetches(1, 1)).at(0).error, ErrorCode::offset_out_of_range);
    EXPECT_EQ(only<ReplyFetch>(leader.fetches(1, 2)).at(0).error, ErrorCode::none);
    EXPECT_EQ(only<ReplyFetch>(leader.fetches(1, 4)).at(0).error, ErrorCode::none);
    EXPECT_EQ(only<ReplyFetch>(leader.fetches(1, 5)).at(0).error, ErrorCode::offset_out_of_range);
}

TEST(Fetch, AWaitingOneIsToldWhenItsRecordsAreDeleted) {
    auto leader = a_single_leader(FlushMode::replicated);
    leader.produces(1, Acks::all, plain().records(4));
    leader.written();
    EXPECT_TRUE(leader.fetches(1, 0, 4).empty());
    const auto told = only<ReplyFetch>(leader.hears(RetentionReached{Offset{2}}));
    EXPECT_EQ(told.at(0).error, ErrorCode::offset_out_of_range);
}

// KIP-320.
TEST(Fetch, IsFencedByLeaderEpoch) {
    ReplicaDriver leader;
    leader.leads(5, nodes({0}), nodes({0}));
    FetchReceived fetch;
    fetch.current_leader_epoch = LeaderEpoch{4};
    EXPECT_EQ(only<ReplyFetch>(leader.hears(fetch)).at(0).error, ErrorCode::fenced_leader_epoch);
    fetch.current_leader_epoch = LeaderEpoch{6};
    EXPECT_EQ(only<ReplyFetch>(leader.hears(fetch)).at(0).error, ErrorCode::unknown_leader_epoch);
    fetch.current_leader_epoch = LeaderEpoch{5};
    EXPECT_EQ(only<ReplyFetch>(leader.hears(fetch)).at(0).error, ErrorCode::none);
}

TEST(Fetch, AWaitingOneIsFencedWhenTheEpochMovesOn) {
    ReplicaDriver leader;
    leader.leads(5, nodes({0}), nodes({0}));
    FetchReceived fetch;
    fetch.current_leader_epoch = LeaderEpoch{5};
    fetch.wait_above = Offset{0};
    EXPECT_TRUE(leader.hears(fetch).empty());
    const auto told = only<ReplyFetch>(leader.leads(6, nodes({0}), nodes({0})));
    EXPECT_EQ(told.at(0).error, ErrorCode::fenced_leader_epoch);
}

// KIP-595: the follower's tail is of an epoch that ended earlier on this leader.
TEST(Fetch, ADivergingFollowerIsToldWhereAndNotCounted) {
    ReplicaDriver leader{FlushMode::replicated};
    leader.leads(1, nodes({0, 1}), nodes({0, 1}));
    leader.produces(1, Acks::all, plain().records(3));
    leader.written();
    leader.leads(4, nodes({0, 1}), nodes({0, 1}));
    leader.produces(2, Acks::all);
    leader.written();
    const auto reply = only<ReplyFetch>(leader.follower_fetches(1, 4, 2)).at(0);
    EXPECT_EQ(reply.diverging, (ReplyFetch::Diverging{LeaderEpoch{1}, Offset{3}}));
    EXPECT_EQ(leader.replica().high_watermark(), Offset{0});
    EXPECT_EQ(only<ReplyFetch>(leader.follower_fetches(1, 3, 1)).at(0).diverging, std::nullopt);
    EXPECT_EQ(leader.replica().high_watermark(), Offset{3});
}

TEST(ListOffsets, WaitsForANewLeadersHighWatermark) {
    ReplicaLog log;
    log.start_epoch(LeaderEpoch{0});
    log.append_as_leader(LeaderEpoch{0}, plain(), Time{0});
    log.mark_written(Offset{1});
    ReplicaDriver leader{FlushMode::replicated, 1, log};
    leader.leads(1, nodes({0, 1}), nodes({0, 1}));
    const auto latest = [&] { return leader.replica().latest_offset({}, IsolationLevel::read_uncommitted); };
    EXPECT_EQ(latest().error(), ErrorCode::offset_not_available);
    leader.follower_fetches(1, 1);
    EXPECT_EQ(latest().value(), Offset{1});
}

TEST(DeleteRecords, GoesAtMostToTheHighWatermark) {
    auto leader = a_single_leader(FlushMode::replicated);
    leader.produces(1, Acks::all, plain().records(4));
    leader.written();
    leader.produces(2, Acks::all);  // not written
    const auto refused = leader.hears(DeleteRecordsReceived{DeleteRecordsToken{1}, Offset{5}, {}});
    EXPECT_EQ(only<ReplyDeleteRecords>(refused).at(0).error, ErrorCode::offset_out_of_range);
    EXPECT_EQ(
        leader.hears(DeleteRecordsReceived{DeleteRecordsToken{2}, Offset{3}, {}}),
        (Effects{AdvanceLogStart{Offset{3}}, ReplyDeleteRecords{DeleteRecordsToken{2}, ErrorCode::none, Offset{3}}}));
}

TEST(DeleteRecords, WaitsForTheInSyncFollowers) {
    auto leader = a_leader_of_three();
    leader.produces(1, Acks::all);
    leader.written();
    leader.follower_fetches(1, 1);
    leader.follower_fetches(2, 1);
    const auto asked = leader.hears(DeleteRecordsReceived{DeleteRecordsToken{1}, std::nullopt, Time{90}});
    EXPECT_EQ(asked, (Effects{AdvanceLogStart{Offset{1}}, WakeAt{Time{90}}}));
    leader.follower_fetches(1, 1, {}, 1);
    EXPECT_EQ(only<ReplyDeleteRecords>(leader.follower_fetches(2, 1, {}, 1)).size(), 1U);
}

TEST(Retention, StopsAtTheHighWatermark) {
    auto leader = a_leader_of_three();
    leader.produces(1, Acks::all, plain().records(4));
    leader.written();
    EXPECT_TRUE(leader.hears(RetentionReached{Offset{3}}).empty());
    EXPECT_EQ(leader.log().start_offset(), Offset{0});
}

// R3: nothing is appended and nothing acknowledged after a failed write or flush.
TEST(FailStop, AnswersAllThatWaitAndTakesNothingMore) {
    for (const Input& failure : {Input{AppendFailed{AppendToken{0}}}, Input{FlushFailed{}}}) {
        auto leader = a_single_leader();
        leader.produces(1, Acks::all, of_producer(1));
        leader.fetches(2, 0, 0);
        const Effects effects = leader.hears(failure);
        EXPECT_EQ(answers(effects), Answers{"1:KAFKA_STORAGE_ERROR@-"});
        EXPECT_EQ(only<ReplyFetch>(effects).at(0).error, ErrorCode::kafka_storage_error);
        EXPECT_EQ(only<TakeOffline>(effects).size(), 1U);
        EXPECT_TRUE(leader.replica().is_offline());
        EXPECT_TRUE(leader.hears(failure).empty());
        EXPECT_TRUE(leader.written().empty()) << "a completion that comes late";
        EXPECT_EQ(answers(leader.produces(3, Acks::all, of_producer(1))), Answers{"3:KAFKA_STORAGE_ERROR@-"});
        EXPECT_TRUE(leader.leads(7, nodes({0}), nodes({0})).empty());
    }
}

}  // namespace
}  // namespace highwater
