// What goes on for ever while somebody waits is found, what only looks so is not.
#include "model/explore/liveness.h"

#include <map>

#include <gtest/gtest.h>

#include "model/cluster/cluster_world.h"
#include "model/scenarios/checker.h"
#include "model/scenarios/idempotence.h"
#include "model/scenarios/replication.h"
#include "model/world/live_partition.h"

namespace highwater::model {
namespace {

/// A system that is nothing but a table: from each state, which actions lead where. Actions from 100 on disturb, those
/// from 50 on are not owed.
struct Table {
    using State = int;
    using Action = int;

    std::map<int, std::vector<std::pair<int, int>>> steps;
    /// In these states somebody waits.
    std::vector<int> waiting;

    [[nodiscard]] int initial() const { return 0; }
    std::optional<Violation> enabled(const int& state, std::vector<int>& actions, Coverage&) const {
        if (const auto found = steps.find(state); found != steps.end()) {
            for (const auto& [action, to] : found->second) actions.push_back(action);
        }
        return std::nullopt;
    }
    std::optional<Violation> apply(int& state, int action, Coverage&) const {
        for (const auto& [possible, to] : steps.at(state)) {
            if (possible != action) continue;
            state = to;
            break;
        }
        return std::nullopt;
    }
    [[nodiscard]] std::uint64_t fingerprint(const int& state) const { return static_cast<std::uint64_t>(state) + 1; }
    [[nodiscard]] bool disturbs(int action) const { return action >= 100; }
    [[nodiscard]] std::uint32_t pending(const int& state) const {
        return std::ranges::find(waiting, state) != waiting.end() ? 1 : 0;
    }
    [[nodiscard]] std::string pending_text(std::size_t) const { return "it waits"; }
    [[nodiscard]] bool is_owed(int action) const { return action < 50; }
};

using Actions = std::vector<int>;

TEST(Liveness, FindsACycleInWhichSomebodyWaits) {
    const Table table{{{0, {{1, 1}}}, {1, {{2, 2}}}, {2, {{3, 1}}}}, {0, 1, 2}};
    const auto run = explore_liveness(table, {});
    ASSERT_TRUE(run.lasso.has_value());
    EXPECT_EQ(run.lasso->stem, Actions{1});
    EXPECT_EQ(run.lasso->cycle, (Actions{2, 3}));
    EXPECT_EQ(judge_lasso(table, run.lasso->stem, run.lasso->cycle)->property, kLivenessProperty);
}

TEST(Liveness, SaysNothingOfACycleInWhichNobodyWaitsAllTheTime) {
    Table table{{{0, {{1, 1}}}, {1, {{2, 2}}}, {2, {{3, 1}}}}, {0, 1}};
    const auto run = explore_liveness(table, {});
    EXPECT_FALSE(run.lasso.has_value());
    EXPECT_EQ(run.cycles, 1U);
    EXPECT_EQ(run.waiting_cycles, 0U);
}

// Action 9 leads out and stays possible: some time it is taken.
TEST(Liveness, IsFairToWhatStaysPossible) {
    const Table table{{{0, {{1, 1}, {9, 5}}}, {1, {{2, 0}, {9, 5}}}}, {0, 1}};
    EXPECT_FALSE(explore_liveness(table, {}).lasso.has_value());
    EXPECT_TRUE(explore_liveness(table, {.fair = false}).lasso.has_value()) << "O15: without fairness it is noticed";
    // Where it is not possible all the time, it need not be taken; nor when nothing promises it.
    EXPECT_TRUE(explore_liveness(Table{{{0, {{1, 1}, {9, 5}}}, {1, {{2, 0}}}}, {0, 1}}, {}).lasso.has_value());
    EXPECT_TRUE(
        explore_liveness(Table{{{0, {{1, 1}, {60, 5}}}, {1, {{2, 0}, {60, 5}}}}, {0, 1}}, {}).lasso.has_value());
}

// Going round 0 and 1 neglects action 3; the fair cycle takes it too.
TEST(Liveness, TheCycleThatIsShownIsFair) {
    const Table table{{{0, {{1, 1}, {3, 2}}}, {1, {{2, 0}, {3, 2}}}, {2, {{4, 0}, {3, 2}}}}, {0, 1, 2}};
    const auto run = explore_liveness(table, {});
    ASSERT_TRUE(run.lasso.has_value());
    EXPECT_NE(std::ranges::find(run.lasso->cycle, 3), run.lasso->cycle.end());
    EXPECT_TRUE(judge_lasso(table, run.lasso->stem, run.lasso->cycle).has_value());
    EXPECT_FALSE(judge_lasso(table, {}, {1, 2}).has_value()) << "unfair";
    EXPECT_FALSE(judge_lasso(table, {}, {1}).has_value()) << "no cycle";
    EXPECT_FALSE(judge_lasso(table, {}, {}).has_value());
}

TEST(Liveness, DisturbancesAreInTheStemOnly) {
    const Table table{{{0, {{100, 1}}}, {1, {{1, 2}}}, {2, {{100, 1}, {2, 3}}}, {3, {{3, 3}}}}, {0, 1, 2, 3}};
    const auto run = explore_liveness(table, {});
    ASSERT_TRUE(run.lasso.has_value());
    EXPECT_EQ(run.lasso->stem, (Actions{100, 1, 2}));
    EXPECT_EQ(run.lasso->cycle, Actions{3});
}

TEST(Liveness, ARunThatIsTooLargeSaysNothing) {
    const Table table{{{0, {{1, 1}}}, {1, {{2, 2}}}, {2, {{3, 1}}}}, {0, 1, 2}};
    const auto run = explore_liveness(table, {.max_steps = 1});
    EXPECT_FALSE(run.complete);
    EXPECT_FALSE(run.lasso.has_value());
}

cluster::Scope small_cluster() {
    cluster::Scope scope = cluster::find_scenario("replication-retries")->find(ScopeSize::small)->scope;
    scope.budgets = {};
    scope.budget(cluster::ActionKind::fence) = 1;
    scope.fetches_wait = false;
    return scope;
}

TEST(Liveness, InAClusterEverythingComesToPassAndFairnessIsWhy) {
    const cluster::ClusterWorld world(small_cluster());
    const auto run = explore_liveness(world, {});
    EXPECT_TRUE(run.complete);
    EXPECT_FALSE(run.counterexample.has_value());
    EXPECT_FALSE(run.lasso.has_value());
    EXPECT_GT(run.waiting_cycles, 1000U) << "there is something to be judged";
    EXPECT_TRUE(explore_liveness(world, {.fair = false}).lasso.has_value());
}

// O15: healing is partial: the controller never hears of a broker again.
TEST(Liveness, InAClusterThatDoesNotHealALassoIsFound) {
    struct Unhealed : cluster::ClusterWorld {
        using ClusterWorld::ClusterWorld;
        [[nodiscard]] std::optional<Violation> enabled(const cluster::State& state, std::vector<Action>& actions,
                                                       Coverage& coverage) const {
            auto violation = ClusterWorld::enabled(state, actions, coverage);
            std::erase_if(actions, [](Action action) { return action.kind == cluster::ActionKind::unfence; });
            return violation;
        }
    };
    const Unhealed world(small_cluster());
    const auto run = explore_liveness(world, {});
    ASSERT_TRUE(run.lasso.has_value());
    const auto violation = judge_lasso(world, run.lasso->stem, run.lasso->cycle);
    ASSERT_TRUE(violation.has_value());
    EXPECT_NE(violation->facts.find("not in the ISR"), std::string::npos) << violation->facts;
}

TEST(Liveness, OfOnePartitionEveryRunEnds) {
    const LivePartition world(find_scenario("failures")->find(ScopeSize::small)->scope);
    const auto run = explore_liveness(world, {});
    EXPECT_TRUE(run.complete);
    EXPECT_GT(run.calm_steps, 1000U);
    EXPECT_EQ(run.cycles, 0U);
}

TEST(Liveness, ASavedCycleThatIsNoneIsNotToldAsOne) {
    Trace trace{.scenario = "replication-elections",
                .size = ScopeSize::small,
                .core = {},
                .silenced = {},
                .property = std::string{kLivenessProperty},
                .facts = {},
                .actions = {},
                .cycle = {"fetch 1 0", "deliver 1 0", "deliver 1 0"}};
    const auto told = find_checker(trace.scenario)->retell(trace);
    ASSERT_TRUE(told.has_value());
    EXPECT_EQ(told->property, "") << "the producer's request is possible all the time";
    EXPECT_NE(told->text.find("from here on, again and again"), std::string::npos) << told->text;
}

}  // namespace
}  // namespace highwater::model
