// Moving partitions between brokers (KIP-455).
#include "core/metadata/controller_reassignments.h"

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

static_assert(describes_every_member<OngoingReassignment>);

ControlledCluster a_cluster() {
    ControlledCluster cluster(6);
    cluster.with_partition({0, 1}, {0, 1});
    return cluster;
}

OngoingReassignment ongoing(const ControlledCluster& cluster) {
    const auto all = list_partition_reassignments(cluster.image, std::nullopt);
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? OngoingReassignment{} : all.front();
}

TEST(Reassignment, TheNewReplicasComeBesideTheOld) {
    ControlledCluster cluster = a_cluster();
    EXPECT_EQ(cluster.reassigns(brokers({2, 1})), ErrorCode::none);
    EXPECT_EQ(ongoing(cluster),
              (OngoingReassignment{kTopic, kPartition, brokers({2, 1, 0}), brokers({2}), brokers({0})}));
    EXPECT_EQ(cluster.partition().leader, NodeId{0});
    EXPECT_EQ(cluster.partition().isr, brokers({0, 1}));
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{5});
}

TEST(Reassignment, EndsWhenAllThatWereAddedAreInTheIsr) {
    ControlledCluster cluster = a_cluster();
    cluster.reassigns(brokers({1, 2, 3}));
    cluster.proposes({0, 1, 2});
    EXPECT_EQ(cluster.partition().replicas, brokers({1, 2, 3, 0})) << "3 is not there yet";
    cluster.proposes({0, 1, 2, 3});
    EXPECT_EQ(cluster.partition().replicas, brokers({1, 2, 3}));
    EXPECT_EQ(cluster.partition().isr, brokers({1, 2, 3}));
    EXPECT_TRUE(list_partition_reassignments(cluster.image, std::nullopt).empty());
}

// The leader that asked is among those that go: the change is made, with another leader, and it is told so.
TEST(Reassignment, ALeaderThatIsRemovedHasASuccessorInTheSameChange) {
    ControlledCluster cluster = a_cluster();
    cluster.reassigns(brokers({2, 1}));
    const AlteredPartition answer = cluster.proposes({0, 1, 2});
    EXPECT_EQ(answer.error, ErrorCode::new_leader_elected);
    EXPECT_EQ(cluster.partition().leader, NodeId{2});
    EXPECT_EQ(cluster.partition().isr, brokers({1, 2}));
    EXPECT_EQ(cluster.partition().replicas, brokers({2, 1}));
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{6});
}

// KAFKA-15021: a fetch of the removed replica that is still under way must not count.
TEST(Reassignment, ThatRemovesAReplicaIsANewLeaderEpoch) {
    ControlledCluster cluster = a_cluster();
    EXPECT_EQ(cluster.reassigns(brokers({0})), ErrorCode::none);
    EXPECT_EQ(cluster.partition().replicas, brokers({0}));
    EXPECT_EQ(cluster.partition().isr, brokers({0}));
    EXPECT_EQ(cluster.partition().leader, NodeId{0});
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{6});
}

TEST(Reassignment, DoesNotRemoveTheWholeIsr) {
    ControlledCluster cluster = a_cluster();
    cluster.proposes({0});
    cluster.reassigns(brokers({1}));
    EXPECT_EQ(cluster.partition().replicas, brokers({1, 0})) << "1 is not in sync";
    EXPECT_EQ(cluster.proposes({0, 1}).error, ErrorCode::new_leader_elected);
    EXPECT_EQ(cluster.partition().replicas, brokers({1}));
    EXPECT_EQ(cluster.partition().leader, NodeId{1});
}

TEST(Reassignment, ANewOrderMakesANewPreferredLeaderOnly) {
    ControlledCluster cluster = a_cluster();
    cluster.reassigns(brokers({1, 0}));
    EXPECT_EQ(cluster.partition().replicas, brokers({1, 0}));
    EXPECT_EQ(cluster.partition().leader, NodeId{0});
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{5});
    EXPECT_EQ(cluster.elects(ElectionType::preferred), ErrorCode::none);
}

TEST(Reassignment, ToWhatIsSoAlreadyChangesNothing) {
    ControlledCluster cluster = a_cluster();
    const MetadataImage before = cluster.image;
    EXPECT_EQ(cluster.reassigns(brokers({0, 1})), ErrorCode::none);
    EXPECT_EQ(cluster.image, before);
}

TEST(Reassignment, CancelledGoesBackToWhatWas) {
    ControlledCluster cluster = a_cluster();
    EXPECT_EQ(cluster.reassigns(std::nullopt), ErrorCode::no_reassignment_in_progress);
    cluster.reassigns(brokers({2, 3}));
    cluster.proposes({0, 1, 2});
    EXPECT_EQ(cluster.reassigns(std::nullopt), ErrorCode::none);
    EXPECT_EQ(cluster.partition().replicas, brokers({0, 1}));
    EXPECT_EQ(cluster.partition().isr, brokers({0, 1}));
    EXPECT_TRUE(list_partition_reassignments(cluster.image, std::nullopt).empty());
    EXPECT_EQ(cluster.partition().leader_epoch, LeaderEpoch{6}) << "2 is no replica any more";
}

