#include "broker/engine/topic_regex.h"

#include <gmock/gmock.h>

namespace highwater::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

GroupTopics topics_named(const std::set<std::string>& names) {
    GroupTopics topics;
    for (const std::string& name : names) topics.by_name[name] = {};
    return topics;
}

TEST(TopicRegex, MatchesWholeNamesAndNoInternalTopic) {
    const auto matching =
        matching_topics({"ba.", "z|fo*"}, topics_named({"bar", "baz", "bazz", "foo", "__consumer_offsets"}));
    EXPECT_THAT(matching, ElementsAre(Pair("ba.", ElementsAre("bar", "baz")), Pair("z|fo*", ElementsAre("foo"))));
    EXPECT_THAT(matching_topics({".*"}, topics_named({"__consumer_offsets"})).at(".*"), IsEmpty());
}

// RE2 has neither, since they cannot be matched in linear time.
TEST(TopicRegex, RefusesBackReferencesAndWhatIsNoExpression) {
    EXPECT_TRUE(is_topic_regex("orders-[0-9]+"));
    EXPECT_FALSE(is_topic_regex("(a)\\1"));
    EXPECT_FALSE(is_topic_regex("(?=a)"));
    EXPECT_FALSE(is_topic_regex("["));
    EXPECT_FALSE(is_topic_regex("(((((a{1000}){1000}){1000}){1000}){1000})")) << "larger than it may be";
}

}  // namespace
}  // namespace highwater::engine
