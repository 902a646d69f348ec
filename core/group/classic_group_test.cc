// Classic groups: membership and rebalances (KIP-134, KIP-345, KIP-394; kafka-facts of the group coordinator).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/group/testing.h"

namespace highwater {
namespace {

using std::chrono::seconds;
using testing::Groups;

TEST(ClassicGroup, AMemberWithoutAnIdGetsOneAndComesBackWithIt) {
    Groups groups;
    JoinReceived request = groups.join_request("");
    request.requires_known_member_id = true;
    const auto first = groups.answer_to<JoinAnswer>(groups.send(request));
    ASSERT_EQ(first->error, ErrorCode::member_id_required);
    EXPECT_EQ(groups.group().members.size(), 0U);
    const auto second = groups.answer_to<JoinAnswer>(groups.join(first->member_id));
    EXPECT_EQ(second->error, ErrorCode::none);
    EXPECT_EQ(second->member_id, first->member_id);
    EXPECT_EQ(second->generation, Generation{1});
    EXPECT_EQ(second->leader, first->member_id);
    ASSERT_EQ(second->members.size(), 1U);
}

TEST(ClassicGroup, AnIdThatIsNotUsedIsForgottenAfterTheSessionTimeout) {
    Groups groups;
    JoinReceived request = groups.join_request("");
    request.requires_known_member_id = true;
    const auto first = groups.answer_to<JoinAnswer>(groups.send(request));
    groups.pass(seconds{10});
    EXPECT_EQ(groups.machine().find("g"), nullptr) << "nothing is left of a group that never was";
    EXPECT_EQ(groups.answer_to<JoinAnswer>(groups.join(first->member_id))->error, ErrorCode::unknown_member_id);
}

TEST(ClassicGroup, TheLeadersAssignmentIsCommittedBeforeAnybodyHearsIt) {
    Groups groups;
    GroupConfig config;
    config.initial_rebalance_delay = seconds{3};
    groups = Groups(config);
    const GroupToken a = groups.join();
    const GroupToken b = groups.join();
    groups.pass(seconds{3});
    groups.pass(seconds{3});
    const auto leader = groups.answer_to<JoinAnswer>(a);
    const auto follower = groups.answer_to<JoinAnswer>(b);
    ASSERT_TRUE(leader && follower);
    EXPECT_EQ(leader->leader, leader->member_id);
    EXPECT_EQ(leader->members.size(), 2U);
    EXPECT_TRUE(follower->members.empty());
    groups.hold_writes = true;
    const GroupToken waits = groups.sync(follower->member_id, Generation{1});
    const GroupToken assigns =
        groups.sync(leader->member_id, Generation{1}, {{leader->member_id, "left"}, {follower->member_id, "right"}});
    EXPECT_TRUE(groups.answers.empty());
    groups.commit_writes();
    EXPECT_EQ(groups.answer_to<SyncAnswer>(assigns)->assignment, "left");
    EXPECT_EQ(groups.answer_to<SyncAnswer>(waits)->assignment, "right");
    EXPECT_EQ(groups.group().state, ClassicState::stable);
    const GroupCoordinator other = groups.taken_over();
    EXPECT_EQ(other.find("g")->members.at(follower->member_id).assignment, "right");
    EXPECT_EQ(other.find("g")->generation, Generation{1});
}

TEST(ClassicGroup, AnAssignmentThatIsNotCommittedStartsTheRebalanceAnew) {
    Groups groups;
    groups.hold_writes = true;
    const auto joined = groups.answer_to<JoinAnswer>(groups.join());
    const GroupToken sync = groups.sync(joined->member_id, Generation{1}, {{joined->member_id, "all"}});
    groups.fail_writes(ErrorCode::not_leader_or_follower);
    EXPECT_EQ(groups.answer_to<SyncAnswer>(sync)->error, ErrorCode::not_coordinator);
    EXPECT_EQ(groups.group().state, ClassicState::preparing_rebalance);
    EXPECT_EQ(groups.heartbeat(joined->member_id, Generation{1}), ErrorCode::rebalance_in_progress);
}

// F06: the sync of an older generation's leader.
TEST(ClassicGroup, AnAssignmentOfAFormerGenerationChangesNothing) {
    Groups groups;
    groups.hold_writes = true;
    const auto leader = groups.answer_to<JoinAnswer>(groups.join());
    const GroupToken old = groups.sync(leader->member_id, Generation{1}, {{leader->member_id, "old"}});
    const auto same = groups.answer_to<JoinAnswer>(groups.join(leader->member_id));
    ASSERT_TRUE(same) << "its metadata is unchanged: the generation stands";
    EXPECT_EQ(same->generation, Generation{1});
    EXPECT_EQ(groups.answer_to<SyncAnswer>(old), std::nullopt);
    const GroupToken newcomer = groups.join();
    EXPECT_EQ(groups.answer_to<SyncAnswer>(old)->error, ErrorCode::rebalance_in_progress);
    groups.commit_writes();
    EXPECT_EQ(groups.group().state, ClassicState::preparing_rebalance);
    groups.join(leader->member_id);
    EXPECT_EQ(groups.answer_to<JoinAnswer>(newcomer)->generation, Generation{2});
    EXPECT_EQ(groups.group().members.at(leader->member_id).assignment, "");
    const auto late = groups.answer_to<SyncAnswer>(groups.sync(leader->member_id, Generation{1}, {{"x", "y"}}));
    EXPECT_EQ(late->error, ErrorCode::illegal_generation);
}

// Found by the property: a second assignment in one generation would be another coordinator's truth.
TEST(ClassicGroup, ALeaderThatRepeatsItsAssignmentIsGivenTheFirst) {
    Groups groups;
    groups.hold_writes = true;
    const auto leader = groups.answer_to<JoinAnswer>(groups.join());
    const GroupToken first = groups.sync(leader->member_id, Generation{1}, {{leader->member_id, "first"}});
    const GroupToken second = groups.sync(leader->member_id, Generation{1}, {{leader->member_id, "second"}});
    groups.commit_writes();
    EXPECT_EQ(groups.answer_to<SyncAnswer>(first)->error, ErrorCode::rebalance_in_progress);
    EXPECT_EQ(groups.answer_to<SyncAnswer>(second)->assignment, "first");
    EXPECT_EQ(groups.taken_over().find("g")->members.at(leader->member_id).assignment, "first");
}

// Found by the model checker.
TEST(ClassicGroup, WhoAsksForItsAssignmentAfterTheOthersHaveTheirsStaysInTheGroup) {
    Groups groups;
    const std::string a = groups.one_stable_member();
    const GroupToken newcomer = groups.join();
    groups.join(a);
    const std::string b = groups.answer_to<JoinAnswer>(newcomer)->member_id;
    groups.sync(a, Generation{2}, {{a, "left"}, {b, "right"}});
    ASSERT_EQ(groups.group().state, ClassicState::stable);
    EXPECT_EQ(groups.answer_to<SyncAnswer>(groups.sync(b, Generation{2}))->assignment, "right");
    for (int i = 0; i < 10; ++i) {
        groups.pass(seconds{9});
        EXPECT_EQ(groups.heartbeat(a, Generation{2}), ErrorCode::none);
        EXPECT_EQ(groups.heartbeat(b, Generation{2}), ErrorCode::none) << "its rebalance timeout is 60 s";
    }
}

TEST(ClassicGroup, WhoDoesNotComeBackInTimeIsOut) {
    Groups groups;
    const std::string a = groups.one_stable_member();
    const GroupToken newcomer = groups.join();
    EXPECT_EQ(groups.heartbeat(a, Generation{1}), ErrorCode::rebalance_in_progress);
    for (int i = 0; i < 6; ++i) {
        groups.pass(seconds{9});
        static_cast<void>(groups.heartbeat(a, Generation{1}));
    }
    EXPECT_EQ(groups.answer_to<JoinAnswer>(newcomer), std::nullopt);
    groups.pass(seconds{9});
    const auto alone = groups.answer_to<JoinAnswer>(newcomer);
    ASSERT_TRUE(alone);
    EXPECT_EQ(alone->leader, alone->member_id);
    EXPECT_EQ(alone->generation, Generation{2});
    EXPECT_EQ(groups.heartbeat(a, Generation{2}), ErrorCode::unknown_member_id);
}

TEST(ClassicGroup, ASessionEndsWithoutHeartbeatsAndTheGroupGoesOn) {
    Groups groups;
    const std::string a = groups.one_stable_member();
    groups.pass(seconds{9});
    EXPECT_EQ(groups.heartbeat(a, Generation{1}), ErrorCode::none);
    groups.pass(seconds{9});
    EXPECT_EQ(groups.group().members.size(), 1U);
    groups.pass(seconds{1});
    EXPECT_EQ(groups.group().state, ClassicState::empty);
    EXPECT_EQ(groups.group().generation, Generation{2});
    EXPECT_EQ(groups.taken_over().find("g")->generation, Generation{2});
}

// Found by the model checker: a SyncGroup of the first generation 2 must not be taken for one of another.
TEST(ClassicGroup, AGenerationThatWasToldAndNeverWrittenIsNotToldAgainByTheNextCoordinator) {
    Groups groups;
    const std::string a = groups.one_stable_member();
    groups.join();
    const Generation told = groups.answer_to<JoinAnswer>(groups.join(a))->generation;
    EXPECT_EQ(told, Generation{2});
    groups.fail_over();
    EXPECT_EQ(groups.heartbeat(a, Generation{1}), ErrorCode::none) << "what is in the log stands";
    const auto other = groups.answer_to<JoinAnswer>(groups.join(a));
    EXPECT_GT(other->generation, told);
    const auto late = groups.answer_to<SyncAnswer>(groups.sync(a, told, {{a, "half"}}));
    EXPECT_EQ(late->error, ErrorCode::illegal_generation);
}

// F16: the timer of before must not end the session of one that came back.
TEST(ClassicGroup, WhoeverComesBackHasAWholeSession) {
    Groups groups;
    const std::string a = groups.one_stable_member();
    groups.pass(seconds{9});
    const auto again = groups.answer_to<JoinAnswer>(groups.join(a));
    EXPECT_EQ(again->generation, Generation{2});
    groups.pass(seconds{9});  // its former session ended in between
    groups.sync(a, Generation{2}, {{a, "all"}});
    groups.pass(seconds{9});
    EXPECT_EQ(groups.heartbeat(a, Generation{2}), ErrorCode::none);
}

TEST(ClassicGroup, LeavingStartsARebalanceAtOnce) {
    Groups groups;
    const std::string a = groups.one_stable_member();
    const GroupToken newcomer = groups.join();
    groups.join(a);
    const std::string b = groups.answer_to<JoinAnswer>(newcomer)->member_id;
    EXPECT_EQ(groups.leave(a), ErrorCode::none);
    EXPECT_EQ(groups.leave(a), ErrorCode::unknown_member_id);
    EXPECT_EQ(groups.heartbeat(b, Generation{2}), ErrorCode::rebalance_in_progress);
    EXPECT_EQ(groups.answer_to<JoinAnswer>(groups.join(b))->generation, Generation{3});
}

TEST(ClassicGroup, TheProtocolIsTheOneThatAllHaveAndMostPrefer) {
    Groups groups;
    JoinReceived first = groups.join_request("");
    first.protocols = {{"sticky", "1"}, {"range", "1"}};
    const auto a = groups.answer_to<JoinAnswer>(groups.send(first));
    EXPECT_EQ(a->protocol, "sticky");
    JoinReceived second = groups.join_request("");
    second.protocols = {{"range", "2"}};
    const GroupToken newcomer = groups.send(second);
    first = groups.join_request(a->member_id);
    first.protocols = {{"sticky", "1"}, {"range", "1"}};
    groups.send(first);
    EXPECT_EQ(groups.answer_to<JoinAnswer>(newcomer)->protocol, "range");
    JoinReceived stranger = groups.join_request("");
    stranger.protocols = {{"roundrobin", "3"}};
    EXPECT_EQ(groups.answer_to<JoinAnswer>(groups.send(stranger))->error, ErrorCode::inconsistent_group_protocol);
    stranger.protocol_type = "connect";
    stranger.protocols = {{"range", "3"}};
    EXPECT_EQ(groups.answer_to<JoinAnswer>(groups.send(stranger))->error, ErrorCode::inconsistent_group_protocol);
    stranger.session_timeout = seconds{1};
    EXPECT_EQ(groups.answer_to<JoinAnswer>(groups.send(stranger))->error, ErrorCode::invalid_session_timeout);
}

TEST(ClassicGroup, AGroupThatIsFullTakesNobody) {
    GroupConfig config = Groups::quick();
    config.max_size = 1;
    Groups groups(config);
    const std::string a = groups.one_stable_member();
    EXPECT_EQ(groups.answer_to<JoinAnswer>(groups.join())->error, ErrorCode::group_max_size_reached);
    EXPECT_EQ(groups.answer_to<JoinAnswer>(groups.join(a))->error, ErrorCode::none);
}

// F04: two live members with one instance id.
// bad-input B121.
TEST(ClassicGroup, WhoOnlyAsksForIdsIsRefusedInTheEnd) {
    Groups groups;
    ErrorCode last = ErrorCode::none;
    std::size_t given = 0;
    for (std::size_t i = 0; i <= kMaxPendingMembers; ++i) {
        JoinReceived request = groups.join_request("");
        request.requires_known_member_id = true;
        last = groups.answer_to<JoinAnswer>(groups.send(request))->error;
        if (last == ErrorCode::member_id_required) ++given;
    }
    EXPECT_EQ(given, kMaxPendingMembers);
    EXPECT_EQ(last, ErrorCode::group_max_size_reached);
    groups.pass(std::chrono::seconds{11});
    JoinReceived request = groups.join_request("");
    request.requires_known_member_id = true;
    EXPECT_EQ(groups.answer_to<JoinAnswer>(groups.send(request))->error, ErrorCode::member_id_required);
}

TEST(StaticMember, ComesBackWithoutARebalanceAndFencesItsFormerSelf) {
    Groups groups;
    const auto first = groups.answer_to<JoinAnswer>(groups.join("", "one"));
    groups.send(SyncReceived{
        groups.fresh_token(), "g", {first->member_id, "one", Generation{1}}, {}, {}, {{first->member_id, "all"}}});
    groups.answers.clear();
    const auto again = groups.answer_to<JoinAnswer>(groups.join("", "one"));
    EXPECT_EQ(again->error, ErrorCode::none);
    EXPECT_EQ(again->generation, Generation{1}) << "no rebalance";
    EXPECT_NE(again->member_id, first->member_id);
    EXPECT_TRUE(again->skip_assignment);
    EXPECT_EQ(groups.group().members.size(), 1U);
    EXPECT_EQ(groups.heartbeat(first->member_id, Generation{1}, "one"), ErrorCode::fenced_instance_id);
    EXPECT_EQ(groups.heartbeat(again->member_id, Generation{1}, "one"), ErrorCode::none);
    const auto sync = groups.answer_to<SyncAnswer>(groups.sync(again->member_id, Generation{1}));
    EXPECT_EQ(sync->assignment, "all");
}

// F05 (KAFKA-10284): the replacement survives the coordinator.
TEST(StaticMember, ThatCameBackIsKnownToTheNextCoordinator) {
    Groups groups;
    const auto first = groups.answer_to<JoinAnswer>(groups.join("", "one"));
    groups.sync(first->member_id, Generation{1}, {{first->member_id, "all"}});
    groups.hold_writes = true;
    const GroupToken token = groups.join("", "one");
    EXPECT_EQ(groups.answer_to<JoinAnswer>(token), std::nullopt) << "not before it is committed";
    groups.commit_writes();
    const auto again = groups.answer_to<JoinAnswer>(token);
    groups.fail_over();
    EXPECT_EQ(groups.heartbeat(again->member_id, Generation{1}, "one"), ErrorCode::none);
    EXPECT_EQ(groups.heartbeat(first->member_id, Generation{1}, "one"), ErrorCode::fenced_instance_id);
    EXPECT_EQ(groups.group().members.at(again->member_id).assignment, "all");
}

// Found by the model checker: each record has all members, so the second must not be made without the first.
TEST(StaticMember, TwoThatComeBackAtOnceAreBothKnownToTheNextCoordinator) {
    Groups groups;
    const GroupToken first = groups.join("", "one");
    const auto leader = groups.answer_to<JoinAnswer>(first);
    groups.sync(leader->member_id, Generation{1}, {{leader->member_id, "all"}});
    const GroupToken second = groups.join("", "two");
    groups.join(leader->member_id, "one");
    const auto other = groups.answer_to<JoinAnswer>(second);
    groups.sync(leader->member_id, Generation{2}, {{leader->member_id, "left"}, {other->member_id, "right"}});
    ASSERT_EQ(groups.group().state, ClassicState::stable);
    groups.hold_writes = true;
    const GroupToken one = groups.join("", "one");
    const GroupToken two = groups.join("", "two");
    groups.commit_writes();
    const auto one_again = groups.answer_to<JoinAnswer>(one);
    const auto two_again = groups.answer_to<JoinAnswer>(two);
    groups.fail_over();
    EXPECT_EQ(groups.heartbeat(one_again->member_id, Generation{2}, "one"), ErrorCode::none);
    EXPECT_EQ(groups.heartbeat(two_again->member_id, Generation{2}, "two"), ErrorCode::none);
}

TEST(StaticMember, ThatIsReplacedIsInItsGroupBeforeARebalanceBegins) {
    Groups groups;
    const auto first = groups.answer_to<JoinAnswer>(groups.join("", "one"));
    groups.sync(first->member_id, Generation{1}, {{first->member_id, "all"}});
    groups.hold_writes = true;
    const GroupToken replaces = groups.join("", "one");
    const GroupToken newcomer = groups.join("", "two");
    groups.commit_writes();
    const auto again = groups.answer_to<JoinAnswer>(replaces);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->generation, Generation{1});
    EXPECT_EQ(groups.heartbeat(again->member_id, Generation{1}, "one"), ErrorCode::rebalance_in_progress);
    groups.join(again->member_id, "one");
    EXPECT_EQ(groups.answer_to<JoinAnswer>(newcomer)->generation, Generation{2});
}

TEST(StaticMember, WhoseReplacementDoesNotGetIntoTheLogStays) {
    Groups groups;
    const auto first = groups.answer_to<JoinAnswer>(groups.join("", "one"));
    groups.sync(first->member_id, Generation{1}, {{first->member_id, "all"}});
    groups.hold_writes = true;
    const GroupToken replaces = groups.join("", "one");
    const GroupToken waits = groups.join("", "one");
    groups.fail_writes(ErrorCode::not_enough_replicas);
    EXPECT_EQ(groups.answer_to<JoinAnswer>(replaces)->error, ErrorCode::coordinator_not_available);
    EXPECT_EQ(groups.answer_to<JoinAnswer>(waits), std::nullopt) << "it is its turn";
    groups.commit_writes();
    EXPECT_EQ(groups.answer_to<JoinAnswer>(waits)->error, ErrorCode::none);
    EXPECT_EQ(groups.heartbeat(first->member_id, Generation{1}, "one"), ErrorCode::fenced_instance_id);
}

TEST(StaticMember, IsExpectedBackUntilItsSessionEnds) {
    Groups groups;
    const auto one = groups.answer_to<JoinAnswer>(groups.join("", "one"));
    groups.sync(one->member_id, Generation{1}, {{one->member_id, "all"}});
    const GroupToken newcomer = groups.join("", "two");
    groups.pass(seconds{60});
    ASSERT_TRUE(groups.answer_to<JoinAnswer>(newcomer)) << "its own session (10 s) is over: nobody waits for it";
    EXPECT_EQ(groups.group().members.size(), 1U);
    EXPECT_FALSE(groups.group().static_members.contains("one"));
}

TEST(GroupCoordinator, SaysThatItLoadsAsLongAsItDoes) {
    GroupCoordinator machine{GroupConfig{}};
    GroupEffects effects;
    machine.step(Time{0}, Timestamp{0}, HeartbeatReceived{GroupToken{1}, "g", {"m", {}, Generation{1}}}, effects);
    ASSERT_EQ(effects.size(), 1U);
    EXPECT_EQ(std::get<HeartbeatAnswer>(effects[0]).error, ErrorCode::coordinator_load_in_progress);
    EXPECT_FALSE(machine.offsets_of("g").has_value()) << "nobody can say that there are none (F10)";
}

TEST(GroupCoordinator, TellsEverybodyWhoWaitsThatItLostTheLeadership) {
    Groups groups;
    const std::string a = groups.one_stable_member();
    const GroupToken join = groups.join();
    groups.hold_writes = true;
    const GroupToken commit = groups.commit(a, Generation{1}, 5);
    groups.give(GroupsUnloaded{});
    EXPECT_EQ(groups.answer_to<JoinAnswer>(join)->error, ErrorCode::not_coordinator);
    EXPECT_EQ(groups.answer_to<OffsetsAnswer>(commit)->error, ErrorCode::not_coordinator);
    EXPECT_TRUE(groups.machine().groups().empty());
}

}  // namespace
}  // namespace highwater
