// Committed offsets: who may commit, when they are seen, when they expire.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/group/consumer_subscription.h"
#include "core/group/testing.h"

namespace highwater {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::Groups;

/// A subscription to these topics, as consumers encode it (version 0).
std::string subscription(const std::vector<std::string>& topics) {
    std::string bytes{"\0\0", 2};
    const auto add = [&bytes](std::size_t number, int width) {
        for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(number >> shift));
    };
    add(topics.size(), 4);
    for (const std::string& topic : topics) {
        add(topic.size(), 2);
        bytes += topic;
    }
    return bytes + std::string{"\xff\xff\xff\xff", 4};
}

// F09: the acknowledgement waits for the record.
TEST(OffsetCommit, IsAnsweredAndSeenWhenItsRecordIsCommitted) {
    Groups groups;
    const std::string a = groups.one_stable_member();
    groups.hold_writes = true;
    const GroupToken token = groups.commit(a, Generation{1}, 7);
    EXPECT_EQ(groups.answer_to<OffsetsAnswer>(token), std::nullopt);
    EXPECT_EQ(groups.committed(), -1);
    groups.commit_writes();
    EXPECT_EQ(groups.answer_to<OffsetsAnswer>(token)->partitions, std::vector{ErrorCode::none});
    EXPECT_EQ(groups.committed(), 7);
    groups.fail_over();
    EXPECT_EQ(groups.committed(), 7);
}

TEST(OffsetCommit, ThatDidNotGetIntoTheLogIsNotSeen) {
    Groups groups;
    const std::string a = groups.one_stable_member();
    groups.hold_writes = true;
    const GroupToken token = groups.commit(a, Generation{1}, 7);
    groups.fail_writes(ErrorCode::not_enough_replicas);
    EXPECT_EQ(groups.answer_to<OffsetsAnswer>(token)->error, ErrorCode::coordinator_not_available);
    EXPECT_EQ(groups.committed(), -1);
}

// Bad input B104. Offsets it may have (KAFKA-6773), members not.
TEST(EmptyGroupId, IsRefusedWhereMembersAreMeantAndTakenForOffsets) {
    Groups groups;
    JoinReceived join = groups.join_request("");
    join.group = "";
    EXPECT_EQ(groups.answer_to<JoinAnswer>(groups.send(join))->error, ErrorCode::invalid_group_id);
    const MemberClaim claim{"m", std::nullopt, Generation{1}};
    const GroupToken sync = groups.send(SyncReceived{groups.fresh_token(), "", claim, {}, {}, {}});
    EXPECT_EQ(groups.answer_to<SyncAnswer>(sync)->error, ErrorCode::invalid_group_id);
    const GroupToken heartbeat = groups.send(HeartbeatReceived{groups.fresh_token(), "", claim});
    EXPECT_EQ(groups.answer_to<HeartbeatAnswer>(heartbeat)->error, ErrorCode::invalid_group_id);
    const GroupToken leave = groups.send(LeaveReceived{groups.fresh_token(), "", {{"m", std::nullopt}}});
    EXPECT_EQ(groups.answer_to<LeaveAnswer>(leave)->error, ErrorCode::invalid_group_id);
    const TopicPartition partition{"t", PartitionId{0}};
    const GroupToken deletion = groups.send(OffsetDeleteReceived{groups.fresh_token(), "", {partition}});
    EXPECT_EQ(groups.answer_to<OffsetsAnswer>(deletion)->error, ErrorCode::invalid_group_id);
    EXPECT_EQ(groups.machine().find(""), nullptr);

    const GroupToken commit = groups.send(OffsetCommitReceived{
        groups.fresh_token(), "", {"", std::nullopt, Generation{-1}}, {}, {{partition, Offset{7}, std::nullopt, ""}}});
    EXPECT_EQ(groups.answer_to<OffsetsAnswer>(commit)->partitions, std::vector{ErrorCode::none});
    EXPECT_EQ((**groups.machine().offsets_of("")).at(partition).offset, Offset{7});
    groups.fail_over();
    EXPECT_EQ((**groups.machine().offsets_of("")).at(partition).offset, Offset{7});
    const GroupToken gone = groups.send(DeleteGroupReceived{groups.fresh_token(), ""});
    EXPECT_EQ(groups.answer_to<DeleteGroupAnswer>(gone)->error, ErrorCode::none);
    EXPECT_EQ(groups.machine().find(""), nullptr);
}

