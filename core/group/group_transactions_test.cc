#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/group/testing.h"

// Offsets that are committed in a transaction (KIP-98, KIP-447).

namespace highwater::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const TopicPartition kT0{"t", PartitionId{0}};

ErrorCode error_of(Groups& groups, GroupToken token) {
    const auto answer = groups.answer_to<OffsetsAnswer>(token);
    if (!answer) return ErrorCode::unknown_server_error;
    return answer->error != ErrorCode::none ? answer->error : answer->partitions.at(0);
}

/// What another coordinator that loads the log knows is the same.
void expect_replayed(Groups& groups) {
    const GroupCoordinator other = groups.taken_over();
    EXPECT_EQ(**other.offsets_of("g"), **groups.machine().offsets_of("g"));
    EXPECT_EQ(other.unstable_partitions("g"), groups.machine().unstable_partitions("g"));
    EXPECT_EQ(other.find("g") == nullptr, groups.machine().find("g") == nullptr);
}

TEST(TransactionalOffsets, CountWhenTheTransactionIsCommitted) {
    Groups groups;
    groups.commit("", Generation{-1}, 3);
    EXPECT_EQ(error_of(groups, groups.stage(1, 7)), ErrorCode::none);
    EXPECT_EQ(groups.committed(), 3);
    EXPECT_THAT(groups.machine().unstable_partitions("g"), ElementsAre(kT0));
    expect_replayed(groups);
    groups.end(1, true);
    EXPECT_EQ(groups.committed(), 7);
    EXPECT_THAT(groups.machine().unstable_partitions("g"), IsEmpty());
    expect_replayed(groups);
}

TEST(TransactionalOffsets, AreGoneWithATransactionThatIsAborted) {
    Groups groups;
    groups.stage(1, 7);
    EXPECT_NE(groups.machine().find("g"), nullptr);
    groups.end(1, false);
    EXPECT_EQ(groups.committed(), -1);
    EXPECT_EQ(groups.machine().find("g"), nullptr) << "a group that never was";
    expect_replayed(groups);
    groups.end(1, true);
    EXPECT_EQ(groups.committed(), -1) << "a repeated marker";
}

TEST(TransactionalOffsets, AreUnstableFromWhenTheyAreOnTheirWayIntoTheLog) {
    Groups groups;
    groups.hold_writes = true;
    groups.stage(1, 7);
    EXPECT_THAT(groups.machine().unstable_partitions("g"), ElementsAre(kT0));
    groups.fail_writes(ErrorCode::not_enough_replicas);
    EXPECT_THAT(groups.machine().unstable_partitions("g"), IsEmpty());
}

TEST(TransactionalOffsets, OfTwoTransactionsCountInTheOrderOfTheLog) {
    for (const bool older_ends_first : {true, false}) {
        Groups groups;
        groups.stage(1, 7);
        groups.stage(2, 9);
        groups.end(older_ends_first ? 1 : 2, true);
        EXPECT_EQ(groups.committed(), older_ends_first ? 7 : 9);
        expect_replayed(groups);
        groups.end(older_ends_first ? 2 : 1, true);
        EXPECT_EQ(groups.committed(), 9) << "the later record, whichever marker comes first";
        expect_replayed(groups);
    }
}

TEST(TransactionalOffsets, DoNotUndoWhatWasCommittedAfterThem) {
    Groups groups;
    groups.stage(1, 7);
    groups.commit("", Generation{-1}, 11);
    groups.end(1, true);
    EXPECT_EQ(groups.committed(), 11);
    expect_replayed(groups);
}

TEST(TransactionalOffsets, OfOneTransactionAreItsLast) {
    Groups groups;
    groups.stage(1, 7);
    groups.stage(2, 8);
    groups.stage(1, 9);
    groups.end(2, true);
    EXPECT_EQ(groups.committed(), 8);
    groups.end(1, true);
    EXPECT_EQ(groups.committed(), 9);
    expect_replayed(groups);
}

TEST(TransactionalOffsets, AreKeptFromExpiryAndGoWithTheGroup) {
    GroupConfig config = Groups::quick();
    config.offsets_retention = std::chrono::seconds{2};
    Groups groups(config);
    groups.commit("", Generation{-1}, 3);
    groups.stage(1, 7);
    groups.pass(std::chrono::seconds{60});
    groups.give(ExpireOffsets{});
    EXPECT_EQ(groups.committed(), 3) << "nobody knows yet what it will be";
    const GroupToken deleted = groups.send(DeleteGroupReceived{groups.fresh_token(), "g"});
    EXPECT_EQ(groups.answer_to<DeleteGroupAnswer>(deleted)->error, ErrorCode::none);
    groups.end(1, true);
    EXPECT_EQ(groups.committed(), -1);
    EXPECT_EQ(groups.machine().find("g"), nullptr);
    expect_replayed(groups);
}

TEST(TransactionalOffsets, AreTakenFromMembersOfTheGenerationAndFromWhoeverSaysNothing) {
    Groups groups;
    const std::string member = groups.one_stable_member();
    const Generation now = groups.group().generation;
    EXPECT_EQ(error_of(groups, groups.stage(1, 7, {member, {}, now})), ErrorCode::none);
    const Generation former{now.value() - 1};
    EXPECT_EQ(error_of(groups, groups.stage(1, 7, {member, {}, former})), ErrorCode::illegal_generation) << "KIP-447";
    EXPECT_EQ(error_of(groups, groups.stage(1, 7, {"other", {}, now})), ErrorCode::unknown_member_id);
    EXPECT_EQ(error_of(groups, groups.stage(1, 7)), ErrorCode::none) << "a client from before KIP-447";
}

}  // namespace
}  // namespace highwater::testing
