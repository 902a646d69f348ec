// A person, or a script, walks through the states of a scenario.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "model/scenarios/checker.h"

namespace highwater::model {
namespace {

struct Walked {
    std::string transcript;
    Verdict verdict;
};

Walked walk(std::string_view scenario, const std::string& commands, const ReportOptions& report = {}) {
    std::istringstream in(commands);
    std::ostringstream out;
    const Verdict verdict = find_checker(scenario)->walk(ScopeSize::small, report, in, out);
    return {out.str(), verdict};
}

/// What stands after the n-th prompt.
std::string after_prompt(const std::string& transcript, std::size_t prompt) {
    std::size_t at = 0;
    for (; prompt > 0; --prompt) at = transcript.find("\n> ", at) + 1;
    return transcript.substr(at, transcript.find("\n> ", at) - at);
}

TEST(Walk, ListsWhatCanHappenMarksDisturbancesAndTellsWhatComesOfAChoice) {
    const auto walked = walk("replication-elections", "1\nq\n");
    EXPECT_EQ(walked.verdict, Verdict::holds);
    EXPECT_NE(walked.transcript.find("   1  produce 0 0          the producer sends #0 to broker 0\n"),
              std::string::npos);
    EXPECT_NE(walked.transcript.find("   4! fence 0 0"), std::string::npos);
    EXPECT_NE(after_prompt(walked.transcript, 1).find("  1. produce 0 0\n      the producer sends #0 to broker 0\n"),
              std::string::npos)
        << walked.transcript;
}

TEST(Walk, UndoComesBackToTheSameStateAndNoFurtherThanTheBeginning) {
    const auto walked = walk("replication-elections", "1\n2\nu\nu\nu\n").transcript;
    const auto listed = [](const std::string& text) { return text.substr(text.find("\ncontroller: ")); };
    EXPECT_EQ(listed(after_prompt(walked, 3)), listed(after_prompt(walked, 1)));
    EXPECT_NE(listed(after_prompt(walked, 2)), listed(after_prompt(walked, 1)));
    EXPECT_NE(after_prompt(walked, 5).find("this is the beginning"), std::string::npos) << walked;
}

TEST(Walk, SaysWhatIsNoCommandAndEndsWithItsInput) {
    const auto walked = walk("failures", "fly\n99\n0\n1x\n\n").transcript;
    EXPECT_NE(after_prompt(walked, 1).find("no such action or command: fly"), std::string::npos);
    EXPECT_NE(after_prompt(walked, 2).find("no such action or command: 99"), std::string::npos);
    EXPECT_NE(after_prompt(walked, 3).find("no such action or command: 0"), std::string::npos);
    EXPECT_NE(after_prompt(walked, 4).find("no such action or command: 1x"), std::string::npos);
    EXPECT_EQ(walked.back(), '\n');
}

// The scenario that is known to fail: what was acknowledged from memory is gone after a power loss.
TEST(Walk, TellsAViolationAtOnceSavesTheWayAndDrawsIt) {
    const auto folder = std::filesystem::temp_directory_path() / "highwater-walk-test";
    std::filesystem::create_directories(folder);
    const std::string trace_file = folder / "way.trace";
    const std::string page_file = folder / "way.html";
    const std::string commands = "1\n1\n1\n1\n1\n1\n1\n1\ns " + trace_file + "\nh " + page_file + "\nu\nq\n";
    ReportOptions report;
    report.program = "highwater-model";
    const auto walked = walk("replicated-power-loss", commands, report);
    EXPECT_EQ(walked.verdict, Verdict::holds) << "undone, it is not violated any more";
    EXPECT_NE(walked.transcript.find("[violates NoAckedLoss]"), std::string::npos) << "before it is chosen";
    const auto violated = after_prompt(walked.transcript, 7);
    EXPECT_NE(violated.find("VIOLATED NoAckedLoss: "), std::string::npos) << walked.transcript;
    EXPECT_NE(violated.find("\n  A record whose produce was answered with success"), std::string::npos);
    EXPECT_NE(after_prompt(walked.transcript, 8).find("no such action"), std::string::npos) << "nothing is after it";

    std::ifstream in(trace_file);
    const auto trace = read_trace(in);
    ASSERT_TRUE(trace.has_value());
    EXPECT_EQ(trace->actions.size(), 7U);
    const auto told = find_checker(trace->scenario)->retell(*trace);
    ASSERT_TRUE(told.has_value());
    EXPECT_EQ(told->property, "NoAckedLoss");
    EXPECT_GT(std::filesystem::file_size(page_file), 10'000U);
    std::filesystem::remove_all(folder);
}

TEST(Walk, OfASilencedPropertyGoesOn) {
    ReportOptions report;
    report.silenced = {"NoAckedLoss"};
    const auto walked = walk("replicated-power-loss", "1\n1\n1\n1\n1\n1\n1\n", report);
    EXPECT_EQ(walked.transcript.find("NoAckedLoss"), std::string::npos) << walked.transcript;
    report.silenced = {"NoSuchProperty"};
    EXPECT_EQ(walk("replicated-power-loss", "1\n", report).verdict, Verdict::usage);
}

}  // namespace
}  // namespace highwater::model
