#include "broker/engine/fetch_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace highwater::engine {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;

FetchTarget target(std::string topic, int partition, std::int64_t offset = 0) {
    return {.name = {.topic_id = {}, .topic = std::move(topic), .partition = PartitionId{partition}},
            .fetch_offset = offset,
            .max_bytes = 1000};
}

std::vector<FetchTarget> targets(int count) {
    std::vector<FetchTarget> result;
    for (int i = 0; i < count; ++i) result.push_back(target("t", i));
    return result;
}

struct FetchSessionTest : ::testing::Test {
    FetchSessionCache cache{4, 100};
    Random random{{1, 2, 3, 4}};
    Time now{};

    /// A full fetch with epoch 0 that has nothing new to report: returns the session id.
    std::int32_t open(std::vector<FetchTarget> wanted, std::int32_t old_session = 0) {
        auto fetch = cache.begin(old_session, 0, false, std::move(wanted), {}, now);
        std::vector<FetchOutcome> outcomes(fetch->targets.size(), {.high_watermark = 10, .log_start_offset = 0});
        return cache.finish(*fetch, outcomes, random, now)->session_id;
    }
    auto incremental(std::int32_t id, std::int32_t epoch, std::vector<FetchTarget> changed = {},
                     std::vector<FetchPartitionName> forgotten = {}) {
        return cache.begin(id, epoch, false, std::move(changed), forgotten, now);
    }
};

// KIP-227: epoch 0 makes a session; the next fetch names it with epoch 1 and says only what changed.
TEST_F(FetchSessionTest, AFullFetchMakesASessionAndTheNextOneMayBeEmpty) {
    const auto id = open({target("a", 0), target("b", 3)});
    ASSERT_NE(id, 0);
    const auto fetch = incremental(id, 1, {target("b", 3, 70)});
    ASSERT_TRUE(fetch);
    ASSERT_EQ(fetch->targets.size(), 2U);
    EXPECT_EQ(fetch->targets[0].name.topic, "a");
    EXPECT_EQ(fetch->targets[1].fetch_offset, 70);
}

