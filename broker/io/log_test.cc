#include "broker/io/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace highwater::io {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

struct Captured {
    std::vector<std::string> lines;
    Timestamp now{1'700'000'000'123};
    Log log{LogLevel::info, [this](std::string_view line) { lines.emplace_back(line); }, [this] { return now; }};
};

TEST(Log, WritesOneLineWithTheTimeInUtc) {
    Captured captured;
    captured.log.write(LogLevel::warning, LogKind::node, "disk {} is full", "a");
    EXPECT_THAT(captured.lines, ElementsAre("2023-11-14T22:13:20.123Z warning disk a is full\n"));
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
    Captured captured;
    captured.log.write(LogLevel::debug, LogKind::node, "detail");
    EXPECT_THAT(captured.lines, SizeIs(0));
}

// B28 of the table of bad input: what a peer sends can neither end the line nor reach the terminal.
TEST(Log, EscapesWhatAPeerWrote) {
    EXPECT_EQ(escaped("a\nb\x1B[2J\\\"%n" + std::string(1, '\0') + "\xC3\x28"), "a\\x0ab\\x1b[2J\\\\\"%n\\x00\\xc3(");
    EXPECT_EQ(escaped(std::string(1000, 'x')), std::string(400, 'x') + "...");
}

TEST(Log, AFloodOfOneKindIsCountedAndHidesNoOther) {
    Captured captured;
    for (int i = 0; i < 1000; ++i) captured.log.write(LogLevel::info, LogKind::connection, "flood {}", i);
    captured.log.write(LogLevel::info, LogKind::accept, "other");
    EXPECT_THAT(captured.lines, SizeIs(Log::kPerSecond + 1));
    captured.now = Timestamp{captured.now.value() + 1000};
    captured.log.write(LogLevel::info, LogKind::connection, "again");
    EXPECT_EQ(captured.lines.back(),
              "2023-11-14T22:13:21.123Z info again (990 lines like this were left out before)\n");
}

}  // namespace
}  // namespace highwater::io
