// Brokers as the controller sees them: registration, sessions, controlled shutdown (KIP-631, KIP-841, KIP-966).
#include "core/metadata/controller_brokers.h"

#include <gtest/gtest.h>

#include "core/metadata/testing.h"

namespace highwater {
namespace {

using testing::brokers;
using testing::ControlledCluster;
using testing::incarnation;

static_assert(describes_every_member<HeartbeatAnswer>);

TEST(RegisterBroker, ANewBrokerIsFencedAndItsEpochIsTheOffsetOfItsRecord) {
    ControlledCluster cluster;
    const auto decision = register_broker(cluster.image, cluster.a_registration(9, 1),
                                          {"cluster", BrokerEpoch{1234}, false}, cluster.defaults);
    ASSERT_EQ(decision.records.size(), 1U);
    const auto& record = std::get<RegisterBrokerRecord>(decision.records[0]);
    EXPECT_EQ(record.broker_epoch, BrokerEpoch{1234});
    EXPECT_EQ(decision.answers.at(0).broker_epoch, BrokerEpoch{1234});
    EXPECT_TRUE(record.fenced);
    EXPECT_FALSE(record.in_controlled_shutdown);
}

// A retry after a lost answer.
TEST(RegisterBroker, TheSameIncarnationAgainKeepsItsEpochAndChangesNothing) {
    ControlledCluster cluster;
    cluster.restarts_cleanly(1);
    cluster.is_unfenced(1);
    const MetadataImage before = cluster.image;
    const RegisteredBroker answer = cluster.hears(cluster.a_registration(1, 2), true);
    EXPECT_EQ(answer.error.error, ErrorCode::none);
    EXPECT_EQ(answer.broker_epoch, before.broker(NodeId{1})->epoch);
    EXPECT_EQ(cluster.image, before);
}

TEST(RegisterBroker, TheSameIncarnationMayChangeWhatItTellsOfItself) {
    ControlledCluster cluster;
    BrokerRegistration request = cluster.a_registration(1, 1);
    request.rack = "b";
    const BrokerEpoch epoch = cluster.broker(1).epoch;
    cluster.hears(request, true);
    EXPECT_EQ(cluster.broker(1).rack, "b");
    EXPECT_EQ(cluster.broker(1).epoch, epoch);
    EXPECT_FALSE(cluster.broker(1).fenced);
}

// KIP-903: what the former process was seen to have says nothing about the new one.
TEST(RegisterBroker, AnotherIncarnationGetsANewEpoch) {
    ControlledCluster cluster;
    const BrokerEpoch before = cluster.broker(1).epoch;
    cluster.restarts_cleanly(1);
    EXPECT_GT(cluster.broker(1).epoch, before);
    EXPECT_EQ(cluster.broker(1).incarnation_id, incarnation(2));
    EXPECT_TRUE(cluster.broker(1).fenced);
}

TEST(RegisterBroker, AnotherIncarnationIsRefusedWhileTheSessionLives) {
    ControlledCluster cluster;
    const MetadataImage before = cluster.image;
    EXPECT_EQ(cluster.hears(cluster.a_registration(1, 2), true).error.error, ErrorCode::duplicate_broker_registration);
    EXPECT_EQ(cluster.image, before);
    EXPECT_EQ(cluster.hears(cluster.a_registration(1, 2), false).error.error, ErrorCode::none);
}

TEST(RegisterBroker, AnotherClusterIsRefused) {
    ControlledCluster cluster;
    BrokerRegistration request = cluster.a_registration(1, 2);
    request.cluster_id = "other";
    EXPECT_EQ(cluster.hears(request).error.error, ErrorCode::inconsistent_cluster_id);
}

TEST(RegisterBroker, FinalizedFeaturesMustBeSupported) {
    ControlledCluster cluster;
    cluster.write({FeatureLevelRecord{"metadata.version", 25}});
    BrokerRegistration request = cluster.a_registration(1, 2);
    const auto verdict = [&](std::vector<BrokerFeature> features) {
        request.features = std::move(features);
        return cluster.hears(request).error.error;
    };
    EXPECT_EQ(verdict({}), ErrorCode::unsupported_version);
    EXPECT_EQ(verdict({{"metadata.version", 7, 24}}), ErrorCode::unsupported_version);
    EXPECT_EQ(verdict({{"metadata.version", 26, 30}}), ErrorCode::unsupported_version);
    EXPECT_EQ(verdict({{"metadata.version", 7, 25}}), ErrorCode::none);
}

// KIP-858
TEST(RegisterBroker, DirectoryIdsAreUnique) {
    ControlledCluster cluster;
    BrokerRegistration request = cluster.a_registration(0, 2);
    request.log_dirs = {incarnation(50)};
    EXPECT_EQ(cluster.hears(request).error.error, ErrorCode::none);
    request = cluster.a_registration(1, 2);
    request.log_dirs = {incarnation(50)};
    EXPECT_EQ(cluster.hears(request).error.error, ErrorCode::invalid_registration);
    request.log_dirs = {incarnation(51), incarnation(51)};
    EXPECT_EQ(cluster.hears(request).error.error, ErrorCode::invalid_registration);
    request.log_dirs = {Uuid{}};
    EXPECT_EQ(cluster.hears(request).error.error, ErrorCode::invalid_registration);
    request.log_dirs = {incarnation(51), incarnation(52)};
    EXPECT_EQ(cluster.hears(request).error.error, ErrorCode::none);
}

// KIP-966: the mark of the clean shutdown names the epoch that is registered, so nothing was lost since.
TEST(RegisterBroker, AfterACleanShutdownABrokerStaysEligible) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(2).with_partition({0, 1, 2}, {0, 1});
    cluster.restarts_cleanly(1);
    EXPECT_EQ(cluster.partition().isr, brokers({0}));
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({1}));
}

