#include "broker/cli/client_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace highwater::cli {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Pairs, KeepTheCommasInBracketsAsKafkasToolsDo) {
    EXPECT_THAT(*parse_pairs("cleanup.policy=[delete,compact],retention.ms=5"),
                ElementsAre(Pair("cleanup.policy", "delete,compact"), Pair("retention.ms", "5")));
    EXPECT_THAT(*parse_pairs("a="), ElementsAre(Pair("a", "")));
    EXPECT_THAT(*parse_pairs("a=b=c"), ElementsAre(Pair("a", "b=c")));
    EXPECT_FALSE(parse_pairs("a").has_value());
    EXPECT_FALSE(parse_pairs("=b").has_value());
}

}  // namespace
}  // namespace highwater::cli
