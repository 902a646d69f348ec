// Who leads: on every trigger, from ISR and ELR first, uncleanly only where that is allowed (KIP-460, KIP-966).
#include "core/metadata/controller_elections.h"

#include <gtest/gtest.h>

#include "core/metadata/testing.h"

namespace highwater {
namespace {

using testing::brokers;
using testing::ControlledCluster;
using testing::incarnation;
using testing::kPartition;
using testing::kTopic;
using testing::kTopicId;

static_assert(describes_every_member<ElectedLeader>);

ControlledCluster three_replicas() {
    ControlledCluster cluster;
    cluster.with_partition({0, 1, 2}, {0, 1, 2});
    return cluster;
}

TEST(Election, TheFirstReplicaOfTheIsrInOrderOfAssignmentSucceeds) {
    ControlledCluster cluster;
    cluster.with_partition({0, 2, 1}, {0, 1, 2});
    cluster.is_fenced(0);
    EXPECT_EQ(cluster.partition().leader, NodeId{2});
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{6});
}

TEST(Election, TheLeaderStaysWhileItMay) {
    ControlledCluster cluster = three_replicas();
    cluster.is_fenced(0);
    cluster.restarts_cleanly(0);
    cluster.is_unfenced(0);
    cluster.proposes({1, 2, 0});
    EXPECT_EQ(cluster.partition().leader, NodeId{1}) << "the preferred one waits for its own election";
    cluster.is_fenced(2);
    EXPECT_EQ(cluster.partition().leader, NodeId{1});
}

// Without eligible leader replicas.
TEST(Election, TheLastOfTheIsrStaysInItAndNobodyLeads) {
    ControlledCluster cluster = three_replicas();
    cluster.proposes({0});
    cluster.is_fenced(0);
    EXPECT_EQ(cluster.partition().leader, std::nullopt);
    EXPECT_EQ(cluster.partition().isr, brokers({0}));
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{6});
    cluster.is_unfenced(0);
    EXPECT_EQ(cluster.partition().leader, NodeId{0});
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{7});
    EXPECT_EQ(cluster.partition().leader_recovery_state, LeaderRecoveryState::recovered);
}

// KIP-966
TEST(Election, WithEligibleLeaderReplicasTheIsrMayBecomeEmpty) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(2).with_partition({0, 1, 2}, {0, 1});
    cluster.is_fenced(1);
    cluster.is_fenced(0);
    EXPECT_EQ(cluster.partition().leader, std::nullopt);
    EXPECT_EQ(cluster.partition().isr, brokers({}));
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({0, 1}));
    EXPECT_EQ(cluster.partition().last_known_elr, brokers({0}));
}

TEST(Election, AnEligibleLeaderReplicaBecomesTheWholeIsr) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(2).with_partition({0, 1, 2}, {0, 1});
    cluster.is_fenced(1);
    cluster.is_fenced(0);
    cluster.is_unfenced(1);
    EXPECT_EQ(cluster.partition().leader, NodeId{1});
    EXPECT_EQ(cluster.partition().isr, brokers({1}));
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({0}));
    EXPECT_EQ(cluster.partition().last_known_elr, brokers({})) << "cleared: there is a leader";
    EXPECT_EQ(cluster.partition().leader_recovery_state, LeaderRecoveryState::recovered);
}

TEST(Election, AnEligibleLeaderReplicaIsNotElectedWhileTheIsrHasSomebody) {
    ControlledCluster cluster;
    cluster.with_min_insync(2).with_partition({0, 1, 2}, {0});
    cluster.is_fenced(0);
    cluster.with_elr();
    PartitionChangeRecord change;
    change.partition_id = kPartition;
    change.topic_id = kTopicId;
    change.eligible_leader_replicas = brokers({1});
    cluster.write({change});
    cluster.is_fenced(1);
    cluster.is_unfenced(1);
    EXPECT_EQ(cluster.partition().leader, std::nullopt);
}

TEST(Election, AnIsrThatIsTheMinimumByItselfLeavesNobodyElseEligible) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(2).with_partition({0, 1}, {0, 1});
    cluster.is_fenced(0);
    cluster.is_fenced(1);
    cluster.write({ConfigRecord{{ConfigResourceType::topic, kTopic}, std::string(kMinInsyncReplicas), "1"}});
    cluster.is_unfenced(0);
    EXPECT_EQ(cluster.partition().isr, brokers({0}));
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({})) << "0 commits alone from here on";
}

// KIP-966: everybody who had all committed records came back without what was not flushed. The last leader is the best
// guess, and says that it is one.
TEST(Election, WithNobodyEligibleTheLastKnownLeaderIsElectedUncleanly) {
    ControlledCluster cluster;
    cluster.with_elr().with_partition({0, 1}, {0});
    cluster.is_fenced(0);
    cluster.restarts_uncleanly(0);
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({}));
    ASSERT_EQ(cluster.partition().last_known_elr, brokers({0}));
    cluster.is_fenced(1);
    cluster.is_unfenced(1);
    EXPECT_EQ(cluster.partition().leader, std::nullopt) << "not the last leader";
    cluster.is_unfenced(0);
    EXPECT_EQ(cluster.partition().leader, NodeId{0});
    EXPECT_EQ(cluster.partition().isr, brokers({0}));
    EXPECT_EQ(cluster.partition().leader_recovery_state, LeaderRecoveryState::recovering);
    EXPECT_EQ(cluster.partition().last_known_elr, brokers({}));
}