TEST(RegisterBroker, AfterAnUncleanShutdownABrokerIsInNoIsrAndNoElr) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(2).with_partition({0, 1, 2}, {0, 1});
    cluster.is_fenced(1);
    ASSERT_EQ(cluster.partition().eligible_leader_replicas, brokers({1}));
    cluster.restarts_uncleanly(1);
    EXPECT_EQ(cluster.partition().isr, brokers({0}));
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({}));
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{5});
}

TEST(RegisterBroker, AMarkOfAnEarlierLifeIsAnUncleanShutdown) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(2).with_partition({0, 1, 2}, {0, 1});
    BrokerRegistration request = cluster.a_registration(1, 2);
    request.previous_broker_epoch = BrokerEpoch{cluster.broker(1).epoch.value() - 1};
    cluster.hears(request);
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({}));
}

// Nobody knows what was on the disk of a broker that was unregistered.
TEST(RegisterBroker, WithoutAFormerRegistrationTheShutdownWasUnclean) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(2).with_partition({0, 1, 2}, {0, 1});
    cluster.write(unregister_broker(cluster.image, NodeId{1}, {}).records);
    ASSERT_EQ(cluster.partition().eligible_leader_replicas, brokers({1}));
    BrokerRegistration request = cluster.a_registration(1, 2);
    request.previous_broker_epoch = BrokerEpoch{101};
    cluster.hears(request);
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({}));
}

// KIP-966: the last member of the ISR came back without what it had not flushed; the one in the ELR has everything.
TEST(RegisterBroker, TheLastOfTheIsrDoesNotStayInItAfterAnUncleanShutdown) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(2).with_partition({0, 1, 2}, {0, 1});
    cluster.is_fenced(1);
    cluster.restarts_uncleanly(0);
    EXPECT_EQ(cluster.partition().isr, brokers({}));
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({1}));
    cluster.is_unfenced(0);
    EXPECT_EQ(cluster.partition().leader, std::nullopt);
    cluster.is_unfenced(1);
    EXPECT_EQ(cluster.partition().leader, NodeId{1});
    EXPECT_EQ(cluster.partition().isr, brokers({1}));
}

