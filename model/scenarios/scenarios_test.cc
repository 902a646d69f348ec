// The scenarios in their small scopes, and the controls of the harness: what is broken on purpose must be noticed.
#include <gtest/gtest.h>

#include "model/check/property.h"
#include "model/scenarios/check.h"
#include "model/scenarios/idempotence.h"
#include "model/world/partition_world.h"

namespace highwater::model {
namespace {

Scope small(std::string_view scenario) {
    return find_scenario(scenario)->find(ScopeSize::small)->scope;
}

std::string name_of_scenario(const testing::TestParamInfo<const Scenario*>& info) {
    std::string name{info.param->name};
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

std::vector<const Scenario*> scenarios(bool known_to_fail) {
    std::vector<const Scenario*> result;
    for (const Scenario& scenario : idempotence_scenarios()) {
        if (scenario.known_to_fail.empty() != known_to_fail) result.push_back(&scenario);
    }
    return result;
}

class Holds : public testing::TestWithParam<const Scenario*> {};
INSTANTIATE_TEST_SUITE_P(Scenarios, Holds, testing::ValuesIn(scenarios(false)), name_of_scenario);

// The whole space of the small scope: every property holds, the number of states is the pinned one, and what the
// properties speak of did occur.
TEST_P(Holds, InEveryStateOfTheSmallScope) {
    const Scenario& scenario = *GetParam();
    const ScenarioScope& scope = *scenario.find(ScopeSize::small);
    const auto run = explore(scope.scope, {});
    ASSERT_FALSE(run.counterexample) << tell_story(scope.scope, run.counterexample->actions).text;
    EXPECT_TRUE(run.complete);
    ASSERT_TRUE(scope.golden);
    EXPECT_EQ(run.states, scope.golden->states);
    EXPECT_EQ(run.depth, scope.golden->depth);
    for (const Occurrence missing : unseen(scenario, scope, run.coverage))
        ADD_FAILURE() << "never: " << name_of(missing);
}

TEST_P(Holds, AlongRandomWalks) {
    const auto run =
        explore(GetParam()->scopes.back().scope, {.explorer = Explorer::random, .seed = 3, .steps = 20'000});
    ASSERT_FALSE(run.counterexample) << tell_story(GetParam()->scopes.back().scope, run.counterexample->actions).text;
    EXPECT_GT(run.coverage.counts[static_cast<std::size_t>(Occurrence::came_to_rest)], 0U);
}

class KnownToFail : public testing::TestWithParam<const Scenario*> {};
INSTANTIATE_TEST_SUITE_P(Scenarios, KnownToFail, testing::ValuesIn(scenarios(true)), name_of_scenario);

// A tolerated anomaly that never occurs would be tolerance for nothing.
TEST_P(KnownToFail, ShowsTheDocumentedAnomaly) {
    const Scenario& scenario = *GetParam();
    const auto run = explore(scenario.find(ScopeSize::small)->scope, {});
    ASSERT_TRUE(run.counterexample);
    EXPECT_EQ(run.counterexample->violation.property, scenario.known_to_fail);
}

TEST(Symmetry, LeavesOutMirrorImagesOnly) {
    Scope scope = small("idempotence");
    const auto reduced = explore(scope, {});
    scope.symmetry = false;
    const auto whole = explore(scope, {});
    EXPECT_TRUE(reduced.complete && whole.complete);
    EXPECT_LT(reduced.states, whole.states);
    EXPECT_LE(whole.states, 2 * reduced.states);
}

TEST(Threads, DoNotChangeWhatIsFound) {
    const auto one = explore(small("window"), {.threads = 1});
    const auto two = explore(small("window"), {.threads = 2});
    EXPECT_EQ(one.states, two.states);
    EXPECT_EQ(one.steps, two.steps);
    EXPECT_EQ(one.coverage, two.coverage);
}

// O1, O4, O5: a fingerprint that leaves something out, or a visited set that forgets, changes the number of states.
TEST(Control, NumberOfStatesShowsABrokenVisitedSet) {
    const auto pinned = find_scenario("idempotence")->find(ScopeSize::small)->golden;
    ASSERT_TRUE(pinned);
    const std::uint64_t golden = pinned->states;
    Scope omits = small("idempotence");
    omits.controls.fingerprint_omits_network = true;
    EXPECT_LT(explore(omits, {}).states, golden);
    Scope few_bits = small("idempotence");
    few_bits.controls.fingerprint_bits = 14;
    EXPECT_LT(explore(few_bits, {}).states, golden);
}

// O8: a disk that loses what it called durable must fail the unchanged core.
TEST(Control, ADiskThatLosesDurableBatchesIsFound) {
    Scope scope = small("idempotence");
    scope.controls.disk_loses_durable = true;
    const auto run = explore(scope, {});
    ASSERT_TRUE(run.counterexample);
    EXPECT_EQ(run.counterexample->violation.property, "NoAckedLoss");
}

// KAFKA-10101: recovery makes durable what it found before anything of it is served.
TEST(Control, ARecoveryThatDoesNotSyncIsFound) {
    Scope scope = small("idempotence");
    scope.budget(ActionKind::kill) = 1;
    scope.controls.recovery_does_not_sync = true;
    const auto run = explore(scope, {});
    ASSERT_TRUE(run.counterexample);
    EXPECT_EQ(run.counterexample->violation.property, "NoDirtyRead");
    scope.controls.silenced_properties = *properties().bit_of("NoDirtyRead") | *properties().bit_of("StableRead");
    const auto blind = explore(scope, {});
    ASSERT_TRUE(blind.counterexample);
    EXPECT_EQ(blind.counterexample->violation.property, "NoAckedLoss");
}

// D16 (KAFKA-14034, KAFKA-13768), O10, O12: a client that gives a new sequence to a batch that may be in the log is
// found by NoDuplicate, and by nothing else.
TEST(Control, AProducerThatRenumbersIsFoundByContentOnly) {
    Scope scope = small("epochs");
    scope.budget(ActionKind::disconnect) = 1;
    scope.budget(ActionKind::overtake) = 0;
    scope.budget(ActionKind::duplicate) = 0;
    scope.controls.new_epoch_does_not_wait = true;
    const auto run = explore(scope, {});
    ASSERT_TRUE(run.counterexample);
    EXPECT_EQ(run.counterexample->violation.property, "NoDuplicate");
}

// O9, O16: without the disturbance that a counter counts, the scope says that its properties hold of nothing.
TEST(Control, AScopeWithoutItsCaseIsVacuous) {
    Scope scope = small("idempotence");
    scope.budget(ActionKind::power_loss) = 0;
    const auto run = explore(scope, {});
    EXPECT_TRUE(run.complete);
    const Scenario& scenario = *find_scenario("idempotence");
    EXPECT_FALSE(unseen(scenario, *scenario.find(ScopeSize::small), run.coverage).empty());
}

TEST(Minimise, KeepsThePropertyAndComesCloseToTheShortest) {
    const Scope scope = find_scenario("replicated-power-loss")->find(ScopeSize::ci)->scope;
    const auto shortest = explore(scope, {});
    const auto wild = explore(scope, {.explorer = Explorer::random, .seed = 11, .steps = 100'000});
    ASSERT_TRUE(shortest.counterexample && wild.counterexample);
    const auto best = minimise(scope, *wild.counterexample);
    EXPECT_EQ(best.violation.property, wild.counterexample->violation.property);
    EXPECT_LE(best.actions.size(), shortest.counterexample->actions.size());
    EXPECT_EQ(disturbances(best.actions), 1U);
}

}  // namespace
}  // namespace highwater::model
