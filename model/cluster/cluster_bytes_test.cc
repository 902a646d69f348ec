#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "model/cluster/cluster_world.h"
#include "model/explore/exhaustive.h"
#include "model/explore/random.h"
#include "model/scenarios/replication.h"

namespace highwater::model::cluster {
namespace {

Scope small(std::string_view scenario) {
    return find_scenario(scenario)->find(ScopeSize::small)->scope;
}

TEST(ClusterBytes, TellTheWholeState) {
    const ClusterWorld world(find_scenario("replication-isr")->find(ScopeSize::ci)->scope);
    RandomSource random(5);
    Coverage coverage;
    std::vector<Action> actions;
    std::vector<std::byte> bytes;
    std::vector<State> states;
    for (int walk = 0; walk < 40; ++walk) {
        State state = world.initial();
        for (int step = 0; step < 60; ++step) {
            actions.clear();
            ASSERT_FALSE(world.enabled(state, actions, coverage));
            if (actions.empty()) break;
            ASSERT_FALSE(world.apply(state, actions[random.below(actions.size())], coverage));
            world.encode(state, bytes);
            states.push_back(state);
        }
    }
    EXPECT_LT(bytes.size(), 120 * states.size());
    std::span<const std::byte> rest(bytes);
    for (const State& state : states) {
        State back;
        rest = rest.subspan(world.decode(rest, back));
        ASSERT_EQ(back.brokers, state.brokers);
        ASSERT_EQ(back.rest, state.rest);
    }
    EXPECT_TRUE(rest.empty());
}

TEST(ClusterBytes, AFrontierInAFileChangesNothing) {
    const ClusterWorld world(small("replication-retries"));
    const auto in_memory = explore_exhaustively(world, {});
    const auto in_file = explore_exhaustively(world, {.threads = 2, .frontier = {.memory_bytes = 0}});
    EXPECT_EQ(in_memory.memory.frontier_file, 0U);
    EXPECT_GT(in_file.memory.frontier_file, 0U);
    EXPECT_TRUE(in_file.complete);
    EXPECT_EQ(in_memory.states, in_file.states);
    EXPECT_EQ(in_memory.steps, in_file.steps);
    EXPECT_EQ(in_memory.depth, in_file.depth);
    EXPECT_EQ(in_memory.coverage, in_file.coverage);
}

TEST(ClusterBytes, AFrontierThatCannotBeWrittenEndsTheExploration) {
    const ClusterWorld world(small("replication-retries"));
    const auto run = explore_exhaustively(world, {.frontier = {.directory = "/nowhere", .memory_bytes = 0}});
    EXPECT_FALSE(run.complete);
    EXPECT_NE(run.failure.find("/nowhere"), std::string::npos) << run.failure;
}

}  // namespace
}  // namespace highwater::model::cluster