TEST(BrokerHeartbeat, UnfencesABrokerThatHasAppliedItsRegistration) {
    ControlledCluster cluster;
    cluster.restarts_cleanly(1);
    BrokerHeartbeat request = cluster.a_heartbeat(1);
    request.current_metadata_offset = Offset{cluster.broker(1).epoch.value() - 1};
    EXPECT_EQ(cluster.hears(request), (HeartbeatAnswer{ErrorCode::none, false, true, false, false}));
    EXPECT_TRUE(cluster.broker(1).fenced);
    request.current_metadata_offset = Offset{cluster.broker(1).epoch.value()};
    EXPECT_EQ(cluster.hears(request), (HeartbeatAnswer{ErrorCode::none, true, false, false, false}));
    EXPECT_FALSE(cluster.broker(1).fenced);
}

TEST(BrokerHeartbeat, LeavesABrokerFencedThatWantsToBe) {
    ControlledCluster cluster;
    cluster.restarts_cleanly(1);
    BrokerHeartbeat request = cluster.a_heartbeat(1);
    request.want_fence = true;
    EXPECT_TRUE(cluster.hears(request).is_fenced);
    EXPECT_TRUE(cluster.broker(1).fenced);
}

TEST(BrokerHeartbeat, FencesABrokerThatWantsToBe) {
    ControlledCluster cluster;
    cluster.with_partition({0, 1}, {0, 1});
    BrokerHeartbeat request = cluster.a_heartbeat(0);
    request.want_fence = true;
    EXPECT_TRUE(cluster.hears(request).is_fenced);
    EXPECT_EQ(cluster.partition().leader, NodeId{1});
}

TEST(BrokerHeartbeat, RefusesOtherEpochsThanTheOneRegistered) {
    ControlledCluster cluster;
    const MetadataImage before = cluster.image;
    BrokerHeartbeat request = cluster.a_heartbeat(1);
    for (std::int64_t difference : {-1, 1}) {
        request.broker_epoch = BrokerEpoch{cluster.broker(1).epoch.value() + difference};
        EXPECT_EQ(cluster.hears(request).error, ErrorCode::stale_broker_epoch);
    }
    request.broker_id = NodeId{99};
    EXPECT_EQ(cluster.hears(request).error, ErrorCode::stale_broker_epoch);
    EXPECT_EQ(cluster.image, before);
}

// Partitions without a leader get one as soon as somebody of their ISR is back.
TEST(BrokerHeartbeat, UnfencingElectsLeadersWhereThereIsNone) {
    ControlledCluster cluster;
    cluster.with_partition({0, 1}, {0});
    cluster.is_fenced(0);
    ASSERT_EQ(cluster.partition().leader, std::nullopt);
    EXPECT_EQ(cluster.partition().isr, brokers({0}));
    cluster.restarts_cleanly(0);
    cluster.is_unfenced(0);
    EXPECT_EQ(cluster.partition().leader, NodeId{0});
}

TEST(ControlledShutdown, MovesLeadershipsAndLeavesTheIsr) {
    ControlledCluster cluster;
    cluster.with_partition({0, 1, 2}, {0, 1, 2});
    const HeartbeatAnswer answer = cluster.wants_to_shut_down(0);
    EXPECT_EQ(answer, (HeartbeatAnswer{ErrorCode::none, true, false, true, false}));
    EXPECT_TRUE(cluster.broker(0).in_controlled_shutdown);
    EXPECT_EQ(cluster.partition().leader, NodeId{1});
    EXPECT_EQ(cluster.partition().isr, brokers({1, 2}));
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{6});
}

TEST(ControlledShutdown, IsGrantedWhenAllActiveBrokersHaveSeenThatTheLeadershipsMoved) {
    ControlledCluster cluster;
    cluster.with_partition({0, 1, 2}, {0, 1, 2});
    cluster.wants_to_shut_down(0);
    EXPECT_FALSE(cluster.wants_to_shut_down(0, {std::nullopt, Offset{100}}).should_shut_down) << "not known when";
    EXPECT_FALSE(cluster.wants_to_shut_down(0, {Offset{100}, Offset{99}}).should_shut_down);
    const HeartbeatAnswer answer = cluster.wants_to_shut_down(0, {Offset{100}, Offset{100}});
    EXPECT_EQ(answer, (HeartbeatAnswer{ErrorCode::none, true, true, false, true}));
    EXPECT_TRUE(cluster.broker(0).fenced);
}

