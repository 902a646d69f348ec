#include "core/group/consumer_reconciliation.h"

#include <gtest/gtest.h>

#include "core/group/consumer_fencing.h"
#include "core/group/consumer_testing.h"

namespace highwater {
namespace {

using testing::some_of;
using testing::topic_id;

const TopicId kTopic = testing::topic_id(1);

OwnedPartitions owned_at(std::int32_t epoch, const std::vector<std::int32_t>& partitions) {
    return with_epoch(some_of(kTopic, partitions), GroupEpoch{epoch});
}

CurrentMemberAssignment stable_at(std::int32_t epoch, const std::vector<std::int32_t>& partitions) {
    return {GroupEpoch{epoch}, GroupEpoch{epoch - 1}, MemberState::stable, owned_at(epoch, partitions), {}};
}

ReconciliationTarget target_at(std::int32_t epoch, const std::vector<std::int32_t>& partitions,
                               const std::set<PartitionId>& held = {}) {
    ReconciliationTarget target{GroupEpoch{epoch}, some_of(kTopic, partitions), {}};
    if (!held.empty()) target.held_by_others[kTopic] = held;
    return target;
}

TEST(Reconciliation, AMemberStaysAtItsEpochUntilItHasGivenBackWhatItLoses) {
    const auto next = reconcile(stable_at(3, {0, 1, 2}), target_at(4, {0, 3}), some_of(kTopic, {0, 1, 2}));
    EXPECT_EQ(next.member_epoch, GroupEpoch{3});
    EXPECT_EQ(next.state, MemberState::unrevoked_partitions);
    EXPECT_EQ(next.assigned, owned_at(3, {0}));
    EXPECT_EQ(next.pending_revocation, owned_at(3, {1, 2}));

    EXPECT_EQ(reconcile(next, target_at(4, {0, 3}), some_of(kTopic, {0, 2})), next) << "it still has 2";
    EXPECT_EQ(reconcile(next, target_at(4, {0, 3}), std::nullopt), next) << "it does not say";
    EXPECT_EQ(reconcile(next, target_at(9, {5}), some_of(kTopic, {0, 2})), next) << "whatever the target is by now";

    const auto done = reconcile(next, target_at(4, {0, 3}), some_of(kTopic, {0}));
    EXPECT_EQ(done.member_epoch, GroupEpoch{4});
    EXPECT_EQ(done.previous_member_epoch, GroupEpoch{3});
    EXPECT_EQ(done.state, MemberState::stable);
    EXPECT_TRUE(done.pending_revocation.empty());
    auto expected = owned_at(3, {0});
    expected[kTopic][PartitionId{3}] = GroupEpoch{4};
    EXPECT_EQ(done.assigned, expected) << "each with the epoch at which it was got";
}

TEST(Reconciliation, WhatOthersHoldIsWaitedForAtTheNewEpoch) {
    const auto next = reconcile(stable_at(3, {0}), target_at(4, {0, 1, 2}, {PartitionId{1}}), some_of(kTopic, {0}));
    EXPECT_EQ(next.state, MemberState::unreleased_partitions);
    EXPECT_EQ(next.member_epoch, GroupEpoch{4});
    EXPECT_EQ(without_epochs(next.assigned), some_of(kTopic, {0, 2}));

    EXPECT_EQ(reconcile(next, target_at(4, {0, 1, 2}, {PartitionId{1}}), std::nullopt), next);
    const auto done = reconcile(next, target_at(4, {0, 1, 2}), std::nullopt);
    EXPECT_EQ(done.state, MemberState::stable);
    EXPECT_EQ(without_epochs(done.assigned), some_of(kTopic, {0, 1, 2}));
}

TEST(Reconciliation, WhatAMemberGivesBackMayBeGivenToItAgain) {
    auto current = stable_at(3, {0});
    current.state = MemberState::unrevoked_partitions;
    current.pending_revocation = owned_at(3, {1});
    const auto next = reconcile(current, target_at(5, {0, 1}), some_of(kTopic, {0}));
    EXPECT_EQ(next.state, MemberState::stable);
    EXPECT_EQ(next.assigned.at(kTopic).at(PartitionId{1}), GroupEpoch{5});
}

TEST(Reconciliation, WhoHasNothingToGiveBackGoesOnAtOnce) {
    const auto next = reconcile(stable_at(3, {0}), target_at(4, {}), AssignedPartitions{});
    EXPECT_EQ(next.member_epoch, GroupEpoch{4});
    EXPECT_TRUE(next.assigned.empty());
    EXPECT_EQ(reconcile(next, target_at(4, {}), std::nullopt), next);
}

// KIP-848: the answer that told it of its epoch may have been lost. Whoever has more than the present epoch gives it
// may go on reading what is somebody else's.
TEST(MemberEpoch, TheOneBeforeIsGoodForWhoHasNothingThatIsNotItsOwn) {
    const auto current = stable_at(4, {0, 1});
    const auto check = [&](std::int32_t epoch, std::optional<AssignedPartitions> owned) {
        return check_member_epoch(current, GroupEpoch{epoch}, owned);
    };
    EXPECT_EQ(check(4, std::nullopt), ErrorCode::none);
    EXPECT_EQ(check(5, AssignedPartitions{}), ErrorCode::fenced_member_epoch);
    EXPECT_EQ(check(2, AssignedPartitions{}), ErrorCode::fenced_member_epoch);
    EXPECT_EQ(check(3, some_of(kTopic, {1})), ErrorCode::none);
    EXPECT_EQ(check(3, AssignedPartitions{}), ErrorCode::none);
    EXPECT_EQ(check(3, std::nullopt), ErrorCode::fenced_member_epoch);
    EXPECT_EQ(check(3, some_of(kTopic, {1, 2})), ErrorCode::fenced_member_epoch);
    EXPECT_EQ(check(3, some_of(topic_id(2), {0})), ErrorCode::fenced_member_epoch);
}

}  // namespace
}  // namespace highwater