TEST(Reassignment, IsNotCancelledWhenNobodyInSyncWouldStay) {
    ControlledCluster cluster = a_cluster();
    cluster.reassigns(brokers({2, 3}));
    cluster.proposes({0, 2});
    cluster.is_fenced(0);
    ASSERT_EQ(cluster.partition().isr, brokers({2}));
    const MetadataImage before = cluster.image;
    EXPECT_EQ(cluster.reassigns(std::nullopt), ErrorCode::invalid_replica_assignment);
    EXPECT_EQ(cluster.image, before);
}

TEST(Reassignment, AnotherOneStartsFromWhatWasBeforeTheFirst) {
    ControlledCluster cluster = a_cluster();
    cluster.reassigns(brokers({2, 3}));
    cluster.proposes({0, 1, 2});
    EXPECT_EQ(cluster.reassigns(brokers({3, 4})), ErrorCode::none);
    EXPECT_EQ(ongoing(cluster),
              (OngoingReassignment{kTopic, kPartition, brokers({3, 4, 0, 1}), brokers({3, 4}), brokers({0, 1})}));
    EXPECT_EQ(cluster.partition().isr, brokers({0, 1}));
    EXPECT_EQ(cluster.reassigns(std::nullopt), ErrorCode::none);
    EXPECT_EQ(cluster.partition().replicas, brokers({0, 1}));
}

TEST(Reassignment, RefusesBadAssignments) {
    ControlledCluster cluster = a_cluster();
    EXPECT_EQ(cluster.reassigns(brokers({})), ErrorCode::invalid_replica_assignment);
    EXPECT_EQ(cluster.reassigns(brokers({1, 1})), ErrorCode::invalid_replica_assignment);
    EXPECT_EQ(cluster.reassigns(brokers({1, 99})), ErrorCode::invalid_replica_assignment);
    const auto twice = alter_partition_reassignments(
        cluster.image, {{kTopic, kPartition, brokers({2})}, {kTopic, kPartition, brokers({3})}}, true, {});
    EXPECT_EQ(twice.answers.at(1).error.error, ErrorCode::invalid_request);
    EXPECT_TRUE(twice.records.empty());
    const auto unknown = alter_partition_reassignments(
        cluster.image, {{"y", kPartition, brokers({2})}, {kTopic, PartitionId{5}, brokers({2})}}, true, {});
    EXPECT_EQ(unknown.answers.at(0).error.error, ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(unknown.answers.at(1).error.error, ErrorCode::unknown_topic_or_partition);
}

// KIP-860
TEST(Reassignment, KeepsTheReplicationFactorWhereThatIsAsked) {
    ControlledCluster cluster = a_cluster();
    EXPECT_EQ(cluster.reassigns(brokers({2}), false), ErrorCode::invalid_replication_factor);
    EXPECT_EQ(cluster.reassigns(brokers({2, 3}), false), ErrorCode::none);
    EXPECT_EQ(cluster.reassigns(brokers({4, 5}), false), ErrorCode::none) << "two before, two after";
}

// KIP-858
TEST(Reassignment, ReplicasThatStayKeepTheirDirectories) {
    ControlledCluster cluster(6);
    PartitionRecord record;
    record.topic_id = kTopicId;
    record.replicas = record.isr = brokers({0, 1});
    record.leader = NodeId{0};
    record.directories = {incarnation(50), incarnation(51)};
    cluster.write({record});
    Uuid unassigned;
    unassigned.bytes[15] = 1;
    cluster.reassigns(brokers({2, 1}));
    EXPECT_EQ(cluster.partition().directories, (std::vector{unassigned, incarnation(51), incarnation(50)}));
    cluster.proposes({0, 1, 2});
    EXPECT_EQ(cluster.partition().directories, (std::vector{unassigned, incarnation(51)}));
}

// An elected leader that is the whole ISR may be all that the reassignment waited for; nothing else would end it.
TEST(Reassignment, EndsWithAnElectionToo) {
    ControlledCluster cluster = a_cluster();
    cluster.with_elr().with_min_insync(2);
    cluster.is_fenced(0);
    cluster.is_fenced(1);
    cluster.reassigns(brokers({1}));
    ASSERT_EQ(cluster.partition().replicas, brokers({1, 0}));
    cluster.is_unfenced(1);
    EXPECT_EQ(cluster.partition().leader, NodeId{1});
    EXPECT_EQ(cluster.partition().replicas, brokers({1}));
    EXPECT_EQ(cluster.partition().eligible_leader_replicas, brokers({}));
}

TEST(ListReassignments, NamesThoseThatWereAskedFor) {
    ControlledCluster cluster = a_cluster();
    cluster.reassigns(brokers({2, 3}));
    const auto count = [&](const std::vector<NamedPartition>& partitions) {
        return list_partition_reassignments(cluster.image, partitions).size();
    };
    EXPECT_EQ(count({{kTopic, kPartition}}), 1U);
    EXPECT_EQ(count({{kTopic, PartitionId{1}}, {"y", kPartition}}), 0U);
    EXPECT_EQ(count({}), 0U);
}

}  // namespace
}  // namespace highwater
