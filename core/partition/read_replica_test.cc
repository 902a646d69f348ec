// KIP-392: which replica a leader sends a consumer to.
#include "core/partition/read_replica.h"

#include <gtest/gtest.h>

#include "core/partition/testing.h"

namespace highwater {
namespace {

using testing::nodes;
using testing::plain;
using testing::ReplicaDriver;

constexpr BrokerRack kRacks[] = {{NodeId{0}, "a"}, {NodeId{1}, "b"}, {NodeId{2}, "b"}, {NodeId{3}, ""}};

FollowerProgress a_follower(std::int32_t node, std::int64_t end, std::int64_t start = 0) {
    FollowerProgress follower;
    follower.node = NodeId{node};
    follower.end_offset = Offset{end};
    follower.log_start_offset = Offset{start};
    return follower;
}

/// What broker 0 says to a consumer at `offset`; all are in sync.
std::optional<NodeId> selected(std::int64_t offset, std::string_view rack,
                               std::initializer_list<FollowerProgress> followers,
                               const NodeIds& isr = nodes({0, 1, 2, 3})) {
    return select_read_replica(Offset{offset}, rack, NodeId{0}, isr, {followers.begin(), followers.size()}, kRacks);
}

TEST(ReadReplica, IsTheOneInTheConsumersRackWithTheHighestLogEnd) {
    EXPECT_EQ(selected(5, "b", {a_follower(1, 8), a_follower(2, 9), a_follower(3, 10)}), NodeId{2});
    EXPECT_EQ(selected(5, "b", {a_follower(1, 9), a_follower(2, 8)}), NodeId{1});
}

TEST(ReadReplica, OfEqualOnesIsTheOneThatWasCaughtUpLastThenTheHighestId) {
    EXPECT_EQ(selected(5, "b", {a_follower(1, 9), a_follower(2, 9)}), NodeId{2});
    FollowerProgress recent = a_follower(1, 9);
    recent.last_caught_up = Time{4};
    EXPECT_EQ(selected(5, "b", {recent, a_follower(2, 9)}), NodeId{1});
}

TEST(ReadReplica, IsTheLeaderWhenThatIsInTheRackOrNobodyIs) {
    EXPECT_EQ(selected(5, "a", {a_follower(1, 9)}), std::nullopt);
    EXPECT_EQ(selected(5, "c", {a_follower(1, 9)}), std::nullopt);
}

TEST(ReadReplica, AConsumerWithoutARackStaysAtTheLeader) {
    EXPECT_EQ(selected(5, "", {a_follower(3, 9)}), std::nullopt);
}

TEST(ReadReplica, HoldsTheFetchOffset) {
    EXPECT_EQ(selected(5, "b", {a_follower(1, 4), a_follower(2, 9, 6)}), std::nullopt);
    EXPECT_EQ(selected(5, "b", {a_follower(1, 5), a_follower(2, 9, 6)}), NodeId{1});
    EXPECT_EQ(selected(6, "b", {a_follower(1, 5), a_follower(2, 9, 6)}), NodeId{2});
    FollowerProgress unheard;
    unheard.node = NodeId{1};
    EXPECT_EQ(selected(0, "b", {unheard}), std::nullopt);
}

TEST(ReadReplica, IsInSync) {
    EXPECT_EQ(selected(5, "b", {a_follower(1, 8), a_follower(2, 9)}, nodes({0, 1})), NodeId{1});
}

TEST(ReadReplica, OnlyTheLeaderChooses) {
    ReplicaDriver replica{FlushMode::replicated};
    replica.leads(1, nodes({0, 1}), nodes({0, 1}));
    replica.produces(1, Acks::all, plain().records(3));
    replica.written();
    EXPECT_EQ(replica.replica().preferred_read_replica(Offset{2}, "b", kRacks), std::nullopt);
    replica.follower_fetches(1, 3);
    EXPECT_EQ(replica.replica().preferred_read_replica(Offset{2}, "b", kRacks), NodeId{1});
    replica.follows(1, 2);
    EXPECT_EQ(replica.replica().preferred_read_replica(Offset{2}, "b", kRacks), std::nullopt);
}

}  // namespace
}  // namespace highwater
