// Explorers that walk at random: seeds replay, each finds what the others find, and none takes unfairness for a fault.
#include <gtest/gtest.h>

#include "model/cluster/cluster_world.h"
#include "model/scenarios/check.h"
#include "model/scenarios/idempotence.h"
#include "model/scenarios/replication.h"
#include "model/world/partition_world.h"

namespace highwater::model {
namespace {

class Walks : public testing::TestWithParam<Explorer> {};

TEST_P(Walks, OfOneSeedAreTheSameAndOfAnotherAreNot) {
    const Scope& scope = find_scenario("failures")->find(ScopeSize::small)->scope;
    const auto first = explore(scope, {.explorer = GetParam(), .seed = 5, .steps = 5'000});
    const auto second = explore(scope, {.explorer = GetParam(), .seed = 5, .steps = 5'000});
    const auto other = explore(scope, {.explorer = GetParam(), .seed = 6, .steps = 5'000});
    EXPECT_EQ(first.coverage, second.coverage);
    EXPECT_EQ(first.steps, second.steps);
    EXPECT_NE(first.coverage, other.coverage);
}

TEST_P(Walks, FindWhatIsKnownToFail) {
    const Scope& scope = find_scenario("replicated-power-loss")->find(ScopeSize::small)->scope;
    const auto run = explore(scope, {.explorer = GetParam(), .seed = 1, .steps = 50'000});
    ASSERT_TRUE(run.counterexample.has_value());
    EXPECT_EQ(run.counterexample->violation.property, "NoAckedLoss");
}

// A chain that always comes first could keep a cluster from coming to rest: no violation, but no fair run either.
TEST_P(Walks, OfTheCoreAsItIsViolateNothingAndComeToRest) {
    const auto& scope = cluster::find_scenario("replication")->find(ScopeSize::small)->scope;
    const auto run = explore(scope, {.explorer = GetParam(), .seed = 3, .steps = 50'000});
    EXPECT_FALSE(run.counterexample.has_value()) << run.counterexample->violation.facts;
    EXPECT_GT(run.coverage.counts[static_cast<std::size_t>(cluster::Occurrence::came_to_rest)], 0U);
    EXPECT_GT(run.coverage.counts[static_cast<std::size_t>(cluster::Occurrence::follower_truncated)], 0U);
}

INSTANTIATE_TEST_SUITE_P(Explorers, Walks, testing::Values(Explorer::random, Explorer::pct, Explorer::swarm),
                         [](const auto& instance) { return std::string{name_of(instance.param)}; });

}  // namespace
}  // namespace highwater::model