TEST_F(FetchSessionTest, TheEpochMustBeTheNextOne) {
    const auto id = open({target("a", 0)});
    EXPECT_EQ(incremental(id, 2).error(), ErrorCode::invalid_fetch_session_epoch);
    EXPECT_TRUE(incremental(id, 1));
    EXPECT_EQ(incremental(id, 1).error(), ErrorCode::invalid_fetch_session_epoch);
    EXPECT_TRUE(incremental(id, 2));
    EXPECT_EQ(next_session_epoch(0x7fff'ffff), 1);
}

TEST_F(FetchSessionTest, AnUnknownSessionIsRefused) {
    EXPECT_EQ(incremental(77, 1).error(), ErrorCode::fetch_session_id_not_found);
    EXPECT_EQ(incremental(0, 1).error(), ErrorCode::fetch_session_id_not_found);
}

// KIP-516: a session is by name or by id, and stays so.
TEST_F(FetchSessionTest, TopicIdsAndNamesDoNotMixInOneSession) {
    const auto id = open({target("a", 0)});
    EXPECT_EQ(cache.begin(id, 1, true, {}, {}, now).error(), ErrorCode::fetch_session_topic_id_error);
}

TEST_F(FetchSessionTest, EpochMinusOneClosesTheSessionAndMakesNone) {
    const auto id = open({target("a", 0)});
    const auto fetch = cache.begin(id, -1, false, {target("a", 0)}, {}, now);
    ASSERT_TRUE(fetch);
    EXPECT_EQ(fetch->kind, FetchSessionCache::Fetch::Kind::sessionless);
    EXPECT_EQ(cache.size(), 0U);
    EXPECT_EQ(cache.partitions(), 0U);
}

TEST_F(FetchSessionTest, EpochZeroReplacesTheNamedSession) {
    const auto first = open({target("a", 0)});
    const auto second = open({target("a", 0)}, first);
    EXPECT_NE(first, second);
    EXPECT_EQ(cache.size(), 1U);
    EXPECT_EQ(incremental(first, 1).error(), ErrorCode::fetch_session_id_not_found);
}

// KIP-227: mention a partition only if it has records, an error, or moved marks; records move it to the end.
TEST_F(FetchSessionTest, AnIncrementalReplyMentionsOnlyWhatChanged) {
    const auto id = open({target("a", 0), target("b", 0), target("c", 0), target("d", 0)});
    auto fetch = incremental(id, 1);
    std::vector<FetchOutcome> outcomes{{.has_records = true, .high_watermark = 10, .log_start_offset = 0},
                                       {.high_watermark = 11, .log_start_offset = 0},
                                       {.has_error = true, .high_watermark = -1, .log_start_offset = -1},
                                       {.high_watermark = 10, .log_start_offset = 0}};
    auto answer = cache.finish(*fetch, outcomes, random, now);
    ASSERT_TRUE(answer);
    EXPECT_THAT(answer->mention, ElementsAre(true, true, true, false));

    fetch = incremental(id, 2);
    std::vector<std::string> order;
    for (const auto& each : fetch->targets) order.push_back(each.name.topic);
    EXPECT_THAT(order, ElementsAre("b", "c", "d", "a"));
    outcomes.assign(4, {.high_watermark = 10, .log_start_offset = 0});
    outcomes[0].high_watermark = 11;
    // c was an error: it is mentioned again once it is well, though its marks are what they were before the error.
    EXPECT_THAT(cache.finish(*fetch, outcomes, random, now)->mention, ElementsAre(false, true, false, false));
}

TEST_F(FetchSessionTest, ForgottenPartitionsLeaveAndTheLastOneEndsTheSession) {
    const auto id = open({target("a", 0), target("b", 0)});
    auto fetch = incremental(id, 1, {}, {target("a", 0).name});
    EXPECT_EQ(fetch->targets.size(), 1U);
    fetch = incremental(id, 2, {}, {target("b", 0).name});
    ASSERT_TRUE(fetch);
    EXPECT_EQ(fetch->kind, FetchSessionCache::Fetch::Kind::sessionless);
    EXPECT_EQ(cache.size(), 0U);
}

// Two fetches of one session at once: the first one's reply would undo what the second one learnt.
TEST_F(FetchSessionTest, AReplyThatAnotherFetchOvertookIsAnError) {
    const auto id = open({target("a", 0)});
    const auto first = incremental(id, 1);
    const auto second = incremental(id, 2);
    const std::vector<FetchOutcome> outcomes(1);
    EXPECT_EQ(cache.finish(*first, outcomes, random, now).error(), ErrorCode::invalid_fetch_session_epoch);
    EXPECT_TRUE(cache.finish(*second, outcomes, random, now));
}

// B113: the slots are bounded, young sessions stay, and a client without a session is not refused.
TEST_F(FetchSessionTest, FullSlotsGiveNoSessionWhileAllAreYoung) {
    for (int i = 0; i < 4; ++i) EXPECT_NE(open(targets(1)), 0);
    EXPECT_EQ(open(targets(50)), 0);
    EXPECT_EQ(cache.size(), 4U);
}

TEST_F(FetchSessionTest, AnIdleSessionGivesWay) {
    const auto idle = open(targets(1));
    now = now + seconds{1};
    for (int i = 0; i < 3; ++i) open(targets(1));
    now = now + minutes{2};
    EXPECT_NE(open(targets(1)), 0);
    EXPECT_EQ(incremental(idle, 1).error(), ErrorCode::fetch_session_id_not_found);
}

TEST_F(FetchSessionTest, ABusyOldSessionGivesWayOnlyToABiggerOne) {
    std::vector<std::int32_t> ids;
    for (int i = 0; i < 4; ++i) ids.push_back(open(targets(2 + i)));
    now = now + minutes{3};
    for (const auto id : ids) EXPECT_TRUE(incremental(id, 1));
    EXPECT_EQ(open(targets(2)), 0);
    EXPECT_NE(open(targets(3)), 0);
    EXPECT_EQ(incremental(ids[0], 2).error(), ErrorCode::fetch_session_id_not_found);
    EXPECT_TRUE(incremental(ids[1], 2));
}

TEST_F(FetchSessionTest, ThePartitionsOfAllSessionsAreBounded) {
    const auto id = open(targets(60));
    EXPECT_NE(id, 0);
    EXPECT_EQ(open(targets(60)), 0);
    std::vector<FetchTarget> more;
    for (int i = 0; i < 60; ++i) more.push_back(target("more", i));
    EXPECT_EQ(incremental(id, 1, more).error(), ErrorCode::fetch_session_id_not_found);
    EXPECT_EQ(cache.partitions(), 0U);
}

}  // namespace
}  // namespace highwater::engine
