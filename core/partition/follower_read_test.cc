// Consumers that read from a follower (KIP-392): up to its own high watermark, fenced as at the leader.
#include <gtest/gtest.h>

#include "core/partition/testing.h"

namespace highwater {
namespace {

using testing::nodes;
using testing::of_producer;
using testing::only;
using testing::plain;
using testing::ReplicaDriver;

/// Follows broker 1 in epoch 5. Epoch 2 wrote [0, 3), epoch 5 wrote [3, 6); 4 are committed.
ReplicaDriver a_follower(FlushMode mode = FlushMode::replicated) {
    ReplicaDriver driver{mode};
    driver.follows(1, 5);
    driver.leader_answers(5, 0, {plain().records(3).of_leader(2), plain().records(3).at(3).of_leader(5)}, 4);
    driver.written();
    return driver;
}

/// A consumer's fetch from Fetch 11 on.
FetchReceived a_fetch(std::int64_t offset, std::optional<std::int32_t> epoch = 5) {
    FetchReceived fetch;
    fetch.token = FetchToken{1};
    fetch.fetch_offset = Offset{offset};
    if (epoch) fetch.current_leader_epoch = LeaderEpoch{*epoch};
    fetch.only_from_leader = false;
    return fetch;
}

ReplyFetch answer(ReplicaDriver& replica, const FetchReceived& fetch) {
    const auto replies = only<ReplyFetch>(replica.hears(fetch));
    return replies.size() == 1 ? replies[0]
                               : ReplyFetch{FetchToken{999}, ErrorCode::unknown_server_error, {}, {}, {}, {}, {}};
}

TEST(FollowerRead, ReadsUpToTheFollowersHighWatermark) {
    auto follower = a_follower();
    const ReplyFetch reply = answer(follower, a_fetch(1));
    EXPECT_EQ(reply.error, ErrorCode::none);
    EXPECT_EQ(reply.readable_end, Offset{4});
    EXPECT_EQ(reply.high_watermark, Offset{4});
}

TEST(FollowerRead, InFsyncModeOnlyWhatIsOnTheFollowersDiskIsRead) {
    auto follower = a_follower(FlushMode::fsync);
    EXPECT_EQ(answer(follower, a_fetch(0)).readable_end, Offset{0});
    follower.flushed();
    EXPECT_EQ(answer(follower, a_fetch(0)).readable_end, Offset{4});
}

TEST(FollowerRead, OfCommittedRecordsOnlyEndsAtAnOpenTransaction) {
    ReplicaDriver follower{FlushMode::replicated};
    follower.follows(1, 5);
    follower.leader_answers(5, 0, {plain().of_leader(5), of_producer(1).transactional().at(1).of_leader(5)}, 2);
    follower.written();
    FetchReceived fetch = a_fetch(0);
    EXPECT_EQ(answer(follower, fetch).readable_end, Offset{2});
    fetch.isolation = IsolationLevel::read_committed;
    EXPECT_EQ(answer(follower, fetch).readable_end, Offset{1});
}

// Before Fetch 11 a client knows leaders only.
TEST(FollowerRead, AnOldClientIsSentToTheLeader) {
    auto follower = a_follower();
    FetchReceived fetch = a_fetch(1);
    fetch.only_from_leader = true;
    EXPECT_EQ(answer(follower, fetch).error, ErrorCode::not_leader_or_follower);
}

TEST(FollowerRead, WithoutARoleNothingIsRead) {
    ReplicaDriver replica;
    EXPECT_EQ(answer(replica, a_fetch(0, {})).error, ErrorCode::not_leader_or_follower);
    auto offline = a_follower();
    offline.hears(FlushFailed{});
    EXPECT_EQ(answer(offline, a_fetch(0)).error, ErrorCode::kafka_storage_error);
}

TEST(FollowerRead, IsFencedByLeaderEpoch) {
    auto follower = a_follower();
    EXPECT_EQ(answer(follower, a_fetch(1, 4)).error, ErrorCode::fenced_leader_epoch);
    EXPECT_EQ(answer(follower, a_fetch(1, 6)).error, ErrorCode::unknown_leader_epoch);
    EXPECT_EQ(answer(follower, a_fetch(1, {})).error, ErrorCode::none);
}

// Above the log end the follower may lag: OFFSET_OUT_OF_RANGE sends the consumer back to the leader, where it is
// judged.
TEST(FollowerRead, WhatIsNotCommittedYetIsEmptyAndOutsideTheLogIsOutOfRange) {
    auto follower = a_follower();
    EXPECT_EQ(answer(follower, a_fetch(6)).error, ErrorCode::none);
    EXPECT_EQ(answer(follower, a_fetch(6)).readable_end, Offset{4});
    EXPECT_EQ(answer(follower, a_fetch(7)).error, ErrorCode::offset_out_of_range);
    follower.hears(RetentionReached{Offset{2}});
    EXPECT_EQ(answer(follower, a_fetch(1)).error, ErrorCode::offset_out_of_range);
    EXPECT_EQ(answer(follower, a_fetch(2)).error, ErrorCode::none);
}

TEST(FollowerRead, DivergenceIsToldWhereItIsCommitted) {
    auto follower = a_follower();
    FetchReceived fetch = a_fetch(4);
    fetch.last_fetched_epoch = LeaderEpoch{3};
    EXPECT_EQ(answer(follower, fetch).diverging, (ReplyFetch::Diverging{LeaderEpoch{2}, Offset{3}}));
}

// It is the follower that is short: the records up to 8 may all be committed. A leader would have to say "diverging".
TEST(FollowerRead, AFollowerThatLagsTellsOfNoDivergence) {
    auto follower = a_follower();
    FetchReceived fetch = a_fetch(8);
    fetch.last_fetched_epoch = LeaderEpoch{5};
    const ReplyFetch reply = answer(follower, fetch);
    EXPECT_EQ(reply.error, ErrorCode::offset_out_of_range);
    EXPECT_EQ(reply.diverging, std::nullopt);
}

TEST(FollowerRead, WaitsUntilTheFollowersHighWatermarkRises) {
    auto follower = a_follower();
    FetchReceived fetch = a_fetch(4);
    fetch.wait_above = Offset{4};
    EXPECT_TRUE(follower.hears(fetch).empty());
    const auto woken = only<ReplyFetch>(follower.leader_answers(5, 6, {}, 5));
    ASSERT_EQ(woken.size(), 1U);
    EXPECT_EQ(woken[0].readable_end, Offset{5});
}

TEST(FollowerRead, AWaitingOneIsFencedWhenTheEpochMovesOn) {
    auto follower = a_follower();
    FetchReceived fetch = a_fetch(4);
    fetch.wait_above = Offset{4};
    follower.hears(fetch);
    EXPECT_TRUE(only<ReplyFetch>(follower.hears(BecomeFollower{LeaderEpoch{5}, PartitionEpoch{6}, NodeId{1},
                                                               nodes({0, 1}), nodes({0, 1})}))
                    .empty())
        << "the same epoch";
    EXPECT_EQ(only<ReplyFetch>(follower.follows(1, 6)).at(0).error, ErrorCode::fenced_leader_epoch);
    EXPECT_TRUE(only<ReplyFetch>(follower.follows(1, 7)).empty()) << "answered once";
}

TEST(FollowerRead, AWaitingOneGoesOnWaitingWhenTheFollowerBecomesLeader) {
    auto follower = a_follower();
    FetchReceived fetch = a_fetch(4, {});
    fetch.wait_above = Offset{4};
    follower.hears(fetch);
    const auto woken = only<ReplyFetch>(follower.leads(6, nodes({0, 1}), nodes({0})));
    ASSERT_EQ(woken.size(), 1U);
    EXPECT_EQ(woken[0].readable_end, Offset{6});
}

TEST(FollowerRead, AWaitingOneIsToldWhenItsPositionIsCutAwayOrTheReplicaStops) {
    auto follower = a_follower();
    FetchReceived fetch = a_fetch(6, {});
    fetch.wait_above = Offset{6};
    follower.hears(fetch);
    follower.follows(1, 7);
    EXPECT_EQ(only<ReplyFetch>(follower.leader_diverges(7, 6, 5, 4)).at(0).error, ErrorCode::offset_out_of_range);
    fetch.fetch_offset = Offset{4};
    fetch.wait_above = Offset{4};
    follower.hears(fetch);
    EXPECT_EQ(only<ReplyFetch>(follower.hears(FlushFailed{})).at(0).error, ErrorCode::kafka_storage_error);
}

// Deleted at the leader: out of sight before the high watermark lets anybody read it.
TEST(FollowerRead, WhatLiesBelowTheLeadersLogStartIsNotReadWhenTheHighWatermarkPassesIt) {
    ReplicaDriver follower{FlushMode::replicated};
    follower.follows(1, 2);
    follower.leader_answers(2, 0, {plain().records(3).of_leader(2)});
    follower.written();
    follower.follows(1, 5);
    FetchReceived fetch = a_fetch(0);
    fetch.wait_above = Offset{0};
    EXPECT_TRUE(follower.hears(fetch).empty());
    LeaderAnswered answered;
    answered.leader_epoch = LeaderEpoch{5};
    answered.fetch_offset = answered.high_watermark = answered.log_start_offset = Offset{3};
    EXPECT_EQ(only<ReplyFetch>(follower.hears(answered)).at(0).error, ErrorCode::offset_out_of_range);
}

// KIP-320: a consumer's position is validated by where its epoch ended at the leader.
TEST(OffsetForLeaderEpoch, SaysWhereTheEpochOfAConsumersPositionEnded) {
    auto replica = a_follower();
    EXPECT_EQ(replica.replica().end_offset_for(LeaderEpoch{5}, LeaderEpoch{2}).error(),
              ErrorCode::not_leader_or_follower);
    replica.leads(6, nodes({0, 1}), nodes({0, 1}));
    const auto end_of = [&](std::int32_t epoch) {
        return *replica.replica().end_offset_for(LeaderEpoch{6}, LeaderEpoch{epoch});
    };
    EXPECT_EQ(end_of(2), (EpochEndOffset{LeaderEpoch{2}, Offset{3}}));
    EXPECT_EQ(end_of(3), (EpochEndOffset{LeaderEpoch{2}, Offset{3}}));
    EXPECT_EQ(end_of(5), (EpochEndOffset{LeaderEpoch{5}, Offset{6}}));
    EXPECT_EQ(end_of(6), (EpochEndOffset{LeaderEpoch{6}, Offset{6}}));
    EXPECT_EQ(end_of(7), std::nullopt);
    EXPECT_EQ(replica.replica().end_offset_for(LeaderEpoch{5}, LeaderEpoch{2}).error(), ErrorCode::fenced_leader_epoch);
    EXPECT_EQ(replica.replica().end_offset_for(LeaderEpoch{7}, LeaderEpoch{2}).error(),
              ErrorCode::unknown_leader_epoch);
}

}  // namespace
}  // namespace highwater
