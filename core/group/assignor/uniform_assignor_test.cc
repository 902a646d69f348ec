#include "core/group/assignor/uniform_assignor.h"

#include <gtest/gtest.h>

#include "core/group/assignor/testing.h"

namespace highwater {
namespace {

using namespace testing;

const TopicId kA = topic(1);
const TopicId kB = topic(2);
const TopicId kC = topic(3);

TEST(UniformAssignor, DividesThePartitionsOfAllTopicsEvenly) {
    const AssignorInput input{
        {{"m1", subscribed({kA, kB})}, {"m2", subscribed({kA, kB})}, {"m3", subscribed({kA, kB})}}, {{kA, 3}, {kB, 4}}};
    const GroupAssignment result = assign_uniform(input);
    EXPECT_EQ(load(result.at("m1")), 3U);
    EXPECT_EQ(load(result.at("m2")), 2U);
    EXPECT_EQ(load(result.at("m3")), 2U);
}

TEST(UniformAssignor, LeavesWhatIsCompleteAndBalancedAsItIs) {
    const AssignorInput input{
        {{"m1", subscribed({kA}, {{kA, partitions({1, 4})}})}, {"m2", subscribed({kA}, {{kA, partitions({0, 2, 3})}})}},
        {{kA, 5}}};
    EXPECT_EQ(assigned(input, assign_uniform(input)), input);
}

TEST(UniformAssignor, TakesOnlyWhatANewMemberIsShortOf) {
    const AssignorInput input{{{"m1", subscribed({kA}, {{kA, range(0, 2)}})},
                               {"m2", subscribed({kA}, {{kA, range(3, 5)}})},
                               {"m3", subscribed({kA})}},
                              {{kA, 6}}};
    EXPECT_EQ(assign_uniform(input),
              (GroupAssignment{
                  {"m1", {{kA, range(0, 1)}}}, {"m2", {{kA, range(3, 4)}}}, {"m3", {{kA, partitions({2, 5})}}}}));
}

// The one partition too many stays with whoever has it already, whatever its place among the ids.
TEST(UniformAssignor, LeavesTheLargerShareWithWhoHasIt) {
    const AssignorInput input{{{"m1", subscribed({kA})},
                               {"m2", subscribed({kA}, {{kA, range(0, 1)}})},
                               {"m3", subscribed({kA}, {{kA, range(2, 3)}})}},
                              {{kA, 5}}};
    EXPECT_EQ(assign_uniform(input),
              (GroupAssignment{{"m1", {{kA, range(4, 4)}}}, {"m2", {{kA, range(0, 1)}}}, {"m3", {{kA, range(2, 3)}}}}));
}

TEST(UniformAssignor, GivesWhatALeaverHadToTheNeediest) {
    const AssignorInput input{
        {{"m1", subscribed({kA}, {{kA, range(0, 1)}})}, {"m2", subscribed({kA}, {{kA, range(2, 2)}})}}, {{kA, 4}}};
    EXPECT_EQ(assign_uniform(input), (GroupAssignment{{"m1", {{kA, range(0, 1)}}}, {"m2", {{kA, range(2, 3)}}}}));
}

TEST(UniformAssignor, NeverGivesWhatIsNotSubscribedTo) {
    const AssignorInput input{{{"m1", subscribed({kA}, {{kB, range(0, 1)}})}, {"m2", subscribed({kB})}},
                              {{kA, 1}, {kB, 6}}};
    EXPECT_EQ(assign_uniform(input), (GroupAssignment{{"m1", {{kA, range(0, 0)}}}, {"m2", {{kB, range(0, 5)}}}}));
}

TEST(UniformAssignor, SharesATopicTowardsThoseThatHaveNoOther) {
    const AssignorInput input{
        {{"m1", subscribed({kA, kB}, {{kA, range(0, 1)}, {kB, range(0, 1)}})}, {"m2", subscribed({kB})}},
        {{kA, 2}, {kB, 2}}};
    EXPECT_EQ(assign_uniform(input), (GroupAssignment{{"m1", {{kA, range(0, 1)}}}, {"m2", {{kB, range(0, 1)}}}}));
}

// m1 gives a partition of A to m2, which then gives one of C to m3: so that the second of A may go as well.
TEST(UniformAssignor, BalancesOverMembersInBetween) {
    const AssignorInput input{{{"m1", subscribed({kA}, {{kA, range(0, 4)}})},
                               {"m2", subscribed({kA, kC}, {{kC, range(0, 2)}})},
                               {"m3", subscribed({kC})}},
                              {{kA, 5}, {kC, 3}}};
    const GroupAssignment result = assign_uniform(input);
    EXPECT_EQ(load(result.at("m1")), 3U);
    EXPECT_EQ(load(result.at("m2")), 3U);
    EXPECT_EQ(load(result.at("m3")), 2U);
}

// Four of B for m1 and m2 make two too many once m3 has taken A: the one that goes back is not m1's own.
TEST(UniformAssignor, HandsOnWhatAMemberWasJustGivenBeforeWhatItHad) {
    const AssignorInput input{{{"m1", subscribed({kA, kB}, {{kB, range(0, 0)}})},
                               {"m2", subscribed({kA, kB}, {{kA, range(0, 0)}})},
                               {"m3", subscribed({kA})}},
                              {{kA, 1}, {kB, 4}}};
    const GroupAssignment result = assign_uniform(input);
    EXPECT_EQ(result.at("m3"), (AssignedPartitions{{kA, range(0, 0)}}));
    EXPECT_EQ(result.at("m1").at(kB).front(), PartitionId{0});
    EXPECT_EQ(load(result.at("m1")), 2U);
}

TEST(UniformAssignor, GivesAPartitionThatTwoClaimToOneOfThem) {
    const AssignorInput input{
        {{"m1", subscribed({kA}, {{kA, range(0, 1)}})}, {"m2", subscribed({kA}, {{kA, range(1, 1)}})}}, {{kA, 2}}};
    EXPECT_EQ(assign_uniform(input), (GroupAssignment{{"m1", {{kA, range(0, 0)}}}, {"m2", {{kA, range(1, 1)}}}}));
}

TEST(UniformAssignor, ForgetsPartitionsAndTopicsThatAreNotThere) {
    const AssignorInput input{{{"m1", subscribed({kA, kB}, {{kA, partitions({-1, 0, 7})}, {kB, range(0, 3)}})}},
                              {{kA, 1}}};
    EXPECT_EQ(assign_uniform(input), (GroupAssignment{{"m1", {{kA, range(0, 0)}}}}));
    EXPECT_EQ(assign_uniform({}), GroupAssignment{});
}

}  // namespace
}  // namespace highwater
