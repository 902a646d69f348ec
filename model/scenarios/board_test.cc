// The board: what mutants' programs say of themselves, and the page that is made of it.
#include "model/scenarios/board.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace highwater::model {
namespace {

BoardLine a_line() {
    return {.id = "D01",
            .title = "a check is taken out",
            .source = "KIP-98",
            .scenario = "idempotence",
            .scope = "small",
            .killed_by = "NoDuplicate",
            .as_said = true,
            .actions = 4,
            .states = 1234,
            .processor_seconds = 0.125,
            .found = {{"exhaustive", 4711}, {"random", std::nullopt}}};
}

TEST(Board, ALineIsReadBackAsItWasWritten) {
    EXPECT_EQ(parse_board_line(to_line(a_line())), a_line());
    BoardLine survivor = a_line();
    survivor.killed_by.clear();
    survivor.as_said = false;
    EXPECT_EQ(parse_board_line(to_line(survivor)), survivor);
}

TEST(Board, AnythingElseThatAProgramPrintsIsNoLine) {
    EXPECT_FALSE(parse_board_line(""));
    EXPECT_FALSE(parse_board_line("D01: found in 12 states"));
    const std::string line = to_line(a_line());
    EXPECT_FALSE(parse_board_line(line.substr(0, line.rfind('\t'))));
}

TEST(Board, TheFirstExplorerIsTheOneThatNeededTheFewestSteps) {
    BoardLine line = a_line();
    EXPECT_EQ(line.first(), "exhaustive");
    line.found.push_back({"swarm", 12});
    EXPECT_EQ(line.first(), "swarm");
    line.found.clear();
    EXPECT_EQ(line.first(), "-");
}

TEST(Board, ASurvivorIsListedAsOne) {
    BoardLine survivor = a_line();
    survivor.killed_by.clear();
    EXPECT_NE(board_text({survivor}).find("SURVIVED"), std::string::npos);
    EXPECT_NE(board_page({survivor}).find("**survives**"), std::string::npos);
    EXPECT_NE(board_page({survivor}).find("0 of 1 are found"), std::string::npos);
}

std::string value_of(const std::filesystem::path& mutant, const std::string& word) {
    std::ifstream in(mutant);
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(word + " ")) return line.substr(word.size() + 1);
    }
    return {};
}

// docs/mutants.md is made by hunting them all, which takes minutes; that it is of these mutants is looked at here.
TEST(Board, ThePageInTheDocumentationListsTheMutantsThatThereAre) {
    const std::filesystem::path source = HIGHWATER_SOURCE_DIR;
    std::ifstream in(source / "docs/mutants.md");
    ASSERT_TRUE(in) << "docs/mutants.md is missing: highwater-model mutants --page > docs/mutants.md";
    std::set<std::string> listed;
    for (std::string line; std::getline(in, line);) {
        const auto end = line.find(" | ", line.find(" | ") + 1);
        if (line.starts_with("| ") && !line.starts_with("| mutant") && !line.starts_with("| ---")) {
            listed.insert(line.substr(0, end));
        }
    }
    std::set<std::string> there;
    for (const auto& entry : std::filesystem::directory_iterator(source / "model/mutants")) {
        if (entry.path().extension() != ".mutant") continue;
        there.insert("| " + value_of(entry.path(), "id") + " | " + value_of(entry.path(), "title"));
    }
    EXPECT_EQ(listed, there) << "make it anew: highwater-model mutants --page > docs/mutants.md";
}

}  // namespace
}  // namespace highwater::model
