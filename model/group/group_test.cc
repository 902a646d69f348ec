// Groups: small scopes with their numbers, and the controls of their world.
#include <algorithm>

#include <gtest/gtest.h>

#include "model/group/check/property.h"
#include "model/group/group_world.h"
#include "model/scenarios/check.h"
#include "model/scenarios/groups.h"

namespace highwater::model::group {
namespace {

class Groups : public testing::TestWithParam<const Scenario*> {};

std::vector<const Scenario*> scenarios() {
    std::vector<const Scenario*> result;
    for (const Scenario& scenario : group_scenarios()) result.push_back(&scenario);
    return result;
}

std::string name_of_scenario(const testing::TestParamInfo<const Scenario*>& info) {
    std::string name{info.param->name};
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}
INSTANTIATE_TEST_SUITE_P(Scenarios, Groups, testing::ValuesIn(scenarios()), name_of_scenario);

// The whole space of the small scope: every property holds, the number of states is the pinned one, and what the
// properties speak of did occur.
TEST_P(Groups, InEveryStateOfTheSmallScope) {
    const Scenario& scenario = *GetParam();
    const ScenarioScope& scope = *scenario.find(ScopeSize::small);
    const auto run = explore(scope.scope, {});
    if (!scenario.known_to_fail.empty()) {
        ASSERT_TRUE(run.counterexample);
        EXPECT_EQ(run.counterexample->violation.property, scenario.known_to_fail);
        return;
    }
    ASSERT_FALSE(run.counterexample) << tell_story(scope.scope, run.counterexample->actions).text;
    EXPECT_TRUE(run.complete);
    ASSERT_TRUE(scope.golden);
    EXPECT_EQ(run.states, scope.golden->states);
    EXPECT_EQ(run.depth, scope.golden->depth);
    for (const Occurrence missing : unseen(scenario, scope, run.coverage)) {
        ADD_FAILURE() << "never: " << name_of(missing);
    }
}

TEST_P(Groups, AlongRandomWalks) {
    // A member that was fenced joins again and again until its session ends (KIP-848): a walk may go round there for
    // ever.
    if (GetParam()->scopes.back().scope.consumer_protocol != 0) return;
    const Scope scope = GetParam()->scopes.back().scope;
    const auto run = explore(scope, {.explorer = Explorer::random, .seed = 3, .steps = 20'000});
    ASSERT_FALSE(run.counterexample) << tell_story(scope, run.counterexample->actions).text;
}

// Records that newer ones of their key replaced tell a coordinator nothing: whether they are there changes no verdict.
// (The numbers of states differ a little: a number of a member that stands in the log is not free.)
TEST(GroupWorld, CompactionLeavesOutNothingButReplacedRecords) {
    Scope scope = find_scenario("groups-joining")->find(ScopeSize::small)->scope;
    const auto compacted = explore(scope, {});
    scope.log_is_compacted = false;
    const auto whole = explore(scope, {});
    EXPECT_TRUE(compacted.complete && whole.complete);
    EXPECT_FALSE(compacted.counterexample || whole.counterexample);
}

TEST(GroupWorld, ThreadsDoNotChangeWhatIsFound) {
    const Scope scope = find_scenario("groups-static")->find(ScopeSize::small)->scope;
    const auto one = explore(scope, {.threads = 1});
    const auto two = explore(scope, {.threads = 2});
    EXPECT_EQ(one.states, two.states);
    EXPECT_EQ(one.steps, two.steps);
    EXPECT_EQ(one.coverage, two.coverage);
}

/// What is found in the small scope with this control on, of all properties or of one.
std::string_view found_in(std::string_view scenario, bool Controls::* control, std::string_view only = {}) {
    Scope scope = find_scenario(scenario)->find(ScopeSize::small)->scope;
    scope.controls.*control = true;
    if (!only.empty()) scope.silenced_properties = ~*properties().bit_of(only);
    const auto run = explore(scope, {});
    return run.counterexample ? run.counterexample->violation.property : std::string_view{};
}

// O8: a log that loses what was committed must fail the unchanged core.
TEST(GroupWorld, ALogThatLosesWhatWasCommittedIsFound) {
    EXPECT_EQ(found_in("groups-offsets", &Controls::failover_loses_everything), "ReplayEquality");
    EXPECT_EQ(found_in("groups-offsets", &Controls::failover_loses_everything, "OffsetTruth"), "OffsetTruth");
}

// O9: a clock that nobody hears must fail it, too: whoever crashed is never missed.
TEST(GroupWorld, DeadlinesThatDoNotFireAreFound) {
    EXPECT_EQ(found_in("groups-classic", &Controls::deadlines_do_not_fire), kRestProperty);
}

// C1: a member that keeps what it has to give up is found from outside.
TEST(GroupWorld, AMemberThatKeepsItsPartitionsIsFound) {
    EXPECT_EQ(found_in("groups-classic", &Controls::members_do_not_revoke), "Exclusive");
    EXPECT_EQ(found_in("groups-consumer", &Controls::members_do_not_revoke), "Exclusive");
}

// O8: two processes that look like two members are both heard.
TEST(GroupWorld, InstanceIdsThatAreNotToldAreFound) {
    EXPECT_EQ(found_in("groups-static", &Controls::instance_ids_are_not_told, "StaticUnique"), "StaticUnique");
}

// O8: where a failover loses nothing that was under way, that is seen to be missing.
TEST(GroupWorld, AFailoverThatKeepsEverythingIsVacuous) {
    const Scenario& scenario = *find_scenario("groups-offsets");
    const ScenarioScope& bounded = *scenario.find(ScopeSize::small);
    Scope scope = bounded.scope;
    scope.controls.failover_keeps_everything = true;
    const auto run = explore(scope, {});
    EXPECT_TRUE(run.complete);
    const auto missing = unseen(scenario, bounded, run.coverage);
    EXPECT_TRUE(std::ranges::find(missing, Occurrence::write_lost_at_failover) != missing.end());
}

// O9, O16: without what the scope is about, the case that its properties speak of does not occur.
TEST(GroupWorld, AScopeWithoutItsCaseIsVacuous) {
    const Scenario& scenario = *find_scenario("groups-offsets");
    const ScenarioScope& bounded = *scenario.find(ScopeSize::small);
    Scope scope = bounded.scope;
    scope.budget(ActionKind::failover) = 0;
    const auto run = explore(scope, {});
    EXPECT_TRUE(run.complete);
    EXPECT_FALSE(unseen(scenario, bounded, run.coverage).empty());
}

TEST(GroupWorld, AStateIsReadBackAsItWasWritten) {
    const GroupWorld world(find_scenario("groups-classic")->find(ScopeSize::small)->scope);
    const State state = world.initial();
    std::vector<std::byte> bytes;
    world.encode(state, bytes);
    State read;
    EXPECT_EQ(world.decode(bytes, read), bytes.size());
    EXPECT_EQ(read.partition, state.partition);
    EXPECT_EQ(read.rest, state.rest);
}

TEST(GroupWorld, AnActionIsReadBackAsItWasWritten) {
    for (std::size_t kind = 0; kind < kActionKinds; ++kind) {
        const Action action{static_cast<ActionKind>(kind), 2, 1};
        EXPECT_EQ(action_from<ActionKind>(to_text(action)), action);
    }
}

}  // namespace
}  // namespace highwater::model::group
