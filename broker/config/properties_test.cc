#include "broker/config/properties.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace highwater::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Property> parsed(std::string_view text) {
    auto properties = parse_properties(text);
    EXPECT_TRUE(properties.has_value()) << properties.error().message;
    return properties.value_or(std::vector<Property>{});
}

// The examples of java.util.Properties' class documentation.
TEST(Properties, SeparatesKeyAndValueAtTheFirstEqualsColonOrSpace) {
    EXPECT_THAT(parsed("Truth = Beauty\n Truth:Beauty\nTruth                    :Beauty\ncheeses\na b = c\n"),
                ElementsAre(Property{"Truth", "Beauty", 1}, Property{"Truth", "Beauty", 2},
                            Property{"Truth", "Beauty", 3}, Property{"cheeses", "", 4}, Property{"a", "b = c", 5}));
}

TEST(Properties, JoinsContinuedLinesWithoutTheirLeadingSpace) {
    EXPECT_THAT(parsed("fruits   apple, banana, pear, \\\n      cantaloupe, \\\n      kiwi\nnext=1"),
                ElementsAre(Property{"fruits", "apple, banana, pear, cantaloupe, kiwi", 1}, Property{"next", "1", 4}));
}

TEST(Properties, TakesAnEvenNumberOfBackslashesAtTheEndAsText) {
    EXPECT_THAT(parsed("a=x\\\\\nb=y"), ElementsAre(Property{"a", "x\\", 1}, Property{"b", "y", 2}));
}

TEST(Properties, LeavesOutCommentsAndBlankLines) {
    EXPECT_THAT(parsed("# c\n  ! c \\\n\n \t\na=1 # not a comment\n"),
                ElementsAre(Property{"a", "1 # not a comment", 5}));
    EXPECT_THAT(parsed(""), IsEmpty());
    EXPECT_THAT(parsed("   "), IsEmpty());
}

TEST(Properties, ACommentSignAfterAContinuationIsText) {
    EXPECT_THAT(parsed("a=1,\\\n#2"), ElementsAre(Property{"a", "1,#2", 1}));
}

TEST(Properties, ResolvesEscapes) {
    EXPECT_THAT(parsed("a\\ b\\:c\\=d = \\t|\\n|\\r|\\f|\\q|\\u00e9|\\uD83D\\ude00"),
                ElementsAre(Property{"a b:c=d", "\t|\n|\r|\f|q|\xC3\xA9|\xF0\x9F\x98\x80", 1}));
}

TEST(Properties, EndsLinesAsEverySystemDoes) {
    EXPECT_THAT(parsed("a=1\r\nb=2\rc=3"),
                ElementsAre(Property{"a", "1", 1}, Property{"b", "2", 2}, Property{"c", "3", 3}));
    EXPECT_THAT(parsed("a=1\\\r\n 2\nb"), ElementsAre(Property{"a", "12", 1}, Property{"b", "", 3}));
}

TEST(Properties, NamesTheLineOfABadEscape) {
    for (const std::string_view bad : {"\\u12", "\\u12g4", "\\uD83D", "\\uD83Dx", "\\uDE00", "\\uD83D\\u0041"}) {
        const auto refused = parse_properties("a=1\nb=" + std::string(bad));
        ASSERT_FALSE(refused.has_value()) << bad;
        EXPECT_EQ(refused.error().line, 2);
    }
}

TEST(Properties, SurvivesATextThatStopsAnywhere) {
    const std::string_view whole = "k\\u0041=v\\\n  \\uD83D\\uDE00\\";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const auto result = parse_properties(whole.substr(0, size));
        EXPECT_TRUE(!result || result->size() <= 1);
    }
}

}  // namespace
}  // namespace highwater::config