TEST(ControlledShutdown, IsNotGrantedToABrokerThatStillLeads) {
    ControlledCluster cluster;
    cluster.with_partition({0}, {0});
    cluster.write({BrokerRegistrationChangeRecord{NodeId{0}, cluster.broker(0).epoch, std::nullopt, true}});
    EXPECT_FALSE(cluster.wants_to_shut_down(0, {Offset{100}, Offset{200}}).should_shut_down);
}

TEST(ControlledShutdown, IsGrantedAtOnceToABrokerThatLeadsNothingOrIsFenced) {
    ControlledCluster cluster;
    cluster.with_partition({0, 1, 2}, {0, 1, 2});
    EXPECT_TRUE(cluster.wants_to_shut_down(1).should_shut_down);
    EXPECT_EQ(cluster.partition().isr, brokers({0, 2}));
    cluster.is_fenced(2);
    EXPECT_TRUE(cluster.wants_to_shut_down(2).should_shut_down);
}

// A process that is on its way out does not come back; the next one registers.
TEST(ControlledShutdown, ABrokerInItIsNotUnfencedAgain) {
    ControlledCluster cluster;
    cluster.with_partition({0, 1}, {0, 1});
    cluster.wants_to_shut_down(0);
    cluster.is_fenced(0);
    EXPECT_TRUE(cluster.is_unfenced(0).is_fenced);
    cluster.restarts_cleanly(0);
    EXPECT_FALSE(cluster.is_unfenced(0).is_fenced);
}

TEST(ControlledShutdown, ThePartitionsLastReplicaHasNoLeaderAndStaysTheIsr) {
    ControlledCluster cluster;
    cluster.with_partition({0}, {0});
    cluster.wants_to_shut_down(0);
    EXPECT_EQ(cluster.partition().leader, std::nullopt);
    EXPECT_EQ(cluster.partition().isr, brokers({0}));
}

TEST(FenceBroker, TakesABrokerOutOfEveryIsr) {
    ControlledCluster cluster;
    cluster.with_partition({0, 1, 2}, {0, 1, 2});
    cluster.is_fenced(1);
    EXPECT_TRUE(cluster.broker(1).fenced);
    EXPECT_EQ(cluster.partition().isr, brokers({0, 2}));
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{5}) << "the leader stays";
    EXPECT_EQ(cluster.partition().partition_epoch, PartitionEpoch{10});
}

TEST(FenceBroker, AFencedBrokerStaysAsItIs) {
    ControlledCluster cluster;
    cluster.is_fenced(1);
    const auto decision = fence_broker(cluster.image, NodeId{1}, cluster.broker(1).epoch, {});
    EXPECT_TRUE(decision.records.empty());
    EXPECT_EQ(decision.answers.at(0), ErrorCode::none);
}

// The session was another incarnation's.
TEST(FenceBroker, RefusesAnotherEpoch) {
    ControlledCluster cluster;
    EXPECT_EQ(fence_broker(cluster.image, NodeId{1}, BrokerEpoch{1}, {}).answers.at(0), ErrorCode::stale_broker_epoch);
    EXPECT_EQ(fence_broker(cluster.image, NodeId{9}, BrokerEpoch{1}, {}).answers.at(0),
              ErrorCode::broker_id_not_registered);
}

TEST(UnregisterBroker, RemovesItAndItsLeaderships) {
    ControlledCluster cluster;
    cluster.with_partition({0, 1}, {0, 1});
    const auto decision = unregister_broker(cluster.image, NodeId{0}, {});
    EXPECT_EQ(decision.answers.at(0).error, ErrorCode::none);
    cluster.write(decision.records);
    EXPECT_EQ(cluster.image.broker(NodeId{0}), nullptr);
    EXPECT_EQ(cluster.partition().leader, NodeId{1});
    EXPECT_EQ(cluster.partition().isr, brokers({1}));
    EXPECT_EQ(cluster.partition().replicas, brokers({0, 1}));
    EXPECT_EQ(unregister_broker(cluster.image, NodeId{0}, {}).answers.at(0).error, ErrorCode::broker_id_not_registered);
}

}  // namespace
}  // namespace highwater
