// AlterPartition: who may change an ISR, from which version, and to what (KIP-497, KIP-704, KIP-841, KIP-903).
#include "core/metadata/controller_partitions.h"

#include <gtest/gtest.h>

#include "core/metadata/testing.h"

namespace highwater {
namespace {

using testing::brokers;
using testing::ControlledCluster;
using testing::kPartition;
using testing::kTopicId;

static_assert(describes_every_member<NewIsrMember>);
static_assert(describes_every_member<IsrProposal>);
static_assert(describes_every_member<AlteredPartition>);

ControlledCluster a_cluster() {
    ControlledCluster cluster;
    cluster.with_partition({0, 1, 2}, {0, 1});
    return cluster;
}

ErrorCode verdict(ControlledCluster cluster, const IsrProposal& proposal, std::int32_t sender = 0) {
    const MetadataImage before = cluster.image;
    const ErrorCode error = cluster.proposes(proposal, sender).error;
    EXPECT_EQ(cluster.image == before, error != ErrorCode::none) << print(proposal);
    return error;
}

TEST(AlterPartition, TheLeaderExpandsAndShrinksTheIsr) {
    ControlledCluster cluster = a_cluster();
    const AlteredPartition expanded = cluster.proposes({0, 1, 2});
    EXPECT_EQ(expanded.isr, brokers({0, 1, 2}));
    EXPECT_EQ(expanded.leader, NodeId{0});
    EXPECT_EQ(expanded.leader_epoch, LeaderEpoch{5});
    EXPECT_EQ(expanded.partition_epoch, PartitionEpoch{10});
    EXPECT_EQ(cluster.proposes({0}).partition_epoch, PartitionEpoch{11});
    EXPECT_EQ(cluster.partition().isr, brokers({0}));
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{5}) << "KAFKA-15021: a shrink is no new leader epoch";
}

// Before metadata.version 12 (3.6) it was.
TEST(AlterPartition, InOldMetadataVersionsAShrinkIsANewLeaderEpoch) {
    ControlledCluster cluster = a_cluster();
    cluster.write({FeatureLevelRecord{"metadata.version", 11}});
    EXPECT_EQ(cluster.proposes({0, 1, 2}).leader_epoch, LeaderEpoch{5});
    EXPECT_EQ(cluster.proposes({0, 1}).leader_epoch, LeaderEpoch{6});
    cluster.write({FeatureLevelRecord{"metadata.version", 12}});
    EXPECT_EQ(cluster.proposes({0}).leader_epoch, LeaderEpoch{6});
}

// A leader withdraws a proposal so: whatever attempt of it is still under way is of an old version then.
TEST(AlterPartition, WhatIsSoAlreadyIsANewPartitionEpochAllTheSame) {
    ControlledCluster cluster = a_cluster();
    const AlteredPartition answer = cluster.proposes({0, 1});
    EXPECT_EQ(answer.error, ErrorCode::none);
    EXPECT_EQ(answer.partition_epoch, PartitionEpoch{10});
    EXPECT_EQ(answer.isr, (std::vector{NodeId{0}, NodeId{1}}));
    EXPECT_EQ(answer.leader_epoch, LeaderEpoch{5});
}

TEST(AlterPartition, RefusesWhatIsUnknown) {
    ControlledCluster cluster = a_cluster();
    IsrProposal proposal = cluster.a_proposal({0});
    proposal.partition = PartitionId{1};
    EXPECT_EQ(verdict(cluster, proposal), ErrorCode::unknown_topic_or_partition);
    proposal.topic = TopicId{};
    EXPECT_EQ(verdict(cluster, proposal), ErrorCode::unknown_topic_id);
}

// KAFKA-14154: the leader has heard of a newer controller than this one; to call it stale would silence it for ever.
TEST(AlterPartition, EpochsFromTheFutureMeanThatThisIsNotTheController) {
    ControlledCluster cluster = a_cluster();
    IsrProposal proposal = cluster.a_proposal({0});
    proposal.leader_epoch = LeaderEpoch{6};
    EXPECT_EQ(verdict(cluster, proposal), ErrorCode::not_controller);
    proposal = cluster.a_proposal({0});
    proposal.partition_epoch = PartitionEpoch{10};
    EXPECT_EQ(verdict(cluster, proposal), ErrorCode::not_controller);
    EXPECT_EQ(verdict(cluster, proposal, 1), ErrorCode::not_controller) << "before anything else";
}

TEST(AlterPartition, AnOldLeaderEpochIsFenced) {
    ControlledCluster cluster = a_cluster();
    IsrProposal proposal = cluster.a_proposal({0});
    proposal.leader_epoch = LeaderEpoch{4};
    EXPECT_EQ(verdict(cluster, proposal), ErrorCode::fenced_leader_epoch);
}

TEST(AlterPartition, OnlyTheLeaderMayAsk) {
    ControlledCluster cluster = a_cluster();
    EXPECT_EQ(verdict(cluster, cluster.a_proposal({0}), 1), ErrorCode::invalid_request);
}

// KIP-497: a late duplicate of an earlier expansion must not undo a shrink.
TEST(AlterPartition, AnOldPartitionEpochIsRefused) {
    ControlledCluster cluster = a_cluster();
    const IsrProposal expansion = cluster.a_proposal({0, 1, 2});
    cluster.proposes(expansion);
    cluster.proposes({0});
    EXPECT_EQ(verdict(cluster, expansion), ErrorCode::invalid_update_version);
}

TEST(AlterPartition, TheIsrIsMadeOfReplicasAndHasTheLeader) {
    ControlledCluster cluster = a_cluster();
    EXPECT_EQ(verdict(cluster, cluster.a_proposal({0, 3})), ErrorCode::invalid_request);
    EXPECT_EQ(verdict(cluster, cluster.a_proposal({1, 2})), ErrorCode::invalid_request);
    EXPECT_EQ(verdict(cluster, cluster.a_proposal({})), ErrorCode::invalid_request);
    EXPECT_EQ(verdict(cluster, cluster.a_proposal({0, 2, 2})), ErrorCode::invalid_request);
}

// KIP-704
TEST(AlterPartition, ARecoveringLeaderStandsAloneAndEndsItsRecoveryItself) {
    ControlledCluster cluster = a_cluster();
    IsrProposal proposal = cluster.a_proposal({0});
    proposal.leader_recovery_state = LeaderRecoveryState::recovering;
    EXPECT_EQ(verdict(cluster, proposal), ErrorCode::invalid_request) << "recovered";

    PartitionChangeRecord change;
    change.partition_id = kPartition;
    change.topic_id = kTopicId;
    change.isr = brokers({0});
    change.leader_recovery_state = LeaderRecoveryState::recovering;
    cluster.write({change});
    proposal = cluster.a_proposal({0, 1});
    EXPECT_EQ(verdict(cluster, proposal), ErrorCode::invalid_request) << "not alone";
    proposal.leader_recovery_state = static_cast<LeaderRecoveryState>(2);
    EXPECT_EQ(verdict(cluster, proposal), ErrorCode::invalid_request) << "no such state";
    proposal.leader_recovery_state = LeaderRecoveryState::recovered;
    EXPECT_EQ(cluster.proposes(proposal).leader_recovery_state, LeaderRecoveryState::recovered);
    EXPECT_EQ(cluster.partition().leader_recovery_state, LeaderRecoveryState::recovered);
}

// KIP-841: it could not lead, and would only hold the high watermark back.
TEST(AlterPartition, AFencedReplicaMayNotJoin) {
    ControlledCluster cluster = a_cluster();
    cluster.is_fenced(2);
    EXPECT_EQ(verdict(cluster, cluster.a_proposal({0, 1, 2})), ErrorCode::ineligible_replica);
}

// KAFKA-14140
TEST(AlterPartition, AReplicaInControlledShutdownMayNotJoin) {
    ControlledCluster cluster = a_cluster();
    cluster.write({BrokerRegistrationChangeRecord{NodeId{2}, cluster.broker(2).epoch, std::nullopt, true}});
    EXPECT_EQ(verdict(cluster, cluster.a_proposal({0, 1, 2})), ErrorCode::ineligible_replica);
}

TEST(AlterPartition, AnUnregisteredReplicaMayNotJoin) {
    ControlledCluster cluster = a_cluster();
    cluster.write({UnregisterBrokerRecord{NodeId{2}, cluster.broker(2).epoch}});
    EXPECT_EQ(verdict(cluster, cluster.a_proposal({0, 1, 2})), ErrorCode::ineligible_replica);
}

// KIP-903: it was caught up in an earlier life, and may have lost since what made it so.
TEST(AlterPartition, AReplicaThatRestartedSinceMayNotJoin) {
    ControlledCluster cluster = a_cluster();
    const IsrProposal proposal = cluster.a_proposal({0, 1, 2});
    cluster.restarts_cleanly(2);
    cluster.is_unfenced(2);
    EXPECT_EQ(verdict(cluster, proposal), ErrorCode::ineligible_replica);
    EXPECT_EQ(verdict(cluster, cluster.a_proposal({0, 1, 2})), ErrorCode::none);
}

// Version 2 of the request, or a leader that does not know.
TEST(AlterPartition, AMemberWithoutABrokerEpochIsNotCheckedForIt) {
    ControlledCluster cluster = a_cluster();
    IsrProposal proposal = cluster.a_proposal({0, 1, 2});
    proposal.new_isr.at(2).broker_epoch.reset();
    EXPECT_EQ(verdict(cluster, proposal), ErrorCode::none);
}

TEST(AlterPartition, ASenderThatIsNotRegisteredUnderItsEpochIsNotHeard) {
    ControlledCluster cluster = a_cluster();
    const IsrProposal proposal = cluster.a_proposal({0});
    for (const AlterPartitionRequest& request : {AlterPartitionRequest{NodeId{0}, BrokerEpoch{99}, {proposal}},
                                                 AlterPartitionRequest{NodeId{9}, BrokerEpoch{100}, {proposal}}}) {
        const auto decision = alter_partition(cluster.image, request, {});
        EXPECT_EQ(decision.answers.at(0).error, ErrorCode::stale_broker_epoch);
        EXPECT_TRUE(decision.answers.at(0).partitions.empty());
        EXPECT_TRUE(decision.records.empty());
    }
}

TEST(AlterPartition, APartitionTwiceInOneRequestIsRefused) {
    ControlledCluster cluster = a_cluster();
    const auto decision = alter_partition(
        cluster.image, {NodeId{0}, BrokerEpoch{100}, {cluster.a_proposal({0}), cluster.a_proposal({0, 1, 2})}}, {});
    for (const AlteredPartition& answer : decision.answers.at(0).partitions) {
        EXPECT_EQ(answer.error, ErrorCode::invalid_request);
    }
    EXPECT_TRUE(decision.records.empty());
}

// KIP-966: nothing is committed while the ISR is under the minimum, so who left it lately still has all that is.
TEST(EligibleLeaderReplicas, AreWhoLeftTheIsrOnceItIsUnderTheMinimum) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(2).with_partition({0, 1, 2}, {0, 1, 2});
    cluster.proposes({0, 1});
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({})) << "two are enough to commit without it";
    cluster.proposes({0});
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({1}));
}

TEST(EligibleLeaderReplicas, EndWhenTheIsrHasTheMinimumAgain) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(2).with_partition({0, 1, 2}, {0, 1});
    cluster.proposes({0});
    ASSERT_EQ(cluster.partition().eligible_leader_replicas, brokers({1}));
    cluster.proposes({0, 2});
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({}));
}

TEST(EligibleLeaderReplicas, WhoRejoinsTheIsrIsNotAmongThem) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(3).with_partition({0, 1, 2}, {0, 1, 2});
    cluster.proposes({0});
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({1, 2}));
    cluster.proposes({0, 2});
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({1}));
}

TEST(EligibleLeaderReplicas, TheMinimumIsNeverMoreThanThereAreReplicas) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(3).with_partition({0, 1}, {0, 1});
    cluster.proposes({0});
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({1}));
    cluster.proposes({0, 1});
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({}));
}

TEST(EligibleLeaderReplicas, AreNotKeptWhereTheFeatureIsOff) {
    ControlledCluster cluster;
    cluster.with_min_insync(2).with_partition({0, 1, 2}, {0, 1});
    cluster.proposes({0});
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({}));
}

}  // namespace
}  // namespace highwater
