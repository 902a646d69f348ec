// The main of a mutant's program whose hunter is a test program: the mutant's file names the test that must fail, and
// the property that it must name. Exit codes as highwater-model's: 0 found as said, 1 not.
//
//   highwater-mutant-ID hunt [--board] [--expect-survival]
//   highwater-mutant-ID --gtest_...     the test program itself
#include <array>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "model/mutants/mutant.h"
#include "model/scenarios/board.h"

namespace highwater::model {
namespace {

struct Run {
    std::string output;
    bool failed = false;
    double seconds = 0;
};

/// In a process of its own, since a mutant may well break an invariant.
Run run_test(const std::string& program, std::string_view test) {
    const auto start = std::chrono::steady_clock::now();
    const std::string command =
        fmt::format("RC_PARAMS='seed=1 max_success=5000' '{}' --gtest_filter='{}' 2>&1", program, test);
    Run run;
    std::FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return run;
    std::array<char, 4096> buffer{};
    while (const std::size_t read = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
        run.output.append(buffer.data(), read);
    }
    run.failed = pclose(pipe) != 0;
    run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return run;
}

/// The text between the first `before` and what follows it at `after`.
std::optional<std::string> between(std::string_view text, std::string_view before, std::string_view after) {
    const auto begin = text.find(before);
    if (begin == std::string_view::npos) return std::nullopt;
    const auto from = begin + before.size();
    const auto end = text.find(after, from);
    if (end == std::string_view::npos) return std::nullopt;
    return std::string(text.substr(from, end - from));
}

/// The property that the failing test names: "NAME does not hold", a broken invariant of the core, or the test.
std::string property_of(const std::string& output) {
    const std::string_view text = output;
    constexpr std::string_view kVerdict = " does not hold: ";
    for (auto at = text.find(kVerdict); at != std::string_view::npos; at = text.find(kVerdict, at + 1)) {
        auto begin = at;
        while (begin > 0 && std::isalnum(static_cast<unsigned char>(text[begin - 1])) != 0) --begin;
        if (begin < at) return std::string(text.substr(begin, at - begin));
    }
    if (text.find("invariant violated: ") != std::string_view::npos) return "CoreInvariant";
    return between(text, "[  FAILED  ] ", " ").value_or("nothing");
}

int hunt(const std::string& program, bool board, bool expect_survival) {
    const CoreVariant& mutant = core_variant();
    const Run run = run_test(program, mutant.scope);
    const std::string property = run.failed ? property_of(run.output) : std::string{};
    const bool as_said = property == mutant.breaks;
    if (!board) {
        fmt::print("{}\n{}: {} ({})\n", run.output, mutant.id, mutant.title, mutant.source);
        if (!run.failed) {
            fmt::print("SURVIVED {} {}\n", mutant.scenario, mutant.scope);
        } else if (!as_said) {
            fmt::print("expected to break {}, broke {}\n", mutant.breaks, property);
        }
        return as_said != expect_survival ? 0 : 1;
    }
    // Of a property test: the cases until one failed. What it took to shrink that is not counted.
    std::optional<std::uint64_t> cases;
    if (const auto text = between(run.output, "Falsifiable after ", " tests")) cases = std::stoull(*text);
    fmt::print("{}\n", to_line({.id = std::string{mutant.id},
                                .title = std::string{mutant.title},
                                .source = std::string{mutant.source},
                                .scenario = std::string{mutant.scenario},
                                .scope = std::string{mutant.scope},
                                .killed_by = property,
                                .as_said = as_said,
                                .actions = 0,
                                .states = 0,
                                .processor_seconds = run.seconds,
                                .found = {{"test cases", cases}}}));
    return as_said ? 0 : 1;
}

}  // namespace
}  // namespace highwater::model

int main(int argc, char** argv) {
    using std::string_view;
    if (argc > 1 && string_view(argv[1]) == "hunt") {
        bool board = false;
        bool expect_survival = false;
        for (int i = 2; i < argc; ++i) {
            board = board || string_view(argv[i]) == "--board";
            expect_survival = expect_survival || string_view(argv[i]) == "--expect-survival";
        }
        return highwater::model::hunt(argv[0], board, expect_survival);
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