// F01, F02.
TEST(OffsetCommit, IsTakenFromTheGenerationThatHasThePartitions) {
    Groups groups;
    const auto refused = [&](const std::string& member, int generation) {
        return groups.answer_to<OffsetsAnswer>(groups.commit(member, Generation{generation}, 1))->error;
    };
    EXPECT_EQ(refused("", -1), ErrorCode::none) << "nobody is in the group";
    EXPECT_EQ(refused("a", 1), ErrorCode::unknown_member_id);
    const std::string a = groups.one_stable_member();
    EXPECT_EQ(refused("", -1), ErrorCode::unknown_member_id) << "members are";
    EXPECT_EQ(refused(a, 0), ErrorCode::illegal_generation);
    EXPECT_EQ(refused(a, 1), ErrorCode::none);
    const GroupToken newcomer = groups.join();
    EXPECT_EQ(refused(a, 1), ErrorCode::none) << "while the group prepares, it still has them";
    groups.join(a);
    const std::string b = groups.answer_to<JoinAnswer>(newcomer)->member_id;
    EXPECT_EQ(refused(b, 2), ErrorCode::rebalance_in_progress) << "nobody knows yet who has what";
    EXPECT_EQ(refused(a, 1), ErrorCode::illegal_generation);
}

TEST(OffsetCommit, OfAGroupThatNeverWasWithAGenerationIsRefused) {
    Groups groups;
    EXPECT_EQ(groups.answer_to<OffsetsAnswer>(groups.commit("a", Generation{3}, 1))->error,
              ErrorCode::illegal_generation);
    EXPECT_EQ(groups.machine().find("g"), nullptr);
}

TEST(OffsetCommit, RefusesMetadataThatIsTooLargeAndTakesTheRest) {
    Groups groups;
    OffsetCommitReceived request{groups.fresh_token(), "g", {"", std::nullopt, Generation{-1}}, {}, {}};
    request.offsets.push_back({{"t", PartitionId{0}}, Offset{1}, std::nullopt, std::string(4097, 'x')});
    request.offsets.push_back({{"t", PartitionId{1}}, Offset{2}, LeaderEpoch{3}, std::string(4096, 'x')});
    const auto answer = groups.answer_to<OffsetsAnswer>(groups.send(request));
    EXPECT_EQ(answer->partitions, (std::vector{ErrorCode::offset_metadata_too_large, ErrorCode::none}));
    EXPECT_EQ((*groups.machine().offsets_of("g"))->size(), 1U);
}

TEST(OffsetExpiry, OfAnEmptyGroupCountsFromWhenItBecameEmpty) {
    Groups groups;
    const std::string a = groups.one_stable_member();
    groups.commit(a, Generation{1}, 7);
    for (int hour = 0; hour < 200; ++hour) {
        for (int beat = 0; beat < 2; ++beat) {
            groups.pass(seconds{1});
            ASSERT_EQ(groups.heartbeat(a, Generation{1}), ErrorCode::none);
        }
    }
    ASSERT_EQ(groups.leave(a), ErrorCode::none);
    groups.pass(hours{24 * 7} - seconds{1});
    groups.give(ExpireOffsets{});
    EXPECT_EQ(groups.committed(), 7);
    groups.pass(seconds{1});
    groups.give(ExpireOffsets{});
    EXPECT_EQ(groups.machine().find("g"), nullptr) << "the group goes with its last offset";
    EXPECT_EQ(groups.taken_over().find("g"), nullptr);
}

// F08 (KAFKA-13636): during a rebalance nobody knows what is in use.
TEST(OffsetExpiry, OfALiveGroupTakesOnlyWhatNoMemberSubscribesTo) {
    GroupConfig config = Groups::quick();
    config.offsets_retention = seconds{2};
    Groups groups(config);
    JoinReceived request = groups.join_request("");
    request.protocols = {{"range", subscription({"t"})}};
    const auto joined = groups.answer_to<JoinAnswer>(groups.send(request));
    const std::string& a = joined->member_id;
    groups.sync(a, Generation{1}, {{a, "all"}});
    groups.commit(a, Generation{1}, 7, "t");
    groups.commit(a, Generation{1}, 8, "left");
    groups.pass(seconds{3});
    request = groups.join_request("");
    request.protocols = {{"range", subscription({"t"})}};
    const GroupToken newcomer = groups.send(request);
    groups.give(ExpireOffsets{});
    EXPECT_EQ(groups.committed("left"), 8) << "the group rebalances";
    request = groups.join_request(a);
    request.protocols = {{"range", subscription({"t"})}};
    EXPECT_EQ(groups.leave(groups.group().members.rbegin()->first == a ? groups.group().members.begin()->first
                                                                       : groups.group().members.rbegin()->first),
              ErrorCode::none);
    static_cast<void>(newcomer);
    groups.send(request);
    groups.sync(a, Generation{2}, {{a, "all"}});
    ASSERT_EQ(groups.group().state, ClassicState::stable);
    groups.give(ExpireOffsets{});
    EXPECT_EQ(groups.committed("left"), -1);
    EXPECT_EQ(groups.committed("t"), 7);
}

