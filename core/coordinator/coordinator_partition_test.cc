#include "core/coordinator/coordinator_partition.h"

#include <limits>

#include <gtest/gtest.h>

namespace highwater {
namespace {

// The numbers are those of Java's String.hashCode.
TEST(JavaHash, IsThatOfTheUtf16CodeUnits) {
    EXPECT_EQ(java_hash(""), 0);
    EXPECT_EQ(java_hash("a"), 97);
    EXPECT_EQ(java_hash("ab"), 97 * 31 + 98);
    EXPECT_EQ(java_hash("hello"), 99162322);
    EXPECT_EQ(java_hash("Hello, World"), -505841268);
    EXPECT_EQ(java_hash("\xC3\xA9"), 0xE9);                          // U+00E9
    EXPECT_EQ(java_hash("\xE2\x82\xAC"), 0x20AC);                    // U+20AC
    EXPECT_EQ(java_hash("\xF0\x9F\x98\x80"), 31 * 0xD83D + 0xDE00);  // U+1F600, a surrogate pair
}

TEST(JavaHash, TakesABrokenByteForAReplacementCharacter) {
    EXPECT_EQ(java_hash("\xFF"), 0xFFFD);
    EXPECT_EQ(java_hash("\xC3"), 0xFFFD);
    EXPECT_EQ(java_hash("\xC3("), 31 * 0xFFFD + '(');
}

TEST(PartitionForGroup, IsTheMagnitudeOfTheHash) {
    EXPECT_EQ(coordinator_partition("hello", 50), PartitionId{99162322 % 50});
    // "polygenelubricants" is known for its hash, the smallest number there is.
    EXPECT_EQ(java_hash("polygenelubricants"), std::numeric_limits<std::int32_t>::min());
    EXPECT_EQ(coordinator_partition("polygenelubricants", 50), PartitionId{0});
    EXPECT_EQ(coordinator_partition("Hello, World", 50), PartitionId{505841268 % 50}) << "a negative hash";
    EXPECT_EQ(coordinator_partition("anything", 1), PartitionId{0});
}

}  // namespace
}  // namespace highwater
