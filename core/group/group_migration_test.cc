// A classic group becomes a consumer group and back while its members live (KIP-848, group.consumer.migration.policy).
#include "core/group/group_migration.h"

#include <gmock/gmock.h>

#include "core/group/consumer_reconciliation.h"
#include "core/group/consumer_testing.h"

namespace highwater {
namespace {

using testing::Consumer;
using testing::Consumers;
using testing::first_of;
using ::testing::IsEmpty;
using testing::topic_id;

const TopicId kTopic = topic_id(1);

std::string text(std::int16_t number) {
    return {static_cast<char>(number >> 8), static_cast<char>(number & 0xFF)};
}

/// A subscription of version 1 to topic "t", with what the member has.
std::string subscription(const PartitionsByName& owned = {}) {
    // The part after the topics has the form of an assignment: an array of topics with partitions.
    const std::string assignment = write_assignment(1, owned);
    return text(1) + text(0) + text(1) + text(1) + "t" + std::string(4, '\xff') +
           assignment.substr(2, assignment.size() - 6);
}

PartitionsByName all_four() {
    return {{"t", {PartitionId{0}, PartitionId{1}, PartitionId{2}, PartitionId{3}}}};
}

/// A client that speaks the classic protocol, as it sees itself.
struct Classic {
    std::string id{};
    Generation generation{-1};
    PartitionsByName owned{};
    std::optional<std::string> instance{};
};

class Migrating : public Consumers {
  public:
    explicit Migrating(GroupConfig config = quick()) : Consumers(std::move(config)) {}