TEST(Election, TheLastKnownLeaderIsNotElectedWhileSomebodyIsEligible) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(2).with_partition({0, 1, 2}, {0, 1});
    cluster.is_fenced(1);
    cluster.restarts_uncleanly(0);
    ASSERT_EQ(cluster.partition().last_known_elr, brokers({0}));
    cluster.is_unfenced(0);
    EXPECT_EQ(cluster.partition().leader, std::nullopt) << "1 has every committed record";
}

TEST(UncleanElection, IsNotHeldWhereItIsOff) {
    ControlledCluster cluster = three_replicas();
    cluster.proposes({0});
    cluster.is_fenced(0);
    EXPECT_EQ(cluster.partition().leader, std::nullopt);
    EXPECT_TRUE(elect_unclean_leaders(cluster.image, 10, {}).empty());
}

TEST(UncleanElection, TakesTheFirstActiveReplicaWhichIsThenRecovering) {
    ControlledCluster cluster = three_replicas();
    cluster.with_unclean_election().proposes({0});
    cluster.is_fenced(1);
    cluster.is_fenced(0);
    EXPECT_EQ(cluster.partition().leader, NodeId{2});
    EXPECT_EQ(cluster.partition().isr, brokers({2}));
    EXPECT_EQ(cluster.partition().leader_recovery_state, LeaderRecoveryState::recovering);
}

TEST(UncleanElection, ClearsTheEligibleLeaderReplicas) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(2).with_unclean_election().with_partition({0, 1, 2}, {0, 1});
    cluster.is_fenced(1);
    ASSERT_EQ(cluster.partition().eligible_leader_replicas, brokers({1}));
    cluster.is_fenced(0);
    EXPECT_EQ(cluster.partition().leader, NodeId{2});
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({}));
}

TEST(UncleanElection, IsHeldWhereThereIsNoLeaderOnceItIsAllowed) {
    ControlledCluster cluster = three_replicas();
    cluster.proposes({0});
    cluster.is_fenced(0);
    std::vector<MetadataRecord> records{
        ConfigRecord{{ConfigResourceType::topic, kTopic}, std::string(kUncleanLeaderElection), "true"}};
    const auto follow = leader_and_isr_after_configs(cluster.image, records, {});
    ASSERT_EQ(follow.size(), 1U);
    cluster.write(records);
    EXPECT_EQ(elect_unclean_leaders(cluster.image, 10, {}), follow);
    EXPECT_TRUE(elect_unclean_leaders(cluster.image, 0, {}).empty());
    cluster.write(follow);
    EXPECT_EQ(cluster.partition().leader, NodeId{1});
}

// KIP-858
TEST(Election, AReplicaInALogDirectoryThatIsOfflineIsNotElected) {
    ControlledCluster cluster;
    BrokerRegistration request = cluster.a_registration(1, 2);
    request.log_dirs = {incarnation(50)};
    cluster.hears(request);
    cluster.is_unfenced(1);
    PartitionRecord record;
    record.topic_id = kTopicId;
    record.replicas = record.isr = brokers({0, 1, 2});
    record.leader = NodeId{0};
    const auto successor = [&](const Uuid& directory) {
        ControlledCluster copy = cluster;
        record.directories = {Uuid{}, directory, Uuid{}};
        copy.write({record});
        copy.is_fenced(0);
        return copy.partition().leader;
    };
    Uuid lost;
    lost.bytes[15] = 2;
    EXPECT_EQ(successor(incarnation(50)), NodeId{1});
    EXPECT_EQ(successor(incarnation(51)), NodeId{2});
    EXPECT_EQ(successor(lost), NodeId{2});
    EXPECT_EQ(successor(Uuid{}), NodeId{1});
}

TEST(ElectLeaders, GivesThePartitionBackToThePreferredLeader) {
    ControlledCluster cluster = three_replicas();
    EXPECT_EQ(cluster.elects(ElectionType::preferred), ErrorCode::election_not_needed);
    cluster.is_fenced(0);
    EXPECT_EQ(cluster.elects(ElectionType::preferred), ErrorCode::preferred_leader_not_available);
    cluster.is_unfenced(0);
    EXPECT_EQ(cluster.elects(ElectionType::preferred), ErrorCode::preferred_leader_not_available) << "not in the ISR";
    cluster.proposes({1, 2, 0});
    EXPECT_EQ(cluster.elects(ElectionType::preferred), ErrorCode::none);
    EXPECT_EQ(cluster.partition().leader, NodeId{0});
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{7});
}

