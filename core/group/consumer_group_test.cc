// Consumer groups (KIP-848), through the coordinator.
#include <gmock/gmock.h>

#include "core/group/consumer_reconciliation.h"
#include "core/group/consumer_testing.h"

namespace highwater {
namespace {

using testing::Consumer;
using testing::Consumers;
using ::testing::ElementsAre;
using testing::first_of;
using ::testing::IsEmpty;
using testing::some_of;
using testing::topic_id;

const TopicId kTopic = topic_id(1);

TEST(ConsumerGroup, TheFirstMemberGetsEverythingWithItsFirstAnswer) {
    Consumers groups;
    Consumer a{.id = "a"};
    const auto answer = groups.ask(a);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error, ErrorCode::none);
    EXPECT_EQ(answer->member_epoch, GroupEpoch{1});
    EXPECT_EQ(answer->heartbeat_interval, std::chrono::seconds{5});
    EXPECT_EQ(answer->assignment, first_of(kTopic, 4));
    EXPECT_EQ(groups.consumer().state(), ConsumerGroupState::stable);

    a.owned = a.assigned;
    auto short_request = groups.request(a);
    short_request.subscribed_topic_names.reset();
    short_request.rebalance_timeout.reset();
    const auto again = groups.answer_to<ConsumerHeartbeatAnswer>(groups.send(std::move(short_request)));
    EXPECT_EQ(again->assignment, std::nullopt) << "who has its assignment is not told it again";
}

// The whole of it: one gives back before the other gets, at its old epoch until then.
TEST(ConsumerGroup, ANewMemberGetsWhatTheOthersHaveGivenBack) {
    Consumers groups;
    Consumer a{.id = "a"};
    groups.settle(a);
    Consumer b{.id = "b"};
    EXPECT_EQ(groups.ask(b)->assignment, AssignedPartitions{});
    EXPECT_EQ(b.epoch, GroupEpoch{2});
    EXPECT_EQ(groups.consumer().state(), ConsumerGroupState::reconciling);

    EXPECT_EQ(groups.heartbeat(a), ErrorCode::none);
    EXPECT_EQ(a.epoch, GroupEpoch{1}) << "it has not given back what it loses";
    ASSERT_EQ(a.assigned.at(kTopic).size(), 2U);
    groups.heartbeat(b);
    EXPECT_THAT(b.assigned, IsEmpty());

    a.owned = a.assigned;
    EXPECT_EQ(groups.heartbeat(a), ErrorCode::none);
    EXPECT_EQ(a.epoch, GroupEpoch{2});
    groups.heartbeat(b);
    EXPECT_EQ(b.assigned.at(kTopic).size(), 2U);
    EXPECT_EQ(groups.consumer().state(), ConsumerGroupState::stable);
}

TEST(ConsumerGroup, NobodyHearsWhatIsNotCommittedAndAFailedWriteLeavesNothing) {
    Consumers groups;
    groups.hold_writes = true;
    Consumer a{.id = "a"};
    const GroupToken joins = groups.send(groups.request(a));
    EXPECT_FALSE(groups.hear(a, joins));
    EXPECT_EQ(groups.machine().find_consumer("g"), nullptr);
    groups.fail_writes(ErrorCode::not_leader_or_follower);
    EXPECT_EQ(groups.hear(a, joins)->error, ErrorCode::not_coordinator);
    EXPECT_EQ(groups.machine().find_consumer("g"), nullptr);

    const GroupToken again = groups.send(groups.request(a));
    groups.fail_writes(ErrorCode::message_too_large);
    EXPECT_EQ(groups.hear(a, again)->error, ErrorCode::unknown_server_error);

    groups.hold_writes = false;
    EXPECT_EQ(groups.ask(a)->assignment, first_of(kTopic, 4)) << "as if nothing had been";
    EXPECT_EQ(a.epoch, GroupEpoch{1});
}

// A change of the topics that could not be written is still due.
TEST(ConsumerGroup, AFailedWriteForgetsNoChangeOfTopics) {
    Consumers groups;
    Consumer a{.id = "a"};
    groups.settle(a);
    groups.set_topic("t", 1, 5);
    groups.hold_writes = true;
    groups.send(groups.request(a));
    groups.fail_writes(ErrorCode::not_enough_replicas);
    groups.hold_writes = false;
    groups.settle(a);
    EXPECT_EQ(a.assigned, first_of(kTopic, 5));
}

// A deadline that has passed is set again when what it led to could not be written.
TEST(ConsumerGroup, AMemberWhoseEndCouldNotBeWrittenEndsAgain) {
    Consumers groups;
    Consumer a{.id = "a"};
    groups.settle(a);
    groups.hold_writes = true;
    groups.pass(std::chrono::seconds{46});
    groups.fail_writes(ErrorCode::not_enough_replicas);
    groups.hold_writes = false;
    EXPECT_NE(groups.consumer().find("a"), nullptr);
    groups.pass(std::chrono::seconds{46});
    EXPECT_EQ(groups.consumer().find("a"), nullptr);
}

TEST(ConsumerGroup, RequestsWaitInOrderForTheWriteThatHoldsTheirGroup) {
    Consumers groups;
    Consumer a{.id = "a"};
    groups.settle(a);
    groups.hold_writes = true;
    Consumer b{.id = "b"};
    Consumer c{.id = "c"};
    const GroupToken second = groups.send(groups.request(b));
    const GroupToken third = groups.send(groups.request(c));
    groups.hold_writes = false;
    groups.commit_writes();
    EXPECT_EQ(groups.hear(b, second)->member_epoch, GroupEpoch{2});
    EXPECT_EQ(groups.hear(c, third)->member_epoch, GroupEpoch{3});
}

TEST(ConsumerGroup, WhoeverWaitsIsToldWhenTheCoordinatorGoes) {
    Consumers groups;
    groups.hold_writes = true;
    Consumer a{.id = "a"};
    Consumer b{.id = "b"};
    const GroupToken first = groups.send(groups.request(a));
    const GroupToken second = groups.send(groups.request(b));
    groups.give(GroupsUnloaded{});
    EXPECT_EQ(groups.hear(a, first)->error, ErrorCode::not_coordinator);
    EXPECT_EQ(groups.hear(b, second)->error, ErrorCode::not_coordinator);
}

TEST(ConsumerGroup, ALostAnswerIsGivenAgain) {
    Consumers groups;
    Consumer a{.id = "a"};
    groups.send(groups.request(a));
    groups.answers.clear();
    EXPECT_EQ(groups.ask(a)->assignment, first_of(kTopic, 4)) << "it joins again with 0";

    a.owned = a.assigned;
    groups.set_topic("t", 1, 6);
    groups.send(groups.request(a));
    groups.answers.clear();
    const auto again = groups.ask(a);
    EXPECT_EQ(again->member_epoch, GroupEpoch{2});
    EXPECT_EQ(again->assignment, first_of(kTopic, 6));
}

TEST(ConsumerGroup, AMemberThatIsNotHeardOfIsOutAndFencedWhenItComesBack) {
    Consumers groups;
    Consumer a{.id = "a"};
    Consumer b{.id = "b"};
    groups.settle({&a, &b});
    groups.pass(std::chrono::seconds{40});
    groups.settle(b);
    groups.pass(std::chrono::seconds{6});
    groups.settle(b);
    EXPECT_EQ(b.assigned, first_of(kTopic, 4));
    EXPECT_EQ(groups.heartbeat(a), ErrorCode::unknown_member_id);
}

TEST(ConsumerGroup, AMemberThatDoesNotGiveBackInTimeIsOut) {
    GroupConfig config = Consumers::quick();
    config.consumer_session_timeout = std::chrono::minutes{10};
    Consumers groups(config);
    Consumer a{.id = "a"};
    groups.settle(a);
    Consumer b{.id = "b"};
    groups.heartbeat(b);
    groups.heartbeat(a);
    groups.pass(std::chrono::seconds{59});
    groups.heartbeat(a);  // with all that it had
    groups.pass(std::chrono::seconds{2});
    EXPECT_EQ(groups.heartbeat(a), ErrorCode::unknown_member_id);
    groups.settle(b);
    EXPECT_EQ(b.assigned, first_of(kTopic, 4));
}

TEST(ConsumerGroup, WhoGaveBackInTimeStays) {
    GroupConfig config = Consumers::quick();
    config.consumer_session_timeout = std::chrono::minutes{10};
    Consumers groups(config);
    Consumer a{.id = "a"};
    Consumer b{.id = "b"};
    groups.settle({&a, &b});
    groups.pass(std::chrono::seconds{61});
    EXPECT_EQ(groups.heartbeat(a), ErrorCode::none);
}

TEST(ConsumerGroup, WhoLeavesLeavesItsPartitionsToTheOthers) {
    Consumers groups;
    Consumer a{.id = "a"};
    Consumer b{.id = "b"};
    groups.settle({&a, &b});
    EXPECT_EQ(groups.leave_with(a), ErrorCode::none);
    EXPECT_EQ(groups.leave_with(a), ErrorCode::unknown_member_id);
    groups.settle(b);
    EXPECT_EQ(b.assigned, first_of(kTopic, 4));
    EXPECT_EQ(groups.leave_with(b), ErrorCode::none);
    EXPECT_EQ(groups.consumer().state(), ConsumerGroupState::empty);
}

// KAFKA-19862 kin: what a tombstone deletes is what was there before it.
TEST(ConsumerGroup, AMemberThatCameBackUnderItsIdIsKnownToTheNextCoordinator) {
    Consumers groups;
    Consumer a{.id = "a"};
    Consumer b{.id = "b"};
    groups.settle({&a, &b});
    groups.leave_with(a);
    a = Consumer{.id = "a"};
    groups.settle({&a, &b});
    groups.fail_over();
    ASSERT_EQ(groups.heartbeat(a), ErrorCode::none);
    EXPECT_EQ(groups.consumer().state(), ConsumerGroupState::stable);
    EXPECT_EQ(without_epochs(groups.consumer().find("a")->current.assigned), a.assigned);
}

TEST(ConsumerGroup, ANewCoordinatorGoesOnWhereTheLastOneWas) {
    Consumers groups;
    Consumer a{.id = "a"};
    groups.settle(a);
    Consumer b{.id = "b"};
    groups.heartbeat(b);
    groups.heartbeat(a);
    groups.fail_over();
    EXPECT_EQ(groups.consumer().find("a")->current.state, MemberState::unrevoked_partitions);
    groups.settle({&a, &b});
    EXPECT_EQ(a.assigned.at(kTopic).size(), 2U);
    EXPECT_EQ(b.assigned.at(kTopic).size(), 2U);
    groups.fail_over();
    groups.pass(std::chrono::seconds{46});
    EXPECT_THAT(groups.consumer().members, IsEmpty()) << "their sessions go on too";
}

TEST(ConsumerGroup, ATombstoneOfWhatIsNotThereChangesNothing) {
    GroupCoordinator machine{GroupConfig{}};
    GroupEffects effects;
    for (const GroupRecord& record : tombstones_of_member("g", "a")) {
        machine.step(Time{0}, Timestamp{0}, GroupRecordLoaded{record}, effects);
    }
    machine.step(Time{0}, Timestamp{0}, GroupRecordLoaded{ConsumerGroupMetadataRecord{"g", std::nullopt}}, effects);
    machine.step(Time{0}, Timestamp{0}, GroupRecordLoaded{ConsumerGroupRegularExpressionRecord{"g", "x", {}}}, effects);
    EXPECT_THAT(machine.consumer_groups(), IsEmpty());
}

TEST(ConsumerGroup, NewPartitionsAndTopicsAreGivenToMembers) {
    Consumers groups;
    Consumer a{.id = "a", .topics = {"t", "u"}};
    groups.settle(a);
    EXPECT_EQ(a.assigned, first_of(kTopic, 4));
    groups.set_topic("t", 1, 5);
    groups.set_topic("u", 2, 1);
    groups.settle(a);
    auto both = first_of(kTopic, 5);
    both.merge(first_of(topic_id(2), 1));
    EXPECT_EQ(a.assigned, both);
    const GroupEpoch epoch = a.epoch;
    groups.set_topic("another", 3, 1);
    groups.settle(a);
    EXPECT_EQ(a.epoch, epoch) << "nobody subscribes to it";
    groups.topics.by_name.erase("u");
    ++groups.topics.version;
    groups.settle(a);
    EXPECT_EQ(a.assigned, first_of(kTopic, 5));
}

TEST(ConsumerGroup, TargetsAreComputedNotMoreOftenThanConfigured) {
    GroupConfig config = Consumers::quick();
    config.consumer_assignment_interval = std::chrono::seconds{2};
    Consumers groups(config);
    Consumer a{.id = "a"};
    groups.settle(a);
    Consumer b{.id = "b"};
    groups.heartbeat(b);
    EXPECT_EQ(b.epoch, GroupEpoch{1}) << "of the assignment that there is";
    EXPECT_EQ(groups.consumer().state(), ConsumerGroupState::assigning);
    groups.pass(std::chrono::milliseconds{1999});
    EXPECT_EQ(groups.consumer().assignment_epoch, GroupEpoch{1});
    groups.pass(std::chrono::milliseconds{1});
    EXPECT_EQ(groups.consumer().assignment_epoch, GroupEpoch{2}) << "whether anybody asks or not";
}

TEST(ConsumerGroup, IsRefusedWhatItsHeartbeatDoesNotSayOrMaySay) {
    Consumers groups;
    const Consumer a{.id = "a"};
    const auto answer = [&](auto change) {
        auto input = groups.request(a);
        change(input);
        const auto heard = groups.answer_to<ConsumerHeartbeatAnswer>(groups.send(std::move(input)));
        return heard->error;
    };
    EXPECT_EQ(answer([](auto& input) { input.group = ""; }), ErrorCode::invalid_request);
    EXPECT_EQ(answer([](auto& input) { input.rebalance_timeout.reset(); }), ErrorCode::invalid_request);
    EXPECT_EQ(answer([](auto& input) { input.subscribed_topic_names.reset(); }), ErrorCode::invalid_request);
    EXPECT_EQ(answer([](auto& input) { input.subscribed_topic_names->clear(); }), ErrorCode::invalid_request);
    EXPECT_EQ(answer([](auto& input) { input.owned.reset(); }), ErrorCode::invalid_request);
    EXPECT_EQ(answer([](auto& input) { input.owned = first_of(kTopic, 1); }), ErrorCode::invalid_request);
    EXPECT_EQ(answer([](auto& input) { input.group_instance_id = ""; }), ErrorCode::invalid_request);
    EXPECT_EQ(answer([](auto& input) { input.member_epoch = GroupEpoch{-3}; }), ErrorCode::invalid_request);
    EXPECT_EQ(answer([](auto& input) { input.member_epoch = GroupEpoch{-2}; }), ErrorCode::invalid_request);
    EXPECT_EQ(answer([](auto& input) { input.server_assignor = "best"; }), ErrorCode::unsupported_assignor);
    EXPECT_EQ(answer([](auto& input) { input.member_epoch = GroupEpoch{1}; }), ErrorCode::group_id_not_found);
    EXPECT_EQ(answer([](auto& input) { input.member_epoch = GroupEpoch{-1}; }), ErrorCode::group_id_not_found);
    EXPECT_EQ(groups.machine().find_consumer("g"), nullptr);
    EXPECT_THAT(groups.log, IsEmpty());
}

TEST(ConsumerGroup, TakesNoMoreMembersThanConfigured) {
    GroupConfig config = Consumers::quick();
    config.consumer_max_size = 1;
    Consumers groups(config);
    Consumer a{.id = "a"};
    Consumer b{.id = "b"};
    groups.settle(a);
    EXPECT_EQ(groups.heartbeat(b), ErrorCode::group_max_size_reached);
    EXPECT_EQ(groups.heartbeat(a), ErrorCode::none);
}

TEST(ConsumerGroup, HasSettingsOfItsOwn) {
    Consumers groups;
    groups.give(GroupSettingsChanged{"g", {std::chrono::seconds{10}, std::chrono::seconds{2}, std::nullopt}});
    Consumer a{.id = "a"};
    EXPECT_EQ(groups.ask(a)->heartbeat_interval, std::chrono::seconds{2});
    groups.pass(std::chrono::seconds{11});
    EXPECT_EQ(groups.heartbeat(a), ErrorCode::unknown_member_id);
    groups.give(GroupSettingsChanged{"g", {}});
    EXPECT_EQ(groups.machine().session_timeout("g"), std::chrono::seconds{45});
}

TEST(ConsumerGroup, UsesTheAssignorThatMostMembersPrefer) {
    Consumers groups;
    groups.set_topic("u", 2, 4);
    Consumer a{.id = "a", .topics = {"t", "u"}};
    Consumer b{.id = "b", .topics = {"t", "u"}};
    for (Consumer* consumer : {&a, &b}) {
        auto input = groups.request(*consumer);
        input.server_assignor = "range";
        groups.hear(*consumer, groups.send(std::move(input)));
    }
    groups.settle({&a, &b});
    auto expected = some_of(kTopic, {0, 1});
    expected.merge(some_of(topic_id(2), {0, 1}));
    EXPECT_EQ(a.assigned, expected);
}

TEST(ConsumerStaticMember, ThatLeavesForAWhileKeepsItsPartitionsForItsNextSelf) {
    Consumers groups;
    Consumer a{.id = "a", .instance = "i"};
    Consumer b{.id = "b"};
    groups.settle({&a, &b});
    const AssignedPartitions had = a.assigned;
    const GroupEpoch epoch = groups.consumer().epoch;
    EXPECT_EQ(groups.leave_with(a, kLeaveGroupStaticMemberEpoch), ErrorCode::none);
    groups.settle(b);
    EXPECT_EQ(b.assigned.at(kTopic).size(), 2U);
    Consumer next{.id = "a2", .instance = "i"};
    EXPECT_EQ(groups.ask(next)->assignment, had);
    EXPECT_EQ(groups.consumer().epoch, epoch) << "nobody else has to move";
    EXPECT_EQ(groups.heartbeat(a), ErrorCode::fenced_instance_id);
    groups.fail_over();
    EXPECT_EQ(groups.heartbeat(next), ErrorCode::none);
}

TEST(ConsumerStaticMember, ThatDoesNotComeBackIsOutWhenItsSessionEnds) {
    Consumers groups;
    Consumer a{.id = "a", .instance = "i"};
    groups.settle(a);
    groups.leave_with(a, kLeaveGroupStaticMemberEpoch);
    groups.pass(std::chrono::seconds{46});
    EXPECT_THAT(groups.consumer().members, IsEmpty());
}

TEST(ConsumerStaticMember, IsTheOneThatIsThereAndNotTheOneThatComes) {
    Consumers groups;
    Consumer a{.id = "a", .instance = "i"};
    groups.settle(a);
    Consumer other{.id = "b", .instance = "i"};
    EXPECT_EQ(groups.heartbeat(other), ErrorCode::unreleased_instance_id);
    EXPECT_EQ(groups.heartbeat(a), ErrorCode::none);
    Consumer unknown{.id = "c", .instance = "j", .epoch = GroupEpoch{1}};
    EXPECT_EQ(groups.heartbeat(unknown), ErrorCode::unknown_member_id);
    EXPECT_EQ(groups.leave_with(other), ErrorCode::unknown_member_id);
}

// KIP-1251: an older epoch may commit what the member had then and still has.
TEST(ConsumerOffsetCommit, IsTakenAtTheMembersEpochAndForWhatItHadAtAnOlderOne) {
    Consumers groups;
    Consumer a{.id = "a"};
    groups.settle(a);
    const GroupEpoch first = a.epoch;
    EXPECT_EQ(groups.commit_as(a, 0, first), ErrorCode::none);
    EXPECT_EQ(groups.commit_as(a, 0, GroupEpoch{9}), ErrorCode::stale_member_epoch);
    EXPECT_EQ(groups.commit_as(Consumer{.id = "b"}, 0, first), ErrorCode::unknown_member_id);
    EXPECT_EQ(groups.commit_as(Consumer{}, 0, GroupEpoch{-1}), ErrorCode::unknown_member_id);
    groups.set_topic("t", 1, 5);
    groups.settle(a);
    EXPECT_EQ(groups.commit_as(a, 0, first), ErrorCode::none);
    EXPECT_EQ(groups.commit_as(a, 4, first), ErrorCode::stale_member_epoch);
    EXPECT_EQ(groups.commit_as(a, 4, a.epoch), ErrorCode::none);
    Consumer b{.id = "b"};
    groups.settle({&b, &a, &b});
    const std::int32_t lost = b.assigned.at(kTopic).front().value();
    EXPECT_EQ(groups.commit_as(a, lost, first), ErrorCode::stale_member_epoch) << "it is another's";
    groups.leave_with(a);
    groups.leave_with(b);
    EXPECT_EQ(groups.commit_as(Consumer{}, 0, GroupEpoch{-1}), ErrorCode::none) << "nobody is in its way";
}

TEST(ConsumerOffsetCommit, OfAClientThatKnowsNoMemberEpochsIsRefused) {
    Consumers groups;
    Consumer a{.id = "a"};
    groups.settle(a);
    const GroupToken token = groups.commit("a", Generation{1}, 5);
    EXPECT_EQ(groups.answer_to<OffsetsAnswer>(token)->error, ErrorCode::unsupported_version);
}

TEST(ConsumerOffsetCommit, WaitsForAWriteThatMayTakeThePartitionAway) {
    Consumers groups;
    Consumer a{.id = "a"};
    groups.settle(a);
    groups.hold_writes = true;
    auto leaving = groups.request(a);
    leaving.member_epoch = kLeaveGroupEpoch;
    groups.send(std::move(leaving));
    OffsetCommitReceived commit{groups.fresh_token(), "g", {"a", std::nullopt, Generation{1}}, {}, {}, true};
    const GroupToken token = groups.send(std::move(commit));
    EXPECT_EQ(groups.answer_to<OffsetsAnswer>(token), std::nullopt);
    groups.hold_writes = false;
    groups.commit_writes();
    EXPECT_EQ(groups.answer_to<OffsetsAnswer>(token)->error, ErrorCode::unknown_member_id);
}

TEST(ConsumerGroup, IsDeletedOnlyWhenItIsEmptyAndThenWithAllItsRecords) {
    Consumers groups;
    Consumer a{.id = "a", .regex = "t.*"};
    groups.settle(a);
    groups.resolve({{"t.*", {"t"}}});
    groups.commit_as(a, 0, a.epoch);
    const auto remove = [&] {
        return groups.answer_to<DeleteGroupAnswer>(groups.send(DeleteGroupReceived{groups.fresh_token(), "g"}))->error;
    };
    EXPECT_EQ(remove(), ErrorCode::non_empty_group);
    groups.leave_with(a);
    EXPECT_EQ(remove(), ErrorCode::none);
    EXPECT_EQ(remove(), ErrorCode::group_id_not_found);
    const GroupCoordinator next = groups.taken_over();
    EXPECT_THAT(next.consumer_groups(), IsEmpty());
    EXPECT_THAT(next.groups(), IsEmpty());
    EXPECT_THAT(**next.offsets_of("g"), IsEmpty());
}

TEST(ConsumerGroup, OffsetsOfTopicsInUseAreNeitherDeletedNorExpire) {
    Consumers groups;
    Consumer a{.id = "a"};
    groups.settle(a);
    groups.commit_as(a, 0, a.epoch);
    const OffsetDeleteReceived remove{groups.fresh_token(), "g", {{"t", PartitionId{0}}}};
    EXPECT_THAT(groups.answer_to<OffsetsAnswer>(groups.send(remove))->partitions,
                ElementsAre(ErrorCode::group_subscribed_to_topic));
    for (int day = 0; day < 8 * 24 * 60; ++day) {
        groups.pass(std::chrono::minutes{1});
        if (groups.heartbeat(a) != ErrorCode::none) a = Consumer{.id = "a"};
    }
    groups.give(ExpireOffsets{});
    EXPECT_EQ(groups.committed(), 1);
    groups.leave_with(a);
    groups.give(ExpireOffsets{});
    EXPECT_EQ(groups.committed(), -1);
    EXPECT_EQ(groups.machine().find_consumer("g"), nullptr) << "and the group goes with the last of them";
}

TEST(ConsumerRegex, StandsForTheTopicsThatItIsSaidToMatch) {
    Consumers groups;
    groups.set_topic("t2", 2, 1);
    Consumer a{.id = "a", .topics = {}, .regex = "t.*"};
    EXPECT_EQ(groups.ask(a)->assignment, AssignedPartitions{}) << "nobody has said yet";
    groups.resolve({{"t.*", {"t", "t2"}}});
    groups.settle(a);
    auto both = first_of(kTopic, 4);
    both.merge(first_of(topic_id(2), 1));
    EXPECT_EQ(a.assigned, both);

    groups.set_topic("t3", 3, 1);
    groups.settle(a);
    EXPECT_EQ(a.assigned, both) << "not more often than every 10 s";
    groups.pass(std::chrono::seconds{10});
    groups.settle(a);
    groups.resolve({{"t.*", {"t", "t2", "t3"}}});
    groups.fail_over();
    groups.settle(a);
    both.merge(first_of(topic_id(3), 1));
    EXPECT_EQ(a.assigned, both);

    a.topics = {"t"};
    a.regex = "";
    groups.settle(a);
    EXPECT_EQ(a.assigned, first_of(kTopic, 4));
    EXPECT_THAT(groups.consumer().regular_expressions, IsEmpty());
}

// R2: at every write of a run, a coordinator that loads the log knows what the one that wrote it knows.
TEST(ConsumerGroup, ReplayedEqualsLiveForEveryPrefixOfItsWrites) {
    Consumers groups;
    groups.set_topic("u", 2, 3);
    std::vector<Consumer> consumers{{.id = "a"}, {.id = "b", .topics = {"t", "u"}}, {.id = "c", .instance = "i"}};
    consumers.push_back({.id = "d", .topics = {}, .regex = "u.*"});
    std::uint32_t dice = 1;
    std::size_t compared = 0;
    for (int i = 0; i < 600; ++i) {
        dice = dice * 1664525 + 1013904223;
        Consumer& one = consumers[dice >> 8 & 3U];
        const std::size_t written = groups.log.size();
        switch (dice >> 16 & 15U) {
            case 0:
                if (groups.leave_with(one) == ErrorCode::none) one = Consumer{.id = one.id, .topics = one.topics};
                break;
            case 1:
                groups.pass(std::chrono::seconds{20});
                break;
            case 2:
                one.topics = one.topics.size() > 1 ? std::set<std::string>{"t"} : std::set<std::string>{"t", "u"};
                break;
            case 3:
                groups.set_topic("u", 2, static_cast<std::int32_t>(3 + (dice >> 24 & 3U)));
                break;
            case 4:
                groups.fail_over();
                break;
            case 5:
                groups.commit_as(one, 0, one.epoch);
                break;
            case 6:
                groups.resolve({{"u.*", {"u"}}});
                break;
            case 7:
                if (one.instance) groups.leave_with(one, kLeaveGroupStaticMemberEpoch);
                break;
            default:
                one.owned = one.assigned;
                if (groups.heartbeat(one) != ErrorCode::none) {
                    one.epoch = GroupEpoch{0};
                    one.owned.clear();
                    one.assigned.clear();
                }
        }
        if (groups.log.size() == written) continue;
        ++compared;
        const GroupCoordinator next = groups.taken_over();
        ASSERT_EQ(print(next.consumer_groups()), print(groups.machine().consumer_groups())) << "at " << i;
        ASSERT_EQ(print(**next.offsets_of("g")), print(**groups.machine().offsets_of("g"))) << "at " << i;
        // Nobody has what another has.
        for (const auto& [id, group] : next.consumer_groups()) {
            std::set<std::pair<TopicId, PartitionId>> held;
            for (const auto& [member_id, member] : group.members) {
                for (const auto* owned : {&member.current.assigned, &member.current.pending_revocation}) {
                    for (const auto& [topic, partitions] : *owned) {
                        for (const auto& [partition, epoch] : partitions) {
                            ASSERT_TRUE(held.emplace(topic, partition).second) << "at " << i;
                        }
                    }
                }
            }
        }
    }
    EXPECT_GT(compared, 150U);
}

}  // namespace
}  // namespace highwater
