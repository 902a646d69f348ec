#include "broker/cli/reset_specification.h"

#include <gtest/gtest.h>

namespace highwater::cli {
namespace {

using std::chrono::milliseconds;

TEST(ParseDuration, ReadsDaysHoursMinutesAndSeconds) {
    EXPECT_EQ(parse_duration("PT1H"), milliseconds(3'600'000));
    EXPECT_EQ(parse_duration("P2DT3H4M5.006S"), milliseconds(2 * 86'400'000 + 3 * 3'600'000 + 4 * 60'000 + 5'006));
    EXPECT_EQ(parse_duration("P1D"), milliseconds(86'400'000));
    EXPECT_EQ(parse_duration("PT0S"), milliseconds(0));
    for (const std::string_view text : {"", "P", "PT", "PT.5S", "P1DT", "1H", "P1H", "PT1D", "PT1S1H", "PT1", "PT1.5H",
                                        "PT-1H", "PT1H ", "pt1h", "PT1H1H", "PT9999999999S"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(ParseDatetime, TakesUtcUnlessAnOffsetIsSaid) {
    EXPECT_EQ(parse_datetime("1970-01-01T00:00:00.000"), 0);
    EXPECT_EQ(parse_datetime("2020-02-29T23:59:59.999"), 1'583'020'799'999);
    EXPECT_EQ(parse_datetime("2020-02-29T23:59:59"), 1'583'020'799'000);
    EXPECT_EQ(parse_datetime("2020-02-29T23:59:59.999Z"), 1'583'020'799'999);
    for (const std::string_view zone : {"+01:00", "+0100", "+01"}) {
        EXPECT_EQ(parse_datetime("1970-01-01T01:00:00.000" + std::string(zone)), 0) << zone;
    }
    EXPECT_EQ(parse_datetime("1970-01-01T00:00:00.000-02:30"), 9'000'000);
    for (const std::string_view text :
         {"", "2020-02-30T00:00:00.000", "2020-13-01T00:00:00.000", "2020-01-01", "2020-01-01T24:00:00.000",
          "2020-01-01T00:60:00.000", "2020-01-01T00:00:00.", "2020-01-01T00:00:00.000X", "2020-01-01T00:00:00.000+1",
          "2020-01-01T00:00:00.000+01:0", "2020-01-01 00:00:00.000"}) {
        EXPECT_FALSE(parse_datetime(text)) << text;
    }
}

TEST(ParseTopicScope, ReadsATopicOrSomeOfItsPartitions) {
    EXPECT_EQ(parse_topic_scope("t"), (TopicScope{"t", std::nullopt}));
    EXPECT_EQ(parse_topic_scope("t:0,12"), (TopicScope{"t", {{PartitionId{0}, PartitionId{12}}}}));
    for (const std::string_view text : {"", ":1", "t:", "t:a", "t:1,", "t:-1", "t:1,,2"}) {
        EXPECT_FALSE(parse_topic_scope(text)) << text;
    }
}

TEST(Plan, IsReadAsItWasWritten) {
    const TopicPartition zero{"t", PartitionId{0}};
    const TopicPartition one{"t", PartitionId{1}};
    EXPECT_EQ(plan_lines({{"g", {{zero, Offset{5}}, {one, Offset{7}}}}}), "t,0,5\nt,1,7\n");
    const PlannedOffsets several{{"a,\"b\"", {{zero, Offset{5}}}}, {"g", {{one, Offset{7}}}}};
    EXPECT_EQ(plan_lines(several), "\"a,\"\"b\"\"\",t,0,5\ng,t,1,7\n");
    EXPECT_EQ(parse_plan(plan_lines(several)), several);
    EXPECT_EQ(parse_plan("t,0,5\r\n\r\nt,1,7"), (PlannedOffsets{{"", {{zero, Offset{5}}, {one, Offset{7}}}}}));
}

TEST(Plan, SaysWhichLineIsWrong) {
    EXPECT_EQ(parse_plan("t,0,5\nt,0").error(),
              "line 2 is neither topic,partition,offset nor group,topic,partition,offset");
    EXPECT_EQ(parse_plan("t,0,-5").error(), "line 1: partition and offset are numbers from 0");
    EXPECT_FALSE(parse_plan("\"t,0,5"));
    EXPECT_FALSE(parse_plan("a,b,c,d,e"));
    EXPECT_FALSE(parse_plan(""));
}

}  // namespace
}  // namespace highwater::cli