// A tombstone behind a commit that is on its way would take what was acknowledged.
TEST(OffsetExpiry, LeavesAloneWhatIsBeingCommitted) {
    GroupConfig config = Groups::quick();
    config.offsets_retention = seconds{2};
    Groups groups(config);
    groups.commit("", Generation{-1}, 1);
    groups.pass(seconds{2});
    groups.hold_writes = true;
    const GroupToken token = groups.commit("", Generation{-1}, 2);
    groups.give(ExpireOffsets{});
    groups.commit_writes();
    EXPECT_EQ(groups.answer_to<OffsetsAnswer>(token)->error, ErrorCode::none);
    EXPECT_EQ(groups.committed(), 2);
    EXPECT_EQ((*groups.taken_over().offsets_of("g"))->size(), 1U);
}

TEST(DeleteGroup, TakesAnEmptyGroupWithItsOffsets) {
    Groups groups;
    const auto remove = [&] {
        return groups.answer_to<DeleteGroupAnswer>(groups.send(DeleteGroupReceived{groups.fresh_token(), "g"}))->error;
    };
    EXPECT_EQ(remove(), ErrorCode::group_id_not_found);
    const std::string a = groups.one_stable_member();
    groups.commit(a, Generation{1}, 7);
    EXPECT_EQ(remove(), ErrorCode::non_empty_group);
    EXPECT_EQ(groups.leave(a), ErrorCode::none);
    EXPECT_EQ(remove(), ErrorCode::none);
    EXPECT_EQ(groups.machine().find("g"), nullptr);
    EXPECT_EQ(groups.committed(), -1);
    EXPECT_TRUE(groups.taken_over().groups().empty());
}

TEST(TopicDeleted, TakesWhatGroupsCommittedForItAlsoWhatIsOnItsWay) {
    Groups groups;
    groups.commit("", Generation{-1}, 6, "kept");
    groups.hold_writes = true;
    groups.commit("", Generation{-1}, 7, "gone");
    groups.give(TopicDeleted{"gone"});
    groups.commit_writes();
    groups.hold_writes = false;
    EXPECT_EQ(groups.committed("gone"), -1);
    EXPECT_EQ(groups.committed("kept"), 6);
    groups.fail_over();
    EXPECT_EQ(groups.committed("gone"), -1);
    groups.commit("", Generation{-1}, 8, "gone");
    groups.give(TopicDeleted{"gone"});
    EXPECT_EQ(groups.committed("gone"), -1);
    EXPECT_EQ(groups.committed("kept"), 6);
}

TEST(OffsetDelete, RefusesTopicsThatMembersSubscribeTo) {
    Groups groups;
    JoinReceived request = groups.join_request("");
    request.protocols = {{"range", subscription({"t"})}};
    const auto joined = groups.answer_to<JoinAnswer>(groups.send(request));
    groups.sync(joined->member_id, Generation{1}, {{joined->member_id, "all"}});
    groups.commit(joined->member_id, Generation{1}, 7, "t");
    groups.commit(joined->member_id, Generation{1}, 8, "left");
    const auto answer = groups.answer_to<OffsetsAnswer>(groups.send(
        OffsetDeleteReceived{groups.fresh_token(), "g", {{"t", PartitionId{0}}, {"left", PartitionId{0}}}}));
    EXPECT_EQ(answer->partitions, (std::vector{ErrorCode::group_subscribed_to_topic, ErrorCode::none}));
    EXPECT_EQ(groups.committed("t"), 7);
    EXPECT_EQ(groups.committed("left"), -1);
}

TEST(ConsumerSubscription, IsReadOrRefusedWhateverTheBytes) {
    EXPECT_THAT(*topics_of_subscription(subscription({"a", "bc"})), ::testing::ElementsAre("a", "bc"));
    const std::string whole = subscription({"topic"});
    for (std::size_t size = 0; size < whole.size() - 4; ++size) {
        EXPECT_FALSE(topics_of_subscription(whole.substr(0, size))) << size;
    }
    EXPECT_FALSE(topics_of_subscription(std::string{"\0\0\x7f\xff\xff\xff\0\1a", 9}));
}

TEST(ConsumerAssignment, IsReadOrRefusedWhateverTheBytes) {
    const std::string whole{"\0\0\0\0\0\2\0\1a\0\0\0\2\0\0\0\0\0\0\0\7\0\1b\0\0\0\1\0\0\0\1", 32};
    const std::map<std::string, std::vector<PartitionId>> expected{{"a", {PartitionId{0}, PartitionId{7}}},
                                                                   {"b", {PartitionId{1}}}};
    EXPECT_EQ(partitions_of_assignment(whole), expected);
    EXPECT_EQ(partitions_of_assignment(whole + "user data"), expected);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(partitions_of_assignment(whole.substr(0, size))) << size;
    }
    EXPECT_FALSE(partitions_of_assignment(std::string{"\0\0\x7f\xff\xff\xff\0\1a\0\0\0\0", 13}));
}

}  // namespace
}  // namespace highwater
