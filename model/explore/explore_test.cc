// The explorers, on a machine so small that everything about it is known: two hands of a clock with n hours, moved one
// at a time. It reaches exactly n * n states.
#include <array>
#include <span>

#include <gtest/gtest.h>

#include "core/base/hash.h"
#include "model/explore/exhaustive.h"
#include "model/explore/random.h"
#include "model/explore/symmetry.h"
#include "model/trace/minimise.h"
#include "model/trace/replay.h"

namespace highwater::model {
namespace {

struct Hands {
    std::array<int, 2> hands{};
};

struct Turn {
    int hand = 0;
    int hours = 1;
    friend bool operator==(const Turn&, const Turn&) = default;
};

class Clockwork {
  public:
    using State = Hands;
    using Action = Turn;

    int hours = 40;
    /// The state that must not be; none when negative.
    std::array<int, 2> forbidden{-1, -1};
    bool breaks_an_invariant = false;

    [[nodiscard]] Hands initial() const { return {}; }
    [[nodiscard]] std::optional<Violation> enabled(const Hands&, std::vector<Turn>& actions, Coverage&) const {
        for (int hand = 0; hand < 2; ++hand) {
            for (const int by : {1, 3}) actions.push_back({hand, by});
        }
        return std::nullopt;
    }
    [[nodiscard]] std::optional<Violation> apply(Hands& state, Turn turn, Coverage& coverage) const {
        int& hand = state.hands[static_cast<std::size_t>(turn.hand)];
        hand = (hand + turn.hours) % hours;
        ++coverage.counts[static_cast<std::size_t>(turn.hand)];
        if (state.hands != forbidden) return std::nullopt;
        HIGHWATER_INVARIANT(!breaks_an_invariant, "hands at {} and {}", state.hands[0], state.hands[1]);
        return Violation{"NotThere", "the hands are where they must not be"};
    }
    [[nodiscard]] std::uint64_t fingerprint(const Hands& state) const {
        return mix_bits(static_cast<std::uint64_t>(state.hands[0] * 1000 + state.hands[1]));
    }
    [[nodiscard]] bool disturbs(Turn turn) const { return turn.hours == 3; }
};
static_assert(System<Clockwork>);

TEST(Exhaustive, VisitsEveryStateOnceAndTakesEveryStep) {
    const auto run = explore_exhaustively(Clockwork{}, {});
    EXPECT_TRUE(run.complete);
    EXPECT_EQ(run.states, 1600U);
    EXPECT_EQ(run.steps, 1600U * 4);
    // Each hand needs at most 13 threes, or 12 threes and two ones (38 = 12 * 3 + 2).
    EXPECT_EQ(run.depth, 28U);
    EXPECT_EQ(run.coverage.counts[0], 3200U);
    EXPECT_EQ(run.coverage.counts[1], 3200U);
}

TEST(Exhaustive, IsEqualForAnyNumberOfThreads) {
    Clockwork clock;
    clock.hours = 300;
    const auto one = explore_exhaustively(clock, {.threads = 1});
    const auto four = explore_exhaustively(clock, {.threads = 4});
    EXPECT_EQ(one.states, 90'000U);
    EXPECT_EQ(four.states, one.states);
    EXPECT_EQ(four.steps, one.steps);
    EXPECT_EQ(four.depth, one.depth);
    EXPECT_EQ(four.coverage, one.coverage);

    clock.forbidden = {150, 77};
    const auto found_by_one = explore_exhaustively(clock, {.threads = 1});
    const auto found_by_four = explore_exhaustively(clock, {.threads = 4});
    ASSERT_TRUE(found_by_one.counterexample && found_by_four.counterexample);
    EXPECT_EQ(found_by_one.counterexample->actions, found_by_four.counterexample->actions);
    EXPECT_EQ(found_by_one.states, found_by_four.states);
}

TEST(Exhaustive, FindsTheShortestWay) {
    Clockwork clock;
    clock.forbidden = {7, 4};
    const auto run = explore_exhaustively(clock, {});
    ASSERT_TRUE(run.counterexample);
    EXPECT_FALSE(run.complete);
    EXPECT_EQ(run.counterexample->actions.size(), 5U);  // 3+3+1 and 3+1
    const auto again = replay(clock, std::span<const Turn>(run.counterexample->actions), Impossible::stop);
    ASSERT_TRUE(again.violation);
    EXPECT_EQ(again.violation->property, "NotThere");
}

TEST(Exhaustive, SaysThatItIsNotCompleteWhenALimitEndsIt) {
    EXPECT_FALSE(explore_exhaustively(Clockwork{}, {.max_states = 100}).complete);
    const auto shallow = explore_exhaustively(Clockwork{}, {.max_depth = 2});
    EXPECT_FALSE(shallow.complete);
    EXPECT_EQ(shallow.depth, 2U);
}

TEST(Exhaustive, ShowsTheWayToABrokenInvariantOfTheCore) {
    Clockwork clock;
    clock.forbidden = {2, 0};
    clock.breaks_an_invariant = true;
    const auto run = explore_exhaustively(clock, {});
    ASSERT_TRUE(run.counterexample);
    EXPECT_EQ(run.counterexample->violation.property, kInvariantProperty);
    EXPECT_EQ(run.counterexample->actions.size(), 2U);
}

TEST(Random, FindsTheSameFromTheSameSeed) {
    Clockwork clock;
    clock.forbidden = {31, 17};
    const auto first = explore_randomly(clock, {.seed = 7, .steps = 4000});
    const auto second = explore_randomly(clock, {.seed = 7, .steps = 4000});
    ASSERT_TRUE(first.counterexample);
    EXPECT_EQ(first.counterexample->actions, second.counterexample->actions);
    EXPECT_EQ(first.steps, second.steps);
}

// O13: leaving out must keep the violation, and end with nothing to leave out.
TEST(LeaveOut, EndsAtAWayFromWhichNothingCanBeLeftOut) {
    Clockwork clock;
    clock.forbidden = {31, 17};
    const auto found = explore_randomly(clock, {.seed = 7, .steps = 4000});
    ASSERT_TRUE(found.counterexample);
    const auto shorter = leave_out(clock, *found.counterexample);
    EXPECT_LE(shorter.actions.size(), found.counterexample->actions.size());
    EXPECT_EQ(shorter.violation.property, "NotThere");
    for (std::size_t i = 0; i < shorter.actions.size(); ++i) {
        auto without = shorter.actions;
        without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(replay(clock, std::span<const Turn>(without), Impossible::skip).violation);
    }
}

TEST(FingerprintSet, KnowsWhatWasInsertedAcrossGrowth) {
    FingerprintSet set;
    for (std::uint64_t i = 0; i < 10'000; ++i) EXPECT_TRUE(set.insert(mix_bits(i)));
    for (std::uint64_t i = 0; i < 10'000; ++i) EXPECT_FALSE(set.insert(mix_bits(i)));
    for (std::uint64_t i = 0; i < 10'000; ++i) EXPECT_TRUE(set.contains(mix_bits(i)));
    EXPECT_FALSE(set.contains(mix_bits(10'001)));
    EXPECT_EQ(set.size(), 10'000U);
}

TEST(FingerprintSet, TakesBetweenTenAndTwelveBytesAStateWhenLarge) {
    FingerprintSet set;
    for (std::uint64_t i = 0; i < 300'000; ++i) {
        set.insert(mix_bits(i));
        if (i < 50'000) continue;
        ASSERT_LE(set.memory_bytes(), 13 * set.size());
        ASSERT_GE(set.memory_bytes(), 9 * set.size());
    }
}

TEST(DiscoveryTree, TellsTheWayToEveryState) {
    // A tree in which state n has n % 4 children (0 has three), the last of them by an action far down the list.
    struct Origin {
        std::size_t parent;
        std::size_t action;
    };
    std::vector<Origin> origins{{0, 0}};
    DiscoveryTree tree;
    for (std::size_t parent = 0; parent < origins.size() && origins.size() < 100'000; ++parent) {
        const std::size_t children = parent == 0 ? 3 : parent % 4;
        for (std::size_t child = 0; child < children; ++child) {
            const std::size_t action = child + 1 == children ? parent % 1000 : child;
            tree.found(action);
            origins.push_back({parent, action});
        }
        tree.expanded();
    }
    ASSERT_GE(origins.size(), 100'000U);
    for (std::size_t id = 0; id < origins.size(); id += 997) {
        std::vector<std::size_t> path;
        for (std::size_t at = id; at != 0; at = origins[at].parent) path.insert(path.begin(), origins[at].action);
        EXPECT_EQ(tree.path_to(id), path) << id;
    }
}

/// The clockwork whose hands are alike.
class AlikeHands : public Clockwork {
  public:
    using Clockwork::fingerprint;
    /// Whether the profile tells the hands apart, or says nothing.
    bool helpful_profile = true;

    [[nodiscard]] std::size_t alike_ids() const { return 2; }
    [[nodiscard]] std::uint64_t fingerprint(const Hands& state, const Renaming& renaming) const {
        Hands renamed;
        for (std::size_t hand = 0; hand < 2; ++hand) renamed.hands[renaming.to[hand]] = state.hands[hand];
        return fingerprint(renamed);
    }
    [[nodiscard]] std::uint64_t profile(const Hands& state, std::size_t hand) const {
        return helpful_profile ? static_cast<std::uint64_t>(state.hands[hand]) : 0;
    }
};
static_assert(Symmetric<AlikeHands> && !Symmetric<Clockwork>);

TEST(Symmetry, VisitsOneStateOfEachOrbitAndCountsThemAll) {
    for (const bool helpful : {true, false}) {
        AlikeHands clock;
        clock.helpful_profile = helpful;
        const auto reduced = explore_exhaustively(clock, {});
        EXPECT_EQ(reduced.states, 40U * 41 / 2);
        EXPECT_EQ(reduced.unreduced_states, 1600U);
        const auto whole = explore_exhaustively(clock, {.symmetry = false});
        EXPECT_EQ(whole.states, 1600U);
        EXPECT_EQ(whole.unreduced_states, 1600U);
        EXPECT_EQ(whole.depth, reduced.depth);
    }
}

TEST(Renamings, AreAllOfThemAndTheirInverses) {
    const auto all = all_renamings(4);
    ASSERT_EQ(all.size(), 24U);
    for (const Renaming& renaming : all) {
        EXPECT_EQ(&renaming - all.data(), static_cast<std::ptrdiff_t>(renaming.number));
        for (std::size_t id = 0; id < 4; ++id) EXPECT_EQ(renaming.from[renaming.to[id]], id);
    }
}

}  // namespace
}  // namespace highwater::model