TEST(ElectLeaders, AnAdministratorMayAskForAnUncleanElection) {
    ControlledCluster cluster = three_replicas();
    EXPECT_EQ(cluster.elects(ElectionType::unclean), ErrorCode::election_not_needed);
    cluster.proposes({0});
    cluster.is_fenced(0);
    EXPECT_EQ(cluster.elects(ElectionType::unclean), ErrorCode::none);
    EXPECT_EQ(cluster.partition().leader, NodeId{1});
    EXPECT_EQ(cluster.partition().leader_recovery_state, LeaderRecoveryState::recovering);
}

TEST(ElectLeaders, WithNoReplicaUpThereIsNobodyToElect) {
    ControlledCluster cluster = three_replicas();
    for (std::int32_t id : {0, 1, 2}) cluster.is_fenced(id);
    EXPECT_EQ(cluster.elects(ElectionType::unclean), ErrorCode::eligible_leaders_not_available);
}

TEST(ElectLeaders, RefusesWhatItDoesNotKnow) {
    ControlledCluster cluster = three_replicas();
    const auto verdict = [&](const std::vector<NamedPartition>& partitions, ElectionType type) {
        const auto decision = elect_leaders(cluster.image, type, partitions, {});
        EXPECT_TRUE(decision.records.empty());
        return decision.answers.at(0).error.error;
    };
    EXPECT_EQ(verdict({{"y", kPartition}}, ElectionType::preferred), ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(verdict({{kTopic, PartitionId{1}}}, ElectionType::preferred), ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(verdict({{kTopic, kPartition}, {kTopic, kPartition}}, ElectionType::preferred),
              ErrorCode::invalid_request);
    EXPECT_EQ(verdict({{kTopic, kPartition}}, static_cast<ElectionType>(2)), ErrorCode::invalid_request);
}

TEST(ElectLeaders, OfAllPartitionsThoseThatNeedNoElectionAreLeftOut) {
    ControlledCluster cluster = three_replicas();
    EXPECT_TRUE(elect_leaders(cluster.image, ElectionType::preferred, std::nullopt, {}).answers.empty());
    cluster.is_fenced(0);
    const auto decision = elect_leaders(cluster.image, ElectionType::preferred, std::nullopt, {});
    ASSERT_EQ(decision.answers.size(), 1U);
    EXPECT_EQ(decision.answers[0].error.error, ErrorCode::preferred_leader_not_available);
}

TEST(BalancePreferredLeaders, ElectsThoseThatAreInTheIsr) {
    ControlledCluster cluster = three_replicas();
    cluster.is_fenced(0);
    cluster.is_unfenced(0);
    EXPECT_TRUE(balance_preferred_leaders(cluster.image, 10, {}).empty());
    cluster.proposes({1, 2, 0});
    EXPECT_TRUE(balance_preferred_leaders(cluster.image, 0, {}).empty());
    cluster.write(balance_preferred_leaders(cluster.image, 10, {}));
    EXPECT_EQ(cluster.partition().leader, NodeId{0});
}

TEST(ReplicationRules, AreTheTopicsOwnThenAllBrokersThenTheNodes) {
    ControlledCluster cluster;
    const auto rules = [&] { return replication_rules(cluster.image, *cluster.image.topic(kTopicId), {3, true}); };
    EXPECT_EQ(rules(), (ReplicationRules{3, true, false, false}));
    cluster.write({ConfigRecord{{ConfigResourceType::broker, ""}, "min.insync.replicas", "4"},
                   ConfigRecord{{ConfigResourceType::broker, "0"}, "min.insync.replicas", "9"},
                   ConfigRecord{{ConfigResourceType::broker, ""}, "unclean.leader.election.enable", "false"}});
    EXPECT_EQ(rules(), (ReplicationRules{4, false, false, false}));
    cluster.with_min_insync(2).with_unclean_election().with_elr();
    EXPECT_EQ(rules(), (ReplicationRules{2, true, true, false}));
}

// KIP-966: with a lower minimum the ISR may commit without those that were only eligible.
TEST(MinInsyncReplicas, ALowerOneEndsTheEligibilityInTheSameBatch) {
    ControlledCluster cluster;
    cluster.with_elr().with_min_insync(3).with_partition({0, 1, 2}, {0, 1, 2});
    cluster.proposes({0, 1});
    ASSERT_EQ(cluster.partition().eligible_leader_replicas, brokers({2}));
    const auto follow = [&](std::optional<std::string> value, ConfigResource resource) {
        return leader_and_isr_after_configs(
            cluster.image, {ConfigRecord{std::move(resource), std::string(kMinInsyncReplicas), std::move(value)}}, {});
    };
    EXPECT_TRUE(follow("3", {ConfigResourceType::topic, kTopic}).empty());
    EXPECT_TRUE(follow("1", {ConfigResourceType::topic, "y"}).empty());
    EXPECT_TRUE(follow("1", {ConfigResourceType::broker, ""}).empty()) << "the topic has its own";
    EXPECT_EQ(follow(std::nullopt, {ConfigResourceType::topic, kTopic}).size(), 1U);
    cluster.write(follow("2", {ConfigResourceType::topic, kTopic}));
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({}));
}

}  // namespace
}  // namespace highwater