    GroupToken send_join(const Classic& classic) {
        JoinReceived input = join_request(classic.id, classic.instance);
        input.protocols = {{"cooperative-sticky", subscription(classic.owned)}};
        return send(std::move(input));
    }
    /// JoinGroup, which is answered at once.
    ErrorCode join(Classic& classic) {
        const auto answer = answer_to<JoinAnswer>(send_join(classic));
        if (!answer) return ErrorCode::request_timed_out;
        if (answer->error != ErrorCode::none) return answer->error;
        classic.id = answer->member_id;
        classic.generation = answer->generation;
        return ErrorCode::none;
    }
    ErrorCode sync_with(Classic& classic, std::vector<std::pair<std::string, std::string>> assignments = {}) {
        const auto answer = answer_to<SyncAnswer>(send(SyncReceived{
            fresh_token(), "g", {classic.id, classic.instance, classic.generation}, {}, {}, std::move(assignments)}));
        if (!answer) return ErrorCode::request_timed_out;
        if (answer->error == ErrorCode::none) classic.owned = *partitions_of_assignment(answer->assignment);
        return answer->error;
    }
    ErrorCode beat(const Classic& classic) { return heartbeat_of(classic.id, classic.generation, classic.instance); }
    ErrorCode heartbeat_of(const std::string& id, Generation generation, std::optional<std::string> instance) {
        return Groups::heartbeat(id, generation, std::move(instance));
    }
    /// A stable classic group whose only member has everything.
    Classic one_classic_member() {
        Classic classic;
        EXPECT_EQ(join(classic), ErrorCode::none);
        EXPECT_EQ(sync_with(classic, {{classic.id, write_assignment(1, all_four())}}), ErrorCode::none);
        EXPECT_EQ(classic.owned, all_four());
        return classic;
    }
    /// Joins and syncs as often as it is told to.
    void settle_classic(Classic& classic) {
        for (int i = 0; i < 4 && beat(classic) == ErrorCode::rebalance_in_progress; ++i) {
            ASSERT_EQ(join(classic), ErrorCode::none);
            ASSERT_EQ(sync_with(classic), ErrorCode::none);
        }
    }
};

TEST(ConsumerProtocolBytes, AreReadAndWrittenAsClientsDo) {
    const auto read = read_subscription(subscription(all_four()));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->topics, std::vector<std::string>{"t"});
    EXPECT_EQ(read->owned, all_four());
    const std::string whole = subscription(all_four());
    for (std::size_t cut = 0; cut < whole.size(); ++cut) EXPECT_FALSE(read_subscription(whole.substr(0, cut))) << cut;
    EXPECT_EQ(partitions_of_assignment(write_assignment(3, all_four())), all_four());
}

TEST(Upgrade, AMemberOfTheConsumerProtocolTakesTheGroupAlongWithWhatMembersHave) {
    Migrating groups;
    Classic classic = groups.one_classic_member();
    Consumer modern{.id = "m"};
    const auto answer = groups.ask(modern);
    EXPECT_EQ(answer->error, ErrorCode::none);
    EXPECT_EQ(answer->assignment, AssignedPartitions{}) << "the classic member has not given anything back";
    EXPECT_EQ(groups.machine().find("g"), nullptr);
    EXPECT_EQ(without_epochs(groups.consumer().find(classic.id)->current.assigned), first_of(kTopic, 4));

    EXPECT_EQ(groups.beat(classic), ErrorCode::rebalance_in_progress);
    ASSERT_EQ(groups.join(classic), ErrorCode::none);
    ASSERT_EQ(groups.sync_with(classic), ErrorCode::none);
    EXPECT_EQ(classic.owned.at("t").size(), 2U) << "told what it may keep";
    groups.heartbeat(modern);
    EXPECT_THAT(modern.assigned, IsEmpty()) << "it has not said that it gave the rest back";
    groups.settle_classic(classic);
    groups.settle(modern);
    EXPECT_EQ(modern.assigned.at(kTopic).size(), 2U);
    EXPECT_EQ(groups.consumer().state(), ConsumerGroupState::stable);
    groups.fail_over();
    EXPECT_EQ(groups.beat(classic), ErrorCode::none);
    EXPECT_EQ(groups.heartbeat(modern), ErrorCode::none);
}

TEST(Upgrade, KeepsCommittedOffsets) {
    Migrating groups;
    Classic classic = groups.one_classic_member();
    groups.Groups::commit(classic.id, classic.generation, 7);
    Consumer modern{.id = "m"};
    groups.heartbeat(modern);
    EXPECT_EQ(groups.committed(), 7);
    groups.fail_over();
    EXPECT_EQ(groups.committed(), 7);
    EXPECT_NE(groups.machine().find_consumer("g"), nullptr);
    EXPECT_EQ(groups.machine().find("g"), nullptr) << "it is one group";
}

TEST(Upgrade, IsRefusedWhereItIsNotAllowedAndWhileNobodyKnowsWhatMembersHave) {
    GroupConfig config = Consumers::quick();
    config.consumer_migration = MigrationPolicy::downgrade;
    Migrating closed(config);
    closed.one_classic_member();
    Consumer modern{.id = "m"};
    EXPECT_EQ(closed.heartbeat(modern), ErrorCode::group_id_not_found);
    EXPECT_NE(closed.machine().find("g"), nullptr);

    Migrating groups;
    Classic classic;
    groups.join(classic);
    EXPECT_EQ(groups.heartbeat(modern), ErrorCode::coordinator_load_in_progress) << "its assignment is awaited";
    groups.sync_with(classic, {{classic.id, write_assignment(1, all_four())}});
    EXPECT_EQ(groups.heartbeat(modern), ErrorCode::none);
}

TEST(Upgrade, AFailedWriteLeavesTheClassicGroup) {
    Migrating groups;
    Classic classic = groups.one_classic_member();
    groups.hold_writes = true;
    Consumer modern{.id = "m"};
    const GroupToken asked = groups.send(groups.request(modern));
    const GroupToken waiting =
        groups.send(HeartbeatReceived{groups.fresh_token(), "g", {classic.id, std::nullopt, classic.generation}});
    EXPECT_EQ(groups.answer_to<HeartbeatAnswer>(waiting), std::nullopt);
    groups.fail_writes(ErrorCode::not_enough_replicas);
    EXPECT_EQ(groups.hear(modern, asked)->error, ErrorCode::coordinator_not_available);
    EXPECT_EQ(groups.answer_to<HeartbeatAnswer>(waiting)->error, ErrorCode::none);
    EXPECT_EQ(groups.group().state, ClassicState::stable);
}

TEST(Downgrade, TheGroupIsClassicAgainWhenTheLastMemberOfTheConsumerProtocolIsGone) {
    Migrating groups;
    Classic classic = groups.one_classic_member();
    Consumer modern{.id = "m"};
    groups.heartbeat(modern);
    groups.settle_classic(classic);
    groups.settle(modern);
    EXPECT_EQ(groups.leave_with(modern), ErrorCode::none);
    EXPECT_EQ(groups.machine().find_consumer("g"), nullptr);
    EXPECT_EQ(groups.group().state, ClassicState::preparing_rebalance) << "what was the other's is to be given";
    EXPECT_EQ(print(groups.taken_over().consumer_groups()), "[]");
    ASSERT_EQ(groups.join(classic), ErrorCode::none);
    ASSERT_EQ(groups.sync_with(classic, {{classic.id, write_assignment(1, all_four())}}), ErrorCode::none);
    EXPECT_EQ(classic.owned, all_four());
    groups.fail_over();
    EXPECT_EQ(groups.beat(classic), ErrorCode::none);
}

TEST(Downgrade, ThatIsNotAllowedLeavesClassicMembersInTheConsumerGroup) {
    GroupConfig config = Consumers::quick();
    config.consumer_migration = MigrationPolicy::upgrade;
    Migrating groups(config);
    Classic classic = groups.one_classic_member();
    Consumer modern{.id = "m"};
    groups.heartbeat(modern);
    groups.settle_classic(classic);
    groups.settle(modern);
    groups.leave_with(modern);
    groups.settle_classic(classic);
    EXPECT_EQ(classic.owned, all_four());
    EXPECT_EQ(groups.consumer().members.size(), 1U);
}

TEST(ClassicMemberOfAConsumerGroup, JoinsSyncsAndLeavesAndIsOutWhenItDoesNotComeBack) {
    Migrating groups;
    Consumer modern{.id = "m"};
    groups.settle(modern);
    Classic classic;
    ASSERT_EQ(groups.join(classic), ErrorCode::none);
    ASSERT_EQ(groups.sync_with(classic), ErrorCode::none);
    EXPECT_THAT(classic.owned, IsEmpty());
    groups.settle(modern);
    EXPECT_EQ(groups.beat(classic), ErrorCode::rebalance_in_progress) << "what it shall have is free";
    groups.settle_classic(classic);
    EXPECT_EQ(classic.owned.at("t").size(), 2U);
    Classic wrong = classic;
    wrong.generation = Generation{77};
    EXPECT_EQ(groups.beat(wrong), ErrorCode::illegal_generation);
    EXPECT_EQ(groups.sync_with(wrong), ErrorCode::illegal_generation);
    EXPECT_EQ(groups.heartbeat_of("m", Generation{2}, {}), ErrorCode::unknown_member_id) << "it speaks the other one";

    EXPECT_EQ(groups.leave(classic.id), ErrorCode::none);
    groups.settle(modern);
    EXPECT_EQ(modern.assigned, first_of(kTopic, 4));
    EXPECT_EQ(groups.leave(classic.id), ErrorCode::unknown_member_id);

    Classic silent;
    ASSERT_EQ(groups.join(silent), ErrorCode::none);
    groups.pass(std::chrono::seconds{11});
    groups.settle(modern);
    EXPECT_EQ(groups.beat(silent), ErrorCode::unknown_member_id) << "its session was 10 s";
}

// What a JoinGroup is answered waits for its record, however long that takes.
TEST(ClassicMemberOfAConsumerGroup, JoinsInTimeWhenItsJoinGroupComesInTime) {
    Migrating groups;
    Classic classic = groups.one_classic_member();
    Consumer modern{.id = "m"};
    groups.heartbeat(modern);
    for (int i = 0; i < 6; ++i) {
        ASSERT_EQ(groups.beat(classic), ErrorCode::rebalance_in_progress);
        groups.pass(std::chrono::seconds{9});
        groups.heartbeat(modern);
    }
    groups.hold_writes = true;
    const GroupToken asked = groups.send_join(classic);
    groups.pass(std::chrono::seconds{9});
    groups.hold_writes = false;
    groups.commit_writes();
    const auto answer = groups.answer_to<JoinAnswer>(asked);
    ASSERT_TRUE(answer && answer->error == ErrorCode::none);
    classic.generation = answer->generation;
    EXPECT_EQ(groups.sync_with(classic), ErrorCode::none) << "it had 60 s to join, and a session of 10 s";
}

// The deadline passes while what it waits for has come, and waits itself for another record.
TEST(ClassicMemberOfAConsumerGroup, SyncsInTimeWhenItsSyncGroupComesInTime) {
    Migrating groups;
    Consumer modern{.id = "m"};
    groups.settle(modern);
    Classic classic;
    ASSERT_EQ(groups.join(classic), ErrorCode::none);
    for (int i = 0; i < 6; ++i) {
        groups.beat(classic);
        groups.pass(std::chrono::seconds{9});
        groups.settle(modern);
    }
    groups.beat(classic);
    groups.hold_writes = true;
    groups.send(groups.request(Consumer{.id = "n"}));
    const GroupToken asked =
        groups.send(SyncReceived{groups.fresh_token(), "g", {classic.id, {}, classic.generation}, {}, {}, {}});
    ASSERT_EQ(groups.answer_to<SyncAnswer>(asked), std::nullopt);
    groups.pass(std::chrono::seconds{9});
    groups.hold_writes = false;
    groups.commit_writes();
    ASSERT_TRUE(groups.answer_to<SyncAnswer>(asked).has_value());
    EXPECT_NE(groups.beat(classic), ErrorCode::unknown_member_id) << "it had 60 s to sync";
}

TEST(Downgrade, LeavesDeadlinesOfMembersBehind) {
    Migrating groups;
    Classic classic = groups.one_classic_member();
    Consumer modern{.id = "m"};
    groups.heartbeat(modern);
    ASSERT_EQ(groups.beat(classic), ErrorCode::rebalance_in_progress) << "from now on it has 60 s to join";
    for (int i = 0; i < 6; ++i) {
        groups.pass(std::chrono::seconds{9});
        groups.beat(classic);
        groups.heartbeat(modern);
    }
    groups.hold_writes = true;
    auto leaving = groups.request(modern);
    leaving.member_epoch = kLeaveGroupEpoch;
    groups.send(leaving);
    groups.pass(std::chrono::seconds{8});
    groups.hold_writes = false;
    groups.commit_writes();
    EXPECT_EQ(groups.group().state, ClassicState::preparing_rebalance) << "from now on there are 60 s to join";
    EXPECT_EQ(groups.join(classic), ErrorCode::none);
}

TEST(Downgrade, WithoutAMemberThatWasNotHeardOfLetsItJoinAgain) {
    Migrating groups;
    Classic classic = groups.one_classic_member();
    Consumer modern{.id = "m"};
    groups.heartbeat(modern);
    groups.settle_classic(classic);
    groups.settle(modern);
    for (int i = 0; i < 6; ++i) {
        groups.pass(std::chrono::seconds{9});
        groups.beat(classic);
    }
    ASSERT_EQ(groups.machine().find_consumer("g"), nullptr) << "its session was 45 s";
    EXPECT_EQ(groups.heartbeat(modern), ErrorCode::unknown_member_id);
    modern = Consumer{.id = "m"};
    ASSERT_EQ(groups.join(classic), ErrorCode::none);
    ASSERT_EQ(groups.sync_with(classic, {{classic.id, write_assignment(1, all_four())}}), ErrorCode::none);
    EXPECT_EQ(groups.heartbeat(modern), ErrorCode::none);
}

TEST(EmptyGroup, IsOfWhateverKindTheNextMemberIs) {
    Migrating groups;
    Consumer modern{.id = "m"};
    groups.settle(modern);
    groups.commit_as(modern, 0, modern.epoch);
    groups.leave_with(modern);
    Classic classic = groups.one_classic_member();
    EXPECT_EQ(groups.machine().find_consumer("g"), nullptr);
    EXPECT_EQ(groups.committed(), 1) << "its offsets stay";
    groups.leave(classic.id);
    modern = Consumer{.id = "m"};
    EXPECT_EQ(groups.heartbeat(modern), ErrorCode::none);
    EXPECT_EQ(groups.machine().find("g"), nullptr);
    EXPECT_EQ(groups.committed(), 1);
    const GroupCoordinator next = groups.taken_over();
    EXPECT_EQ(print(next.consumer_groups()), print(groups.machine().consumer_groups()));
    EXPECT_THAT(next.groups(), IsEmpty());
}

}  // namespace
}  // namespace highwater
