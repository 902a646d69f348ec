// Transactions: small scopes with their numbers, and the controls of their world.
#include <algorithm>

#include <gtest/gtest.h>

#include "model/scenarios/check.h"
#include "model/scenarios/transactions.h"
#include "model/transaction/check/property.h"
#include "model/transaction/transaction_world.h"

namespace highwater::model::transaction {
namespace {

class Transactions : public testing::TestWithParam<const Scenario*> {};

std::vector<const Scenario*> scenarios() {
    std::vector<const Scenario*> result;
    for (const Scenario& scenario : transaction_scenarios()) result.push_back(&scenario);
    return result;
}

std::string name_of_scenario(const testing::TestParamInfo<const Scenario*>& info) {
    std::string name{info.param->name};
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}
INSTANTIATE_TEST_SUITE_P(Scenarios, Transactions, testing::ValuesIn(scenarios()), name_of_scenario);

// The whole space of the small scope: every property holds, the number of states is the pinned one, and what the
// properties speak of did occur; or the anomaly that is documented is found.
TEST_P(Transactions, InEveryStateOfTheSmallScope) {
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

TEST_P(Transactions, AlongRandomWalks) {
    if (!GetParam()->known_to_fail.empty()) return;
    const Scope scope = GetParam()->scopes.back().scope;
    const auto run = explore(scope, {.explorer = Explorer::random, .seed = 3, .steps = 20'000});
    ASSERT_FALSE(run.counterexample) << tell_story(scope, run.counterexample->actions).text;
    EXPECT_GT(run.coverage.counts[static_cast<std::size_t>(Occurrence::came_to_rest)], 0U);
}

// KAFKA-17754: the same request, late in the same way, does no harm to transactions of version 2.
TEST(TransactionWorld, WhatBreaksTransactionsOfVersion1IsNoHarmToVersion2) {
    for (const std::string_view name : {"transactions-v1-late-end", "transactions-v1-late-marker"}) {
        Scope scope = find_scenario(name)->find(ScopeSize::small)->scope;
        scope.version = 2;
        scope.silenced_properties = 0;
        const auto run = explore(scope, {});
        EXPECT_TRUE(run.complete);
        EXPECT_FALSE(run.counterexample) << name;
    }
}

TEST(TransactionWorld, CompactionLeavesOutNothingButReplacedRecords) {
    Scope scope = find_scenario("transactions")->find(ScopeSize::small)->scope;
    const auto compacted = explore(scope, {});
    scope.log_is_compacted = false;
    const auto whole = explore(scope, {});
    EXPECT_TRUE(compacted.complete && whole.complete);
    EXPECT_FALSE(compacted.counterexample || whole.counterexample);
}

TEST(TransactionWorld, ThreadsDoNotChangeWhatIsFound) {
    const Scope scope = find_scenario("transactions-instances")->find(ScopeSize::small)->scope;
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
TEST(TransactionWorld, ALogThatLosesWhatWasCommittedIsFound) {
    EXPECT_EQ(found_in("transactions", &Controls::failover_loses_everything), "ReplayEquality");
    EXPECT_EQ(found_in("transactions", &Controls::failover_loses_everything, "Fencing"), kRestProperty);
}

// O9: a clock that nobody hears must fail it, too: what its producer left open stays open.
TEST(TransactionWorld, DeadlinesThatDoNotFireAreFound) {
    EXPECT_EQ(found_in("transactions", &Controls::deadlines_do_not_fire), kRestProperty);
}

// C1: consumers that take what was aborted, and brokers that lose markers, are found from outside.
TEST(TransactionWorld, ConsumersThatTakeAbortedRecordsAreFound) {
    EXPECT_EQ(found_in("transactions", &Controls::consumers_take_aborted_records), "Atomic");
}

TEST(TransactionWorld, MarkersThatAreNotWrittenAreFound) {
    EXPECT_EQ(found_in("transactions", &Controls::markers_are_not_written), "Fencing");
    EXPECT_EQ(found_in("transactions", &Controls::markers_are_not_written, "Atomic"), kRestProperty);
}

// O8: where a failover loses nothing that was under way, that is seen to be missing.
TEST(TransactionWorld, AFailoverThatKeepsEverythingIsVacuous) {
    const Scenario& scenario = *find_scenario("transactions");
    const ScenarioScope& bounded = *scenario.find(ScopeSize::small);
    Scope scope = bounded.scope;
    scope.controls.failover_keeps_everything = true;
    const auto run = explore(scope, {});
    EXPECT_TRUE(run.complete);
    const auto missing = unseen(scenario, bounded, run.coverage);
    EXPECT_TRUE(std::ranges::find(missing, Occurrence::write_lost_at_failover) != missing.end());
}

TEST(TransactionWorld, AStateIsReadBackAsItWasWritten) {
    const TransactionWorld world(find_scenario("transactions-interleaved")->find(ScopeSize::small)->scope);
    State state = world.initial();
    std::vector<Action> actions;
    Coverage coverage;
    for (int i = 0; i < 8; ++i) {
        actions.clear();
        ASSERT_FALSE(world.enabled(state, actions, coverage));
        ASSERT_FALSE(world.apply(state, actions.front(), coverage));
    }
    std::vector<std::byte> bytes;
    world.encode(state, bytes);
    State read;
    EXPECT_EQ(world.decode(bytes, read), bytes.size());
    EXPECT_EQ(read.coordinator, state.coordinator);
    EXPECT_EQ(read.data, state.data);
    EXPECT_EQ(read.rest, state.rest);

    // Another world that makes the same partitions anew.
    std::vector<std::byte> saved;
    world.save(saved);
    const TransactionWorld other(world.scope());
    EXPECT_EQ(other.restore(saved), "");
    ASSERT_EQ(other.decode(bytes, read), bytes.size());
    EXPECT_EQ(other.fingerprint(read), world.fingerprint(state));
    EXPECT_NE(other.restore(std::span(saved).first(saved.size() - 1)), "");
}

TEST(TransactionWorld, AnActionIsReadBackAsItWasWritten) {
    for (std::size_t kind = 0; kind < kActionKinds; ++kind) {
        const Action action{static_cast<ActionKind>(kind), 1, 1};
        EXPECT_EQ(action_from<ActionKind>(to_text(action)), action);
    }
}

}  // namespace
}  // namespace highwater::model::transaction
