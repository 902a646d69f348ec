// The abstract replication model, and the explorer on it. The sizes of KIP-320's scopes and the lengths of the older
// generations' violations were published, or counted by TLC on the published specification (docs/model-checking.md).
#include "model/abstract/replication.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "model/abstract/certify.h"
#include "model/abstract/generations.h"
#include "model/explore/exhaustive.h"
#include "model/explore/random.h"
#include "model/trace/replay.h"

namespace highwater::model {
namespace {

using Kind = ReplicationActionKind;

/// The states along some random walks.
std::vector<ReplicationState> some_states(const ReplicationModel& model, std::size_t wanted) {
    std::vector<ReplicationState> states;
    std::vector<ReplicationAction> actions;
    Coverage coverage;
    RandomSource random(11);
    while (states.size() < wanted) {
        ReplicationState state = model.initial();
        for (int step = 0; step < 40; ++step) {
            states.push_back(state);
            actions.clear();
            static_cast<void>(model.enabled(state, actions, coverage));
            if (actions.empty()) break;
            static_cast<void>(model.apply(state, actions[random.below(actions.size())], coverage));
        }
    }
    return states;
}

ReplicationState after(const ReplicationModel& model, std::initializer_list<ReplicationAction> actions) {
    const auto run = replay(model, std::span<const ReplicationAction>(actions), Impossible::stop);
    EXPECT_FALSE(run.impossible_at) << *run.impossible_at;
    EXPECT_FALSE(run.violation) << run.violation->facts;
    return run.state;
}

// Every figure of the small scope: states, orbits, depth, steps, threads, and all generations.
TEST(Certificate, HasEveryFigureAsPinned) {
    const auto figures = certify();
    EXPECT_GT(figures.size(), 50U);
    for (const CertifiedFigure& figure : figures) EXPECT_EQ(figure.found, figure.pinned) << figure.name;
}

TEST(Generations, OlderThanKip320AreViolatedInAtMostThePublishedNumberOfActions) {
    std::size_t published = 0;
    for (const Generation& generation : all_generations()) {
        if (generation.published_actions == 0) continue;
        ++published;
        for (const ShortestViolation& shortest : generation.find(ScopeSize::small)->violations) {
            EXPECT_LE(shortest.actions, generation.published_actions) << generation.name;
        }
    }
    EXPECT_EQ(published, 4U);
}

TEST(ReplicationModel, TakesAWriteToTheHighWatermarkThroughTheWholeIsr) {
    const ReplicationModel model({.offsets = 2, .records = 2, .greatest_epoch = 2});
    const ReplicationState state = after(model, {{.kind = Kind::elect_leader, .replica = 1},
                                                 {.kind = Kind::become_leader, .replica = 1, .epoch = 0},
                                                 {.kind = Kind::write, .replica = 1},
                                                 {.kind = Kind::become_follower, .replica = 0, .epoch = 0},
                                                 {.kind = Kind::become_follower, .replica = 2, .epoch = 0},
                                                 {.kind = Kind::fetch, .replica = 0, .other = 1},
                                                 {.kind = Kind::fetch, .replica = 2, .other = 1},
                                                 {.kind = Kind::increment_high_watermark, .replica = 1}});
    EXPECT_EQ(describe(state),
              "broker 0: log [a:0], high watermark 0, follows broker 1 in epoch 0\n"
              "broker 1: log [a:0], high watermark 1, leader of epoch 0, ISR {0, 1, 2}\n"
              "broker 2: log [a:0], high watermark 0, follows broker 1 in epoch 0\n"
              "controller: broker 1 leads epoch 0, ISR {0, 1, 2}");
}

// KIP-320: where to truncate is asked of the leader of the epoch that the follower heard of, and of no other.
TEST(ReplicationModel, LetsNoReplicaFollowALeaderThatDoesNotKnowItsEpochYet) {
    const ReplicationModel model({.offsets = 2, .records = 2, .greatest_epoch = 2});
    const ReplicationState state = after(model, {{.kind = Kind::elect_leader, .replica = 1}});
    std::vector<ReplicationAction> actions;
    Coverage coverage;
    ASSERT_FALSE(model.enabled(state, actions, coverage));
    EXPECT_EQ(std::ranges::count(actions, Kind::become_leader, &ReplicationAction::kind), 1);
    EXPECT_EQ(std::ranges::count(actions, Kind::become_follower, &ReplicationAction::kind), 0);
}

TEST(ReplicationModel, IsEqualUnderRenaming) {
    const ReplicationModel model({.offsets = 4, .records = 4, .greatest_epoch = 3});
    const auto renamings = all_renamings(ReplicationState::kReplicas);
    const Symmetry<ReplicationModel> symmetry(model, true);
    Coverage coverage;
    for (const ReplicationState& state : some_states(model, 2000)) {
        std::vector<ReplicationAction> actions;
        ASSERT_FALSE(model.enabled(state, actions, coverage));
        const Canonical canonical = symmetry.of(state);
        std::set<std::uint64_t> orbit;
        for (const Renaming& renaming : renamings) {
            const ReplicationState renamed = model.renamed(state, renaming);
            orbit.insert(model.fingerprint(renamed));
            EXPECT_EQ(model.fingerprint(state, renaming), model.fingerprint(renamed));
            EXPECT_EQ(symmetry.of(renamed).fingerprint, canonical.fingerprint) << describe(state);
            for (std::size_t replica = 0; replica < ReplicationState::kReplicas; ++replica) {
                EXPECT_EQ(model.profile(renamed, renaming.to[replica]), model.profile(state, replica));
            }
            // The renamed state has the renamed successors.
            std::vector<ReplicationAction> renamed_actions;
            ASSERT_FALSE(model.enabled(renamed, renamed_actions, coverage));
            std::multiset<std::uint64_t> successors;
            std::multiset<std::uint64_t> renamed_successors;
            for (const ReplicationAction action : actions) {
                ReplicationState next = state;
                EXPECT_FALSE(model.apply(next, action, coverage));
                successors.insert(model.fingerprint(next, renaming));
            }
            for (const ReplicationAction action : renamed_actions) {
                ReplicationState next = renamed;
                EXPECT_FALSE(model.apply(next, action, coverage));
                renamed_successors.insert(model.fingerprint(next));
            }
            EXPECT_EQ(renamed_successors, successors);
        }
        EXPECT_EQ(canonical.orbit, orbit.size()) << describe(state);
    }
}

TEST(ReplicationModel, HoldsAlongRandomWalks) {
    const Generation& kip320 = all_generations().front();
    const auto run = explore_randomly(ReplicationModel({.offsets = 4, .records = 4, .greatest_epoch = 3}, kip320.rules),
                                      {.seed = 5, .steps = 100'000});
    EXPECT_FALSE(run.counterexample) << run.counterexample->violation.facts;
}

TEST(ReplicationModel, IsFoundAtFaultAtRandomWhereTheFaultIsShallow) {
    const Generation* generation = find_generation("kip320-no-truncation");
    ASSERT_NE(generation, nullptr);
    const ReplicationModel model(generation->scopes.front().bounds, generation->rules);
    const auto run = explore_randomly(model, {.seed = 1, .steps = 200'000});
    ASSERT_TRUE(run.counterexample);
    EXPECT_GE(run.counterexample->actions.size(), 9U);
}

}  // namespace
}  // namespace highwater::model
