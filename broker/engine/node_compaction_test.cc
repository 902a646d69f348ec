// Compaction as the node does it: of which logs, when, and what a restart, damage or a deletion makes of it.
#include <gmock/gmock.h>

#include "broker/engine/testing.h"
#include "net/wire/message/delete_topics.h"

namespace highwater::engine::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using namespace std::chrono_literals;

struct NodeCompaction : ::testing::Test {
    TestNode node{[](EngineConfig& config) {
        config.topic_defaults.segment_bytes = 500;
        config.topic_defaults.min_cleanable_dirty_ratio = 0.01;
        config.log_cleaner_backoff = 1000ms;
    }};

    void SetUp() override {
        ASSERT_EQ(node.create_topic("table", 1, {{"cleanup.policy", "compact"}}), ErrorCode::none);
        ASSERT_EQ(node.create_topic("stream"), ErrorCode::none);
    }

    /// Ten values of each key; the last ones are in the segment that is written.
    void fill(const std::string& topic) {
        for (int i = 0; i < 10; ++i) {
            node.produce(topic, batch_of({{fmt::format("a{}", i), "a"}, {fmt::format("b{}", i), "b"}}));
        }
        for (int i = 0; i < 2; ++i) node.produce(topic, batch_of({{std::string(400, 'x'), "filler"}}));
    }

    /// What is there of keys a and b.
    std::vector<std::string> values(const std::string& topic) {
        std::vector<std::string> values;
        for (std::string& value : node.read_all(topic)) {
            if (!value.starts_with('x')) values.push_back(std::move(value));
        }
        return values;
    }
};

TEST_F(NodeCompaction, LeavesTheLatestValuesOfACompactedTopicAndOthersAlone) {
    fill("table");
    fill("stream");
    EXPECT_EQ(values("table").size(), 20U);
    node.advance(1001ms);
    node.turn();
    EXPECT_THAT(values("table"), ElementsAre("a9", "b9"));
    EXPECT_EQ(values("stream").size(), 20U);
    EXPECT_THAT(node.outbox.compactions, ElementsAre("table-0"));
    // Nothing is due until there is something new.
    node.advance(1001ms);
    node.turn();
    EXPECT_EQ(node.outbox.compactions.size(), 1U);
}

TEST_F(NodeCompaction, IsRememberedOverRestarts) {
    fill("table");
    node.advance(1001ms);
    node.turn();
    node.restart();
    EXPECT_THAT(values("table"), ElementsAre("a9", "b9"));
    node.crash(storage::CrashKind::power_loss);
    EXPECT_THAT(values("table"), ElementsAre("a9", "b9"));
    node.advance(1001ms);
    node.turn();
    EXPECT_THAT(node.outbox.compactions, IsEmpty());
}

TEST_F(NodeCompaction, StopsWithALogThatCannotBeReadAndSaysSo) {
    fill("table");
    node.files.flip_bit("/data/table-0/00000000000000000000.log", 70, 1);
    node.advance(1001ms);
    node.turn();
    EXPECT_THAT(node.outbox.failed_compactions, ElementsAre(Pair("table-0", true)));
    node.advance(1001ms);
    node.turn();
    EXPECT_EQ(node.outbox.failed_compactions.size(), 1U);
    EXPECT_THAT(node.outbox.failed, IsEmpty());
}

TEST_F(NodeCompaction, TriesAgainWhenTheDiskWasFull) {
    fill("table");
    node.files.fail_matching("open", ".cleaned", ENOSPC);
    node.advance(1001ms);
    node.turn();
    EXPECT_THAT(node.outbox.failed_compactions, ElementsAre(Pair("table-0", false)));
    node.files.heal();
    node.advance(1001ms);
    node.turn();
    EXPECT_THAT(values("table"), ElementsAre("a9", "b9"));
}

TEST_F(NodeCompaction, ComesToNothingAndIsMadeAgainWhenItIsCancelled) {
    fill("table");
    node.hold_compaction = true;
    node.advance(1001ms);
    ASSERT_TRUE(node.outbox.compaction);
    auto outcome = std::exchange(node.outbox.compaction, std::nullopt)->run([] { return true; });
    node.engine->compaction_completed(std::move(outcome), node.now);
    EXPECT_THAT(node.outbox.failed_compactions, IsEmpty());
    EXPECT_EQ(values("table").size(), 20U);
    node.hold_compaction = false;
    node.advance(1001ms);
    node.turn();
    EXPECT_THAT(values("table"), ElementsAre("a9", "b9"));
}

TEST_F(NodeCompaction, ComesToNothingWhenTheTopicIsDeletedMeanwhile) {
    fill("table");
    node.hold_compaction = true;
    node.advance(1001ms);
    ASSERT_TRUE(node.outbox.compaction);
    auto outcome = node.outbox.compaction->run();
    wire::DeleteTopicsRequest request;
    request.topic_names.push_back(wire::String("table"));
    EXPECT_EQ((node.call<wire::DeleteTopicsResponse>(request, 5)->responses.front().error_code), ErrorCode::none);
    node.engine->compaction_completed(std::move(outcome), node.now);
    EXPECT_THAT(node.outbox.compactions, IsEmpty());
    EXPECT_THAT(node.outbox.failed, IsEmpty());
}

}  // namespace
}  // namespace highwater::engine::testing
