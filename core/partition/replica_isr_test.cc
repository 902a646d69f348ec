// The leader's ISR: when it shrinks and grows, and who counts while the controller's answer is under way.
#include <gtest/gtest.h>

#include "core/partition/isr.h"
#include "core/partition/testing.h"

namespace highwater {
namespace {

using testing::answers;
using testing::nodes;
using testing::only;
using testing::plain;
using testing::ReplicaDriver;
using Answers = std::vector<std::string>;

constexpr std::int64_t kLag = kDefaultReplicaLagTimeMax.count();

/// Leads 0, 1 and 2 in epoch 0 with this ISR; brokers 1 and 2 are active.
ReplicaDriver a_leader(NodeIds isr, std::int32_t min_insync_replicas = 1) {
    ReplicaDriver driver{FlushMode::replicated, min_insync_replicas};
    driver.leads(0, nodes({0, 1, 2}), isr);
    driver.brokers_are_active();
    return driver;
}

NodeIds proposed(const ReplicaDriver& leader) {
    NodeIds isr;
    const auto members = leader.replica().proposed_isr();
    if (members) {
        for (const IsrMember& member : *members) isr.push_back(member.node);
    }
    return isr;
}

void appends_one(ReplicaDriver& leader, std::uint64_t token, Acks acks = Acks::all) {
    leader.produces(token, acks, plain(), Time{1'000'000'000'000});
    leader.written();
}

// KIP-497.
TEST(Isr, AFollowerThatHasEverythingCommittedIsProposed) {
    auto leader = a_leader(nodes({0, 1}));
    appends_one(leader, 1);
    leader.follower_fetches(1, 1);
    ASSERT_EQ(leader.replica().high_watermark(), Offset{1});
    EXPECT_TRUE(only<AlterPartition>(leader.follower_fetches(2, 0)).empty());
    EXPECT_EQ(only<AlterPartition>(leader.follower_fetches(2, 1)),
              (std::vector{AlterPartition{LeaderEpoch{0}, PartitionEpoch{0}}}));
    EXPECT_EQ(proposed(leader), nodes({0, 1, 2}));
    leader.controller_commits();
    EXPECT_EQ(leader.replica().isr(), nodes({0, 1, 2}));
    EXPECT_EQ(leader.replica().partition_epoch(), PartitionEpoch{1});
}

// Found by the model checker. While the high watermark stands still (here: nothing is durable yet) a follower can have
// everything committed and lag all the same: it was let in, and its leaving proposed with the answer, without end.
TEST(Isr, AFollowerThatLagsIsNotProposedThoughItHasEverythingCommitted) {
    ReplicaDriver leader{FlushMode::fsync};
    leader.leads(0, nodes({0, 1, 2}), nodes({0}));
    leader.brokers_are_active();
    appends_one(leader, 1);
    ASSERT_EQ(leader.replica().high_watermark(), Offset{0});
    EXPECT_TRUE(only<AlterPartition>(leader.follower_fetches(1, 0)).empty());
    EXPECT_FALSE(only<AlterPartition>(leader.follower_fetches(1, 1)).empty());
    EXPECT_EQ(proposed(leader), nodes({0, 1}));
    EXPECT_TRUE(only<AlterPartition>(leader.controller_commits()).empty());
}

// KAFKA-7128: the high watermark of a new leader lags behind what the old one committed.
TEST(Isr, AFollowerBelowTheStartOfTheEpochIsNotProposed) {
    auto leader = a_leader(nodes({0, 1}));
    appends_one(leader, 1);
    appends_one(leader, 2);
    leader.leads(1, nodes({0, 1, 2}), nodes({0, 1}));
    ASSERT_EQ(leader.replica().high_watermark(), Offset{0});
    EXPECT_TRUE(only<AlterPartition>(leader.follower_fetches(2, 1)).empty());
    EXPECT_FALSE(only<AlterPartition>(leader.follower_fetches(2, 2)).empty());
}

// KIP-841.
// KIP-107: elected, it would bring back what a client was told is deleted. The answer to its fetch has it raise its log
// start.
TEST(Isr, AFollowerWhoseLogStartsBelowTheLeadersIsNotProposed) {
    auto leader = a_leader(nodes({0}));
    appends_one(leader, 1);
    leader.hears(DeleteRecordsReceived{DeleteRecordsToken{1}, Offset{1}, {}});
    EXPECT_TRUE(only<AlterPartition>(leader.follower_fetches(1, 1, 0, 0, 7)).empty());
    EXPECT_FALSE(only<AlterPartition>(leader.follower_fetches(1, 1, 0, 1, 7)).empty());
    EXPECT_EQ(proposed(leader), nodes({0, 1}));
}

TEST(Isr, AFencedBrokerIsNotProposed) {
    auto leader = a_leader(nodes({0, 1}));
    leader.brokers_are_active(7, nodes({2}));
    EXPECT_TRUE(only<AlterPartition>(leader.follower_fetches(2, 0)).empty());
    EXPECT_FALSE(only<AlterPartition>(leader.brokers_are_active()).empty());
}

TEST(Isr, ABrokerThatTheMetadataDoesNotNameIsNotProposed) {
    ReplicaDriver leader{FlushMode::replicated};
    leader.leads(0, nodes({0, 1, 2}), nodes({0, 1}));
    EXPECT_TRUE(only<AlterPartition>(leader.follower_fetches(2, 0)).empty());
}

// KIP-903.
TEST(Isr, AFetchOfAFormerIncarnationCountsForNothing) {
    auto leader = a_leader(nodes({0, 1}));
    const Effects effects = leader.follower_fetches(2, 0, {}, 0, 6);
    EXPECT_TRUE(only<AlterPartition>(effects).empty());
    EXPECT_EQ(only<ReplyFetch>(effects).front().error, ErrorCode::not_leader_or_follower);
}

TEST(Isr, AnIncarnationThatTheMetadataDoesNotKnowYetIsNotProposed) {
    auto leader = a_leader(nodes({0, 1}));
    EXPECT_TRUE(only<AlterPartition>(leader.follower_fetches(2, 0, {}, 0, 8)).empty());
    EXPECT_FALSE(only<AlterPartition>(leader.brokers_are_active(8)).empty());
}

// KAFKA-15221: the proposal names the incarnation that said how long its log is, whatever the metadata says by now.
TEST(Isr, TheProposalNamesTheIncarnationThatFetched) {
    auto leader = a_leader(nodes({0, 1}));
    leader.follower_fetches(2, 0, {}, 0, 7);
    ASSERT_EQ(proposed(leader), nodes({0, 1, 2}));
    leader.brokers_are_active(9);
    EXPECT_EQ(leader.replica().proposed_isr()->back().broker_epoch, BrokerEpoch{7});
}

// KIP-497: the controller may have committed it before its answer is here.
TEST(Isr, AProposedMemberHoldsTheHighWatermarkBackAtOnce) {
    auto leader = a_leader(nodes({0, 1}));
    leader.follower_fetches(2, 0);
    appends_one(leader, 1);
    EXPECT_TRUE(answers(leader.follower_fetches(1, 1)).empty());
    EXPECT_EQ(leader.replica().high_watermark(), Offset{0});
    EXPECT_EQ(answers(leader.follower_fetches(2, 1)), Answers{"1:NONE@0"});
}

TEST(Isr, AFollowerThatLagsIsProposedToLeaveAndCountsUntilItHasLeft) {
    auto leader = a_leader(nodes({0, 1}));
    appends_one(leader, 1);
    leader.at(kLag);
    EXPECT_TRUE(only<AlterPartition>(leader.hears(DeadlineReached{})).empty());
    leader.at(kLag + 1);
    EXPECT_FALSE(only<AlterPartition>(leader.hears(DeadlineReached{})).empty());
    EXPECT_EQ(proposed(leader), nodes({0}));
    EXPECT_EQ(leader.replica().high_watermark(), Offset{0});
    // KAFKA-13091: its answer is what lets the high watermark go on.
    EXPECT_EQ(answers(leader.controller_commits()), Answers{"1:NONE@0"});
    EXPECT_EQ(leader.replica().isr(), nodes({0}));
}

TEST(Isr, TheLeaderWakesUpWhenAFollowerBeginsToLag) {
    auto leader = a_leader(nodes({0, 1}));
    leader.at(10);
    leader.follower_fetches(1, 0);
    leader.produces(1, Acks::all, plain(), Time{kLag * 3});
    EXPECT_TRUE(only<WakeAt>(leader.written()).empty());  // the alarm of the election rings before
    leader.at(kLag + 1);
    const auto wakes = only<WakeAt>(leader.hears(DeadlineReached{}));
    ASSERT_FALSE(wakes.empty());
    EXPECT_EQ(wakes.back(), WakeAt{Time{10 + kLag + 1}});
}

// A follower that is always one fetch behind a busy leader is not lagging.
TEST(Isr, AFollowerThatHasWhatWasThereAtItsLastFetchKeepsUp) {
    auto leader = a_leader(nodes({0, 1}));
    for (std::int64_t i = 0; i < 5; ++i) {
        leader.at(i * kLag);
        leader.follower_fetches(1, i);
        leader.produces(static_cast<std::uint64_t>(i), Acks::leader, plain(), Time{i * kLag + 1});
        leader.written();
        leader.at(i * kLag + 2);
        leader.follower_fetches(1, i);  // asked before the append
    }
    leader.at(5 * kLag);
    EXPECT_TRUE(only<AlterPartition>(leader.hears(DeadlineReached{})).empty());
    EXPECT_TRUE(proposed(leader).empty());
}

TEST(Isr, AnInSyncFollowerThatNeverFetchesInTheEpochLeaves) {
    auto leader = a_leader(nodes({0, 1}));
    appends_one(leader, 1);
    leader.leads(1, nodes({0, 1, 2}), nodes({0, 1}));
    leader.at(kLag + 1);
    leader.hears(DeadlineReached{});
    EXPECT_EQ(proposed(leader), nodes({0}));
}

TEST(Isr, OneProposalIsUnderWayAtATime) {
    auto leader = a_leader(nodes({0}));
    EXPECT_FALSE(only<AlterPartition>(leader.follower_fetches(1, 0)).empty());
    EXPECT_TRUE(only<AlterPartition>(leader.follower_fetches(2, 0)).empty());
    // KAFKA-12367: the next one is made at the partition epoch of the answer.
    EXPECT_EQ(only<AlterPartition>(leader.controller_commits()),
              (std::vector{AlterPartition{LeaderEpoch{0}, PartitionEpoch{1}}}));
    EXPECT_EQ(proposed(leader), nodes({0, 1, 2}));
}

TEST(Isr, ARefusedProposalIsForgottenAndMayBeMadeAgain) {
    auto leader = a_leader(nodes({0}));
    leader.follower_fetches(1, 0);
    appends_one(leader, 1);
    ASSERT_EQ(leader.replica().high_watermark(), Offset{0});
    const Effects effects = leader.controller_refuses(ErrorCode::ineligible_replica);
    EXPECT_TRUE(only<AlterPartition>(effects).empty());
    EXPECT_TRUE(proposed(leader).empty());
    leader.follower_fetches(1, 1);
    EXPECT_EQ(proposed(leader), nodes({0, 1}));
}

// The controller may have committed it: nothing else may be asked for, and its members go on counting.
TEST(Isr, AProposalWithoutAnAnswerIsMadeAgain) {
    auto leader = a_leader(nodes({0}));
    leader.follower_fetches(1, 0);
    EXPECT_EQ(only<AlterPartition>(leader.controller_refuses(ErrorCode::request_timed_out)),
              (std::vector{AlterPartition{LeaderEpoch{0}, PartitionEpoch{0}}}));
    appends_one(leader, 1);
    EXPECT_EQ(leader.replica().high_watermark(), Offset{0});
}

TEST(Isr, AfterAnErrorOfAnOldViewTheMetadataDecides) {
    auto leader = a_leader(nodes({0}));
    leader.follower_fetches(1, 0);
    leader.controller_refuses(ErrorCode::invalid_update_version);
    appends_one(leader, 1);
    EXPECT_EQ(leader.replica().high_watermark(), Offset{0});
    leader.leads(0, nodes({0, 1, 2}), nodes({0}), 3);
    EXPECT_EQ(leader.replica().partition_epoch(), PartitionEpoch{3});
    // The metadata ended the old proposal; what still asks for one makes the next.
    EXPECT_EQ(std::get<Leader>(leader.replica().role()).proposal->partition_epoch, PartitionEpoch{3});
}

// The answer of AlterPartition comes first, the next proposal follows, and only then the metadata of the answer.
TEST(Isr, MetadataOfThePresentPartitionEpochDoesNotForgetTheProposal) {
    auto leader = a_leader(nodes({0}));
    leader.follower_fetches(1, 0);
    leader.follower_fetches(2, 0);
    leader.controller_commits();
    ASSERT_EQ(proposed(leader), nodes({0, 1, 2}));
    leader.leads(0, nodes({0, 1, 2}), nodes({0, 1}), 1);
    EXPECT_EQ(proposed(leader), nodes({0, 1, 2}));
    appends_one(leader, 1);
    leader.follower_fetches(1, 1);
    EXPECT_EQ(leader.replica().high_watermark(), Offset{0});
}

TEST(Isr, AnAnswerToAFormerProposalIsIgnored) {
    auto leader = a_leader(nodes({0}));
    leader.follower_fetches(1, 0);
    const AlterPartitionAnswered late{LeaderEpoch{0}, PartitionEpoch{0}, ErrorCode::none, PartitionEpoch{1},
                                      nodes({0, 1})};
    leader.hears(late);
    leader.follower_fetches(2, 0);
    ASSERT_EQ(proposed(leader), nodes({0, 1, 2}));
    leader.hears(late);
    EXPECT_EQ(proposed(leader), nodes({0, 1, 2}));
    EXPECT_EQ(leader.replica().isr(), nodes({0, 1}));
}

// KIP-966: acknowledged only if enough replicas have it, counted by the widest ISR when the time has come.
TEST(Isr, AProduceThatCommitsInATooSmallIsrIsToldSo) {
    auto leader = a_leader(nodes({0, 1}), 2);
    appends_one(leader, 1);
    leader.at(kLag + 1);
    leader.hears(DeadlineReached{});
    EXPECT_TRUE(answers(leader.controller_commits()).empty());
    EXPECT_EQ(leader.replica().high_watermark(), Offset{0});
    EXPECT_EQ(answers(leader.produces(2, Acks::all)), Answers{"2:NOT_ENOUGH_REPLICAS@-"});
}

// Found by the model checker. The attempt that had no answer may be committed after a later one was refused, when the
// broker is unfenced again: the proposed member counts until the controller has made a newer version.
TEST(Isr, ARefusalDoesNotEndAProposalWhoseEarlierAttemptIsInDoubt) {
    auto leader = a_leader(nodes({0, 1}));
    leader.follower_fetches(2, 0);
    ASSERT_EQ(proposed(leader), nodes({0, 1, 2}));
    EXPECT_FALSE(only<AlterPartition>(leader.controller_refuses(ErrorCode::request_timed_out)).empty());
    EXPECT_FALSE(only<AlterPartition>(leader.controller_refuses(ErrorCode::ineligible_replica)).empty());
    EXPECT_EQ(proposed(leader), nodes({0, 1}));
    appends_one(leader, 1);
    EXPECT_TRUE(answers(leader.follower_fetches(1, 1)).empty());
}

TEST(Isr, AProposalThatIsWithdrawnEndsWithTheNewVersionOfTheCommittedIsr) {
    auto leader = a_leader(nodes({0, 1}));
    leader.follower_fetches(2, 0);
    leader.controller_refuses(ErrorCode::request_timed_out);
    leader.brokers_are_active(7, nodes({2}));
    leader.controller_refuses(ErrorCode::ineligible_replica);
    appends_one(leader, 1);
    leader.follower_fetches(1, 1);
    EXPECT_EQ(answers(leader.controller_commits()), Answers{"1:NONE@0"});
    EXPECT_EQ(leader.replica().isr(), nodes({0, 1}));
    EXPECT_EQ(leader.replica().partition_epoch(), PartitionEpoch{1});
}

// Kafka's controller grants what is so already without a record: what is under way may still be committed then.
TEST(Isr, AGrantWithoutANewVersionDoesNotEndAProposalInDoubt) {
    auto leader = a_leader(nodes({0, 1}));
    leader.follower_fetches(2, 0);
    leader.controller_refuses(ErrorCode::request_timed_out);
    leader.controller_refuses(ErrorCode::ineligible_replica);
    leader.hears(
        AlterPartitionAnswered{LeaderEpoch{0}, PartitionEpoch{0}, ErrorCode::none, PartitionEpoch{0}, nodes({0, 1})});
    appends_one(leader, 1);
    EXPECT_TRUE(answers(leader.follower_fetches(1, 1)).empty());
}

TEST(Isr, NewerMetadataEndsAProposalInDoubt) {
    auto leader = a_leader(nodes({0, 1}));
    leader.follower_fetches(2, 0);
    leader.controller_refuses(ErrorCode::request_timed_out);
    leader.controller_refuses(ErrorCode::ineligible_replica);
    leader.brokers_are_active(7, nodes({2}));
    leader.leads(0, nodes({0, 1, 2}), nodes({0}), 1);
    EXPECT_TRUE(proposed(leader).empty());
}

// Found by the model checker. The member restarted without what it had; a proposal made again under its new broker
// epoch would vouch for a log that nobody has seen (KIP-903, KAFKA-15221).
TEST(Isr, AProposalThatIsMadeAgainNamesTheIncarnationsOfTheFirstAttempt) {
    auto leader = a_leader(nodes({0, 1}));
    leader.follower_fetches(2, 0, {}, 0, 7);
    ASSERT_EQ(leader.replica().proposed_isr()->back().broker_epoch, BrokerEpoch{7});
    leader.follower_fetches(2, 0, {}, 0, 8);
    leader.controller_refuses(ErrorCode::request_timed_out);
    EXPECT_EQ(leader.replica().proposed_isr()->back().broker_epoch, BrokerEpoch{7});
}

TEST(Isr, AMemberThatRestartedIsProposedAnewOnceItsOldProposalIsWithdrawn) {
    auto leader = a_leader(nodes({0, 1}));
    leader.follower_fetches(2, 0, {}, 0, 7);
    leader.controller_refuses(ErrorCode::request_timed_out);
    leader.brokers_are_active(8);
    leader.follower_fetches(2, 0, {}, 0, 8);
    leader.controller_refuses(ErrorCode::ineligible_replica);
    leader.controller_commits();
    ASSERT_EQ(proposed(leader), nodes({0, 1, 2}));
    EXPECT_EQ(leader.replica().proposed_isr()->back().broker_epoch, BrokerEpoch{8});
}

}  // namespace
}  // namespace highwater
