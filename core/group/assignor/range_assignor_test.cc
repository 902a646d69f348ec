#include "core/group/assignor/range_assignor.h"

#include <gtest/gtest.h>

#include "core/group/assignor/testing.h"

namespace highwater {
namespace {

using namespace testing;

const TopicId kA = topic(1);
const TopicId kB = topic(2);

TEST(RangeAssignor, GivesEverySubscriberOneRangeTheFirstOnesTheLongerOnes) {
    const AssignorInput input{{{"m1", subscribed({kA})}, {"m2", subscribed({kA})}, {"m3", subscribed({kA})}},
                              {{kA, 8}}};
    EXPECT_EQ(assign_range(input),
              (GroupAssignment{{"m1", {{kA, range(0, 2)}}}, {"m2", {{kA, range(3, 5)}}}, {"m3", {{kA, range(6, 7)}}}}));
}

TEST(RangeAssignor, CoPartitionsTopicsOfTheSameSize) {
    const AssignorInput input{{{"m1", subscribed({kA, kB})}, {"m2", subscribed({kA, kB})}}, {{kA, 3}, {kB, 3}}};
    EXPECT_EQ(assign_range(input), (GroupAssignment{{"m1", {{kA, range(0, 1)}, {kB, range(0, 1)}}},
                                                    {"m2", {{kA, range(2, 2)}, {kB, range(2, 2)}}}}));
}

TEST(RangeAssignor, LeavesTheLastMembersWithoutIfThereAreMoreMembersThanPartitions) {
    const AssignorInput input{{{"m1", subscribed({kA})}, {"m2", subscribed({kA})}, {"m3", subscribed({kA})}},
                              {{kA, 2}}};
    EXPECT_EQ(assign_range(input),
              (GroupAssignment{{"m1", {{kA, range(0, 0)}}}, {"m2", {{kA, range(1, 1)}}}, {"m3", {}}}));
}

TEST(RangeAssignor, DividesEachTopicAmongItsOwnSubscribers) {
    const AssignorInput input{{{"m1", subscribed({kA})}, {"m2", subscribed({kA, kB})}, {"m3", subscribed({kB})}},
                              {{kA, 2}, {kB, 3}}};
    EXPECT_EQ(assign_range(input), (GroupAssignment{{"m1", {{kA, range(0, 0)}}},
                                                    {"m2", {{kA, range(1, 1)}, {kB, range(0, 1)}}},
                                                    {"m3", {{kB, range(2, 2)}}}}));
}

// KAFKA-16944: stickiness comes of the place that an instance id has.
TEST(RangeAssignor, GivesAStaticMemberWithANewMemberIdTheSameRange) {
    AssignorMember first = subscribed({kA});
    first.group_instance_id = "instance-1";
    AssignorMember second = subscribed({kA});
    second.group_instance_id = "instance-2";
    const AssignorInput before{{{"a", subscribed({kA})}, {"b", first}, {"c", second}}, {{kA, 3}}};
    EXPECT_EQ(assign_range(before),
              (GroupAssignment{{"a", {{kA, range(2, 2)}}}, {"b", {{kA, range(0, 0)}}}, {"c", {{kA, range(1, 1)}}}}));
    const AssignorInput after{{{"a", subscribed({kA})}, {"z", first}, {"c", second}}, {{kA, 3}}};
    EXPECT_EQ(assign_range(after).at("z"), assign_range(before).at("b"));
    EXPECT_EQ(assign_range(after).at("c"), assign_range(before).at("c"));
}

TEST(RangeAssignor, GivesNothingOfATopicThatIsNotThere) {
    const AssignorInput input{{{"m1", subscribed({kA, kB})}}, {{kA, 1}}};
    EXPECT_EQ(assign_range(input), (GroupAssignment{{"m1", {{kA, range(0, 0)}}}}));
    EXPECT_EQ(assign_range({}), GroupAssignment{});
}

}  // namespace
}  // namespace highwater
