// A page is text that somebody's data cannot break, and it says where each message went.
#include <algorithm>

#include <gtest/gtest.h>

#include "model/cluster/cluster_world.h"
#include "model/explore/random.h"
#include "model/scenarios/check.h"
#include "model/scenarios/idempotence.h"
#include "model/scenarios/replication.h"
#include "model/trace/cluster_picture.h"
#include "model/trace/minimise.h"
#include "model/trace/partition_picture.h"

namespace highwater::model {
namespace {

std::size_t count_of(const Picture& picture, MessageFate fate) {
    return static_cast<std::size_t>(std::ranges::count(picture.messages, fate, &DrawnMessage::fate));
}

TEST(Page, ShowsTextAsTextWhereverItStands) {
    const std::string text = "</script><b>\"&'";
    Picture picture;
    picture.title = picture.property = picture.statement = picture.story = text;
    picture.notes = picture.facts = {text};
    picture.lanes = {{LaneKind::broker, text}};
    picture.frames.resize(1);
    picture.frames[0].lines = {text};
    picture.frames[0].marks = {{0, MarkKind::kill, text}};
    picture.frames[0].states = {{}};
    const std::string page = page_of(picture);
    EXPECT_EQ(page.find("<b>\""), std::string::npos);
    EXPECT_NE(page.find("&lt;/script&gt;&lt;b&gt;&quot;&amp;'"), std::string::npos);
    EXPECT_NE(page.find("\\u003c/script>\\u003cb>"), std::string::npos) << "in the data";
    EXPECT_EQ(page.find("<!--"), std::string::npos) << "every gap is filled";
    EXPECT_EQ(page.find("http://"), page.find("http://www.w3.org/2000/svg")) << "but for the name of a namespace";
}

TEST(Page, NamesEachFactOfAViolation) {
    EXPECT_EQ(split_facts("#0 was committed; broker 2 has nothing"),
              (std::vector<std::string>{"#0 was committed", "broker 2 has nothing"}));
    EXPECT_EQ(split_facts("only one"), std::vector<std::string>{"only one"});
}

// The same run told and drawn: as many frames as actions, and the same words in them.
TEST(Picture, OfAPartitionFollowsWhatWasLostAndWhatWasRepeated) {
    const Scope& scope = find_scenario("idempotence")->find(ScopeSize::small)->scope;
    const auto is = [](ActionKind kind, std::uint8_t a = 0, std::uint8_t b = 0) { return Action{kind, a, b}; };
    const std::vector<Action> actions = {is(ActionKind::disconnect, 0, 1), is(ActionKind::deliver_stray),
                                         is(ActionKind::complete_append), is(ActionKind::power_loss)};
    const Picture picture = picture_of(scope, actions);
    ASSERT_EQ(picture.frames.size(), actions.size() + 1);
    EXPECT_EQ(picture.property, "");
    const auto late = std::ranges::find(picture.messages, true, &DrawnMessage::late);
    ASSERT_NE(late, picture.messages.end());
    EXPECT_EQ(late->sent_in, 0U);
    EXPECT_EQ(late->ended_in, 2U);
    EXPECT_EQ(late->fate, MessageFate::arrived);
    EXPECT_GE(count_of(picture, MessageFate::lost), 1U) << "the power loss takes what is under way";
    EXPECT_EQ(picture.frames.back().marks.back().kind, MarkKind::power_loss);
    EXPECT_EQ(picture.frames.back().states.back().role, "down");
    const auto told = tell_story(scope, actions);
    for (const std::string& line : picture.frames[2].lines) EXPECT_NE(told.text.find(line), std::string::npos) << line;
}

TEST(Picture, OfAClusterFollowsWhatIsLostLateAndRepeated) {
    using cluster::ActionKind;
    const auto is = [](ActionKind kind, std::uint8_t a = 0, std::uint8_t b = 0) { return cluster::Action{kind, a, b}; };
    cluster::Scope scope = cluster::find_scenario("replication")->find(ScopeSize::ci)->scope;
    scope.budget(ActionKind::duplicate) = scope.budget(ActionKind::drop) = 1;
    const std::vector<cluster::Action> actions = {is(ActionKind::produce), is(ActionKind::fetch, 1),
                                                  is(ActionKind::duplicate, 1), is(ActionKind::drop, 1),
                                                  is(ActionKind::deliver_late)};
    const Picture picture = picture_of(scope, actions);
    ASSERT_EQ(picture.frames.size(), actions.size() + 1);
    ASSERT_GE(picture.messages.size(), 3U);
    const DrawnMessage& original = picture.messages[1];
    const DrawnMessage& copy = picture.messages[2];
    EXPECT_TRUE(original.repeated && copy.repeated);
    EXPECT_EQ(original.fate, MessageFate::lost);
    EXPECT_EQ(original.ended_in, 4U);
    EXPECT_TRUE(copy.late);
    EXPECT_EQ(copy.sent_in, 2U);
    EXPECT_EQ(copy.ended_in, 5U);
}

TEST(Picture, OfEveryRunHasNoMessageThatEndsBeforeItIsSent) {
    for (const cluster::Scenario& scenario : cluster::replication_scenarios()) {
        const cluster::Scope& scope = scenario.scopes.front().scope;
        const cluster::ClusterWorld world(scope);
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            RandomSource random(seed);
            auto state = world.initial();
            std::vector<cluster::Action> actions;
            std::vector<cluster::Action> enabled;
            Coverage coverage;
            for (int step = 0; step < 60; ++step) {
                enabled.clear();
                ASSERT_FALSE(world.enabled(state, enabled, coverage).has_value());
                if (enabled.empty()) break;
                actions.push_back(enabled[random.below(enabled.size())]);
                ASSERT_FALSE(world.apply(state, actions.back(), coverage).has_value());
            }
            const Picture picture = picture_of(scope, actions);
            ASSERT_EQ(picture.frames.size(), actions.size() + 1);
            std::size_t under_way = 0;
            for (const DrawnMessage& message : picture.messages) {
                EXPECT_LT(message.from, picture.lanes.size());
                EXPECT_LT(message.to, picture.lanes.size());
                EXPECT_LE(message.sent_in, message.ended_in.value_or(actions.size()));
                under_way += message.ended_in ? 0 : 1;
            }
            // What is drawn as under way at the end is what the state has under way.
            std::size_t expected = state.rest.network.late.size();
            for (const auto& slot : state.rest.network.slots) {
                expected += slot.kind != cluster::Message::Kind::none ? 1 : 0;
            }
            for (const std::uint8_t unseen : state.rest.unseen) expected += unseen;
            EXPECT_EQ(under_way, expected) << scenario.name << ", seed " << seed;
        }
    }
}

TEST(ReadingOrder, SendsWhatIsWaitedForJustBeforeItArrives) {
    using cluster::ActionKind;
    const auto is = [](ActionKind kind, std::uint8_t a = 0, std::uint8_t b = 0) { return cluster::Action{kind, a, b}; };
    // No run of the core as it is violates anything, so the property here is made up: a broker is down.
    cluster::Scope scope = cluster::find_scenario("replication-elections")->find(ScopeSize::small)->scope;
    struct Killed : cluster::ClusterWorld {
        using ClusterWorld::ClusterWorld;
        [[nodiscard]] std::optional<Violation> apply(State& state, Action action, Coverage& coverage) const {
            static_cast<void>(ClusterWorld::apply(state, action, coverage));
            return action.kind == ActionKind::fence ? std::optional(Violation{"NobodyIsFenced", "one is"})
                                                    : std::nullopt;
        }
    };
    Counterexample<cluster::Action> found{
        {is(ActionKind::produce), is(ActionKind::fetch, 1), is(ActionKind::fetch, 2), is(ActionKind::deliver, 1),
         is(ActionKind::deliver, 1), is(ActionKind::deliver, 2), is(ActionKind::fence, 0)},
        {"NobodyIsFenced", "one is"}};
    const auto cost = [&](const auto& actions) { return frames_under_way(picture_of(scope, actions)); };
    const std::size_t before = cost(found.actions);
    found = in_reading_order(Killed(scope), found, cost);
    EXPECT_EQ(found.actions.size(), 7U);
    EXPECT_LT(cost(found.actions), before);
    const auto sent = std::ranges::find(found.actions, is(ActionKind::fetch, 2));
    EXPECT_EQ(*(sent + 1), is(ActionKind::deliver, 2));
    EXPECT_EQ(found.actions.back(), is(ActionKind::fence, 0));
}

}  // namespace
}  // namespace highwater::model
