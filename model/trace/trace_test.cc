// A saved counterexample is text that a person reads and that repeats the violation.
#include <sstream>

#include <gtest/gtest.h>

#include "model/scenarios/check.h"
#include "model/scenarios/checker.h"
#include "model/scenarios/idempotence.h"
#include "model/trace/trace.h"

namespace highwater::model {
namespace {

Trace found_trace() {
    const Scenario& scenario = *find_scenario("replicated-power-loss");
    const ScenarioScope& scope = *scenario.find(ScopeSize::small);
    const auto run = explore(scope.scope, {});
    Trace trace{.scenario = std::string{scenario.name},
                .size = ScopeSize::small,
                .core = {},
                .silenced = {},
                .property = std::string{run.counterexample->violation.property},
                .facts = run.counterexample->violation.facts,
                .actions = {},
                .cycle = {}};
    for (const Action action : run.counterexample->actions) trace.actions.push_back(to_text(action));
    return trace;
}

Told told(const Trace& trace) {
    return *find_checker(trace.scenario)->retell(trace);
}

TEST(Trace, IsReadBackAsItWasWritten) {
    Trace trace = found_trace();
    trace.silenced = {"Contiguous", "StableRead"};
    trace.cycle = {"restart 0 0"};
    std::stringstream text;
    write_trace(text, trace);
    const auto again = read_trace(text);
    ASSERT_TRUE(again.has_value()) << again.error();
    EXPECT_EQ(*again, trace);
}

TEST(Trace, RepeatsItsViolationAndTellsTheSameStoryEachTime) {
    const Trace trace = found_trace();
    const Told first = told(trace);
    const Told second = told(trace);
    EXPECT_EQ(first.property, trace.property);
    EXPECT_EQ(first.text, second.text);
    EXPECT_NE(first.text.find("power loss: 0 of 1 batches survive"), std::string::npos) << first.text;
}

TEST(Trace, GoesOnToAnotherViolationWhenAPropertyIsSilenced) {
    Trace trace = found_trace();
    trace.silenced = {trace.property};
    EXPECT_NE(told(trace).property, trace.property);
}

// O14: a trace with one action missing is another run.
TEST(Trace, DoesNotRepeatWithoutOneOfItsActions) {
    const Trace trace = found_trace();
    for (std::size_t i = 0; i < trace.actions.size(); ++i) {
        Trace shorter = trace;
        shorter.actions.erase(shorter.actions.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_NE(told(shorter).property, trace.property);
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
    EXPECT_NE(error_of(first + "scenario x\nweather fine\n"), "");
}

TEST(Trace, OfAnotherWorldOrScopeIsRefused) {
    Trace trace = found_trace();
    trace.actions.push_back("fly 0 0");
    EXPECT_FALSE(find_checker(trace.scenario)->retell(trace).has_value());
    trace = found_trace();
    trace.silenced = {"NoSuchProperty"};
    EXPECT_FALSE(find_checker(trace.scenario)->retell(trace).has_value());
    trace = found_trace();
    trace.size = ScopeSize::large;
    EXPECT_FALSE(find_checker(trace.scenario)->retell(trace).has_value());
}

}  // namespace
}  // namespace highwater::model
