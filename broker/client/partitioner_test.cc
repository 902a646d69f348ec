#include "broker/client/partitioner.h"

#include <string_view>

#include <gtest/gtest.h>

namespace highwater::client {
namespace {

std::int32_t hash(std::string_view key) {
    return static_cast<std::int32_t>(murmur2(std::as_bytes(std::span(key))));
}

// The values of Kafka's own test of its Java client (UtilsTest, testMurmur2).
TEST(Partitioner, HashesAsTheJavaClientDoes) {
    EXPECT_EQ(hash("21"), -973932308);
    EXPECT_EQ(hash("foobar"), -790332482);
    EXPECT_EQ(hash("a-little-bit-long-string"), -985981536);
    EXPECT_EQ(hash("a-little-bit-longer-string"), -1486304829);
    EXPECT_EQ(hash("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
    EXPECT_EQ(hash("abc"), 479470107);
}

TEST(Partitioner, StaysWithinThePartitions) {
    for (const std::string_view key : {"", "a", "21", "foobar"}) {
        const auto partition = partition_for_key(std::as_bytes(std::span(key)), 7);
        EXPECT_GE(partition.value(), 0);
        EXPECT_LT(partition.value(), 7);
    }
}

}  // namespace
}  // namespace highwater::client
