// A saved counterexample is text that a person reads and that repeats the violation.
#include <sstream>

#include <gtest/gtest.h>

#include "model/scenarios/check.h"
#include "model/trace/story.h"
#include "model/trace/trace.h"

namespace highwater::model {
namespace {

Trace found_trace() {
    const Scenario& scenario = *find_scenario("replicated-power-loss");
    const ScenarioScope& scope = *scenario.find(ScopeSize::small);
    const auto run = explore(scope.scope, {});
    return {.scenario = std::string{scenario.name},
            .size = ScopeSize::small,
            .core = {},
            .property = std::string{run.counterexample->violation.property},
            .facts = run.counterexample->violation.facts,
            .actions = run.counterexample->actions};
}

TEST(Trace, IsReadBackAsItWasWritten) {
    const Trace trace = found_trace();
    std::stringstream text;
    write_trace(text, trace);
    const auto again = read_trace(text);
    ASSERT_TRUE(again.has_value()) << again.error();
    EXPECT_EQ(*again, trace);
}

TEST(Trace, RepeatsItsViolationAndTellsTheSameStoryEachTime) {
    const Trace trace = found_trace();
    const Scope& scope = find_scenario(trace.scenario)->find(trace.size)->scope;
    const Told first = tell_story(scope, trace.actions);
    const Told second = tell_story(scope, trace.actions);
    EXPECT_EQ(first.property, trace.property);
    EXPECT_EQ(first.text, second.text);
    EXPECT_NE(first.text.find("power loss: 0 of 1 batches survive"), std::string::npos) << first.text;
}

// O14: a trace with one action missing is another run.
TEST(Trace, DoesNotRepeatWithoutOneOfItsActions) {
    const Trace trace = found_trace();
    const Scope& scope = find_scenario(trace.scenario)->find(trace.size)->scope;
    for (std::size_t i = 0; i < trace.actions.size(); ++i) {
        auto actions = trace.actions;
        actions.erase(actions.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_NE(tell_story(scope, actions).property, trace.property);
    }
}

TEST(Trace, RefusesWhatIsNotOne) {
    const auto error_of = [](const std::string& text) {
        std::istringstream in(text);
        const auto trace = read_trace(in);
        return trace ? std::string{} : trace.error();
    };
    const std::string first = "highwater-model trace 1\n";
    EXPECT_EQ(error_of(first + "scenario x\nscope small\n"), "");
    EXPECT_NE(error_of("something else\n"), "");
    EXPECT_NE(error_of(first), "");
    EXPECT_NE(error_of(first + "scenario x\nscope vast\n"), "");
    EXPECT_NE(error_of(first + "scenario x\naction fly 0 0\n"), "");
    EXPECT_NE(error_of(first + "scenario x\nweather fine\n"), "");
}

}  // namespace
}  // namespace highwater::model
