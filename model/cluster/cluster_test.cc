// The replicated partition: small scopes with their numbers, and the controls of its parts.
#include <algorithm>

#include <gtest/gtest.h>

#include "model/cluster/cluster_world.h"
#include "model/scenarios/check.h"
#include "model/scenarios/replication.h"

namespace highwater::model::cluster {
namespace {

class Replicates : public testing::TestWithParam<const Scenario*> {};

std::vector<const Scenario*> scenarios(bool known_to_fail) {
    std::vector<const Scenario*> result;
    for (const Scenario& scenario : replication_scenarios()) {
        if (scenario.known_to_fail.empty() != known_to_fail) result.push_back(&scenario);
    }
    return result;
}

std::string name_of_scenario(const testing::TestParamInfo<const Scenario*>& info) {
    std::string name{info.param->name};
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}
INSTANTIATE_TEST_SUITE_P(Scenarios, Replicates, testing::ValuesIn(scenarios(false)), name_of_scenario);

class ReplicatesNot : public testing::TestWithParam<const Scenario*> {};
INSTANTIATE_TEST_SUITE_P(Replication, ReplicatesNot, testing::ValuesIn(scenarios(true)), name_of_scenario);

// An anomaly that is documented is found, and as the property that the documents name.
TEST_P(ReplicatesNot, ShowsTheDocumentedAnomaly) {
    const Scenario& scenario = *GetParam();
    const auto run = explore(scenario.find(ScopeSize::small)->scope, {});
    ASSERT_TRUE(run.counterexample);
    EXPECT_EQ(run.counterexample->violation.property, scenario.known_to_fail);
}

// The whole space of the small scope: every property holds, the number of states is the pinned one, and what the
// properties speak of did occur.
TEST_P(Replicates, InEveryStateOfTheSmallScope) {
    const Scenario& scenario = *GetParam();
    const ScenarioScope& scope = *scenario.find(ScopeSize::small);
    const auto run = explore(scope.scope, {});
    ASSERT_FALSE(run.counterexample) << tell_story(scope.scope, run.counterexample->actions).text;
    EXPECT_TRUE(run.complete);
    ASSERT_TRUE(scope.golden);
    EXPECT_EQ(run.states, scope.golden->states);
    EXPECT_EQ(run.depth, scope.golden->depth);
    for (const Occurrence missing : unseen(scenario, scope, run.coverage)) {
        ADD_FAILURE() << "never: " << name_of(missing);
    }
}

TEST_P(Replicates, AlongRandomWalks) {
    const Scope scope = GetParam()->scopes.back().scope;
    const auto run = explore(scope, {.explorer = Explorer::random, .seed = 3, .steps = 20'000});
    ASSERT_FALSE(run.counterexample) << tell_story(scope, run.counterexample->actions).text;
}

// A fetch that would tell nobody anything new may be left out: the verdict is the same, the states are fewer.
TEST(Cluster, FetchesThatWaitLeaveOutNothingButIdleFetches) {
    Scope scope = find_scenario("replication")->find(ScopeSize::small)->scope;
    const auto parked = explore(scope, {});
    scope.fetches_wait = false;
    const auto all = explore(scope, {});
    EXPECT_TRUE(parked.complete && all.complete);
    EXPECT_FALSE(parked.counterexample || all.counterexample);
    EXPECT_LT(parked.states, all.states);
}

// O8: a disk that loses what it called durable must fail the unchanged core.
TEST(Cluster, ADiskThatLosesWhatWasDurableIsFound) {
    Scope scope = find_scenario("replication")->find(ScopeSize::small)->scope;
    scope.controls.disk_loses_durable = true;
    const auto run = explore(scope, {});
    ASSERT_TRUE(run.counterexample);
    EXPECT_EQ(run.counterexample->violation.property, "NoAckedLoss");
}

// O9, O16: without what the scope is about, the case that its properties speak of does not occur.
TEST(Cluster, AScopeWithoutItsCaseIsVacuous) {
    const Scenario& scenario = *find_scenario("replication-shutdown");
    const ScenarioScope& bounded = *scenario.find(ScopeSize::small);
    Scope scope = bounded.scope;
    scope.budget(ActionKind::shut_down) = 0;
    const auto run = explore(scope, {});
    EXPECT_TRUE(run.complete);
    EXPECT_FALSE(unseen(scenario, bounded, run.coverage).empty());
}

// U1, P3.8: what an unclean election is forgiven must be needed.
TEST(Cluster, AnUncleanElectionThatNobodyAllowedIsFound) {
    Scope scope = find_scenario("replication-unclean")->find(ScopeSize::small)->scope;
    const auto allowed = explore(scope, {});
    EXPECT_FALSE(allowed.counterexample);
    scope.controls.nothing_is_forgiven = true;
    const auto run = explore(scope, {});
    ASSERT_TRUE(run.counterexample);
    EXPECT_EQ(run.counterexample->violation.property, "LeaderCompleteness");
}

TEST(Cluster, ThreadsDoNotChangeWhatIsFound) {
    const Scope scope = find_scenario("replication")->find(ScopeSize::small)->scope;
    const auto one = explore(scope, {.threads = 1});
    const auto two = explore(scope, {.threads = 2});
    EXPECT_EQ(one.states, two.states);
    EXPECT_EQ(one.steps, two.steps);
    EXPECT_EQ(one.coverage, two.coverage);
}

TEST(Cluster, AnActionIsReadBackAsItWasWritten) {
    for (std::size_t kind = 0; kind < kActionKinds; ++kind) {
        const Action action{static_cast<ActionKind>(kind), 2, 1};
        EXPECT_EQ(action_from<ActionKind>(to_text(action)), action);
    }
    EXPECT_FALSE(action_from<ActionKind>("fetch 1"));
}

}  // namespace
}  // namespace highwater::model::cluster
