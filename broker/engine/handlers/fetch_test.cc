#include "net/wire/message/fetch.h"

#include <gmock/gmock.h>

#include "broker/engine/testing.h"
#include "net/wire/message/delete_topics.h"
#include "net/wire/record/legacy_message_set.h"

namespace highwater::engine::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using PartitionData = wire::FetchResponse::PartitionData;

PartitionData part_of(const Reply<wire::FetchResponse>& reply) {
    return reply->responses.front().partitions.front();
}

struct FetchTest : ::testing::Test {
    TestNode node;
    void SetUp() override {
        ASSERT_EQ(node.create_topic("t", 3), ErrorCode::none);
        node.produce("t", batch_of({{"a"}, {"b"}}));
        node.produce("t", batch_of({{"c"}}));
    }
};

TEST_F(FetchTest, EveryVersionWithBatchesReturnsWhatWasStored) {
    for (std::int16_t version = 4; version <= 18; ++version) {
        const auto reply = node.fetch("t", 0, version);
        ASSERT_EQ(reply->responses.size(), 1U) << version;
        const PartitionData part = part_of(reply);
        EXPECT_EQ(part.error_code, ErrorCode::none) << version;
        EXPECT_EQ(part.high_watermark, 3) << version;
        EXPECT_THAT(values_of(part.records->view()), ElementsAre("a", "b", "c")) << version;
    }
}

// Fetch 0 to 3 know message sets only (KIP-98 asks brokers to convert).
TEST_F(FetchTest, OldVersionsGetMessageSets) {
    for (std::int16_t version = 0; version <= 3; ++version) {
        const auto reply = node.fetch("t", 1, version);
        std::vector<std::pair<std::int64_t, std::string>> messages;
        wire::Decompressor decompressor;
        const PartitionData part = part_of(reply);
        const auto walked = wire::for_each_legacy_message(
            part.records->view(), decompressor, 1 << 20, [&](const wire::LegacyMessage& message) {
                EXPECT_EQ(message.magic, version <= 1 ? 0 : 1);
                messages.emplace_back(
                    message.offset.value(),
                    std::string(reinterpret_cast<const char*>(message.value->data()), message.value->size()));
            });
        EXPECT_TRUE(walked) << version;
        EXPECT_THAT(messages, ElementsAre(std::pair(1, "b"), std::pair(2, "c"))) << version;
    }
}

TEST_F(FetchTest, TheBatchThatHoldsTheOffsetComesWhole) {
    EXPECT_THAT(node.read_all("t", 0, 1), ElementsAre("a", "b", "c"));
    EXPECT_THAT(node.read_all("t", 0, 2), ElementsAre("c"));
}

TEST_F(FetchTest, OffsetsOutsideTheLogAreRefused) {
    for (const std::int64_t offset : {std::int64_t{-5}, std::int64_t{4}, INT64_MAX}) {
        const PartitionData part = part_of(node.fetch("t", offset));
        EXPECT_EQ(part.error_code, ErrorCode::offset_out_of_range) << offset;
        EXPECT_EQ(part.high_watermark, -1);
        EXPECT_TRUE(part.records->empty());
    }
    EXPECT_EQ(part_of(node.fetch("t", 3)).error_code, ErrorCode::none);
}

TEST_F(FetchTest, UnknownNamesAndIdsAreRefused) {
    EXPECT_EQ(part_of(node.fetch("nowhere", 0)).error_code, ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(part_of(node.fetch("t", 0, 11, 3)).error_code, ErrorCode::unknown_topic_or_partition);
    wire::FetchRequest request = fetch_request("", 0);
    request.topics.materialise()[0].topic_id.bytes[0] = 77;
    EXPECT_EQ(part_of(node.call<wire::FetchResponse>(request, 13)).error_code, ErrorCode::unknown_topic_id);
}

// KIP-320 (B115): the client's leader epoch must be the leader's.
TEST_F(FetchTest, AnotherLeaderEpochIsRefused) {
    wire::FetchRequest request = fetch_request("t", 0);
    const auto with_epoch = [&](std::int32_t epoch) {
        request.topics.materialise()[0].partitions.materialise()[0].current_leader_epoch = LeaderEpoch{epoch};
        return part_of(node.call<wire::FetchResponse>(request, 11)).error_code;
    };
    EXPECT_EQ(with_epoch(0), ErrorCode::none);
    EXPECT_EQ(with_epoch(100), ErrorCode::unknown_leader_epoch);
    node.crash();  // an unclean stop begins a new epoch
    EXPECT_EQ(with_epoch(0), ErrorCode::fenced_leader_epoch);
    EXPECT_EQ(with_epoch(1), ErrorCode::none);
}

// B110: a client is no replica.
TEST_F(FetchTest, AFetchInAReplicasNameIsRefused) {
    wire::FetchRequest request = fetch_request("t", 0);
    request.replica_id = NodeId{1};
    EXPECT_EQ(part_of(node.call<wire::FetchResponse>(request, 11)).error_code, ErrorCode::topic_authorization_failed);
}

TEST_F(FetchTest, ALongPollIsAnsweredByTheNextRecord) {
    const ConnectionId consumer = node.connect();
    node.send(consumer, fetch_request("t", 3, 10'000), 11);
    EXPECT_FALSE(node.receive<wire::FetchResponse>(consumer, 11));
    node.produce("t", batch_of({{"d"}}), -1, 9, 1);  // another partition
    EXPECT_FALSE(node.receive<wire::FetchResponse>(consumer, 11));
    node.produce("t", batch_of({{"d"}}));
    const auto reply = node.receive<wire::FetchResponse>(consumer, 11);
    ASSERT_TRUE(reply);
    EXPECT_THAT(values_of(part_of(*reply).records->view()), ElementsAre("d"));
    EXPECT_EQ(node.engine->node().fetches().size(), 0U);
}

TEST_F(FetchTest, ALongPollEndsAtItsTime) {
    const ConnectionId consumer = node.connect();
    node.send(consumer, fetch_request("t", 3, 500), 11);
    node.advance(milliseconds{499});
    EXPECT_FALSE(node.receive<wire::FetchResponse>(consumer, 11));
    node.advance(milliseconds{1});
    const auto reply = node.receive<wire::FetchResponse>(consumer, 11);
    ASSERT_TRUE(reply);
    EXPECT_TRUE(part_of(*reply).records->empty());
    EXPECT_EQ(part_of(*reply).high_watermark, 3);
}

TEST_F(FetchTest, MinBytesWaitsForMoreThanOneBatch) {
    const std::size_t one_batch = batch_of({{"d"}}).size();
    wire::FetchRequest request = fetch_request("t", 3, 10'000);
    request.min_bytes = static_cast<std::int32_t>(one_batch + 1);
    const ConnectionId consumer = node.connect();
    node.send(consumer, request, 11);
    node.produce("t", batch_of({{"d"}}));
    EXPECT_FALSE(node.receive<wire::FetchResponse>(consumer, 11));
    node.produce("t", batch_of({{"e"}}));
    const auto reply = node.receive<wire::FetchResponse>(consumer, 11);
    ASSERT_TRUE(reply);
    EXPECT_THAT(values_of(part_of(*reply).records->view()), ElementsAre("d", "e"));
}

TEST_F(FetchTest, AClosedConnectionsLongPollIsForgotten) {
    const ConnectionId consumer = node.connect();
    node.send(consumer, fetch_request("t", 3, 10'000), 11);
    EXPECT_EQ(node.engine->node().fetches().size(), 1U);
    node.disconnect(consumer);
    EXPECT_EQ(node.engine->node().fetches().size(), 0U);
    node.produce("t", batch_of({{"d"}}));
    EXPECT_FALSE(node.receive<wire::FetchResponse>(consumer, 11));
}

TEST(FetchLimits, MoreLongPollsThanAllowedAreAnsweredAtOnce) {
    TestNode node([](EngineConfig& config) { config.max_parked_fetches = 2; });
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    int answered = 0;
    for (int i = 0; i < 5; ++i) {
        const ConnectionId consumer = node.connect();
        node.send(consumer, fetch_request("t", 0, 10'000), 11);
        if (node.receive<wire::FetchResponse>(consumer, 11)) ++answered;
    }
    EXPECT_EQ(answered, 3);
    EXPECT_EQ(node.engine->node().fetches().size(), 2U);
}

// KIP-74: limits hold, but the first partition with anything gives one batch whatever its size.
TEST_F(FetchTest, LimitsNeverStopTheFirstBatch) {
    wire::FetchRequest request = fetch_request("t", 0);
    request.topics.materialise()[0].partitions.materialise()[0].partition_max_bytes = 1;
    EXPECT_THAT(values_of(part_of(node.call<wire::FetchResponse>(request, 11)).records->view()), ElementsAre("a", "b"));
    request = fetch_request("t", 0);
    request.max_bytes = 1;
    EXPECT_THAT(values_of(part_of(node.call<wire::FetchResponse>(request, 11)).records->view()), ElementsAre("a", "b"));
}

TEST_F(FetchTest, TheReplysLimitIsSharedByItsPartitions) {
    node.produce("t", batch_of({{"z"}}), -1, 9, 1);
    wire::FetchRequest request = fetch_request("t", 0);
    request.max_bytes = static_cast<std::int32_t>(batch_of({{"a"}, {"b"}}).size() + 10);
    auto second = request.topics.front().partitions.front();
    second.partition = PartitionId{1};
    request.topics.materialise()[0].partitions.push_back(second);
    const auto reply = node.call<wire::FetchResponse>(request, 11);
    const auto topic = reply->responses.front();
    EXPECT_THAT(values_of(topic.partitions.at(0).records->view()), ElementsAre("a", "b"));
    EXPECT_TRUE(topic.partitions.at(1).records->empty());
}

// KIP-227 through the wire: the second fetch names nothing and hears only of what changed.
TEST_F(FetchTest, ASessionReportsOnlyChanges) {
    wire::FetchRequest first = fetch_request("t", 3);
    auto other = first.topics.front().partitions.front();
    other.partition = PartitionId{1};
    other.fetch_offset = 0;
    first.topics.materialise()[0].partitions.push_back(other);
    first.session_epoch = 0;
    const auto opened = node.call<wire::FetchResponse>(first, 11);
    ASSERT_NE(opened->session_id, 0);
    EXPECT_EQ(opened->responses.front().partitions.size(), 2U);

    wire::FetchRequest next;
    next.min_bytes = 1;
    next.max_bytes = 1 << 20;
    next.session_id = opened->session_id;
    next.session_epoch = 1;
    EXPECT_TRUE(node.call<wire::FetchResponse>(next, 11)->responses.empty());
    node.produce("t", batch_of({{"new"}}), -1, 9, 1);
    next.session_epoch = 2;
    const auto changed = node.call<wire::FetchResponse>(next, 11);
    ASSERT_EQ(changed->responses.size(), 1U);
    EXPECT_EQ(part_of(changed).partition_index, PartitionId{1});
    EXPECT_THAT(values_of(part_of(changed).records->view()), ElementsAre("new"));
    next.session_epoch = 7;
    EXPECT_EQ(node.call<wire::FetchResponse>(next, 11)->error_code, ErrorCode::invalid_fetch_session_epoch);
    next.session_id = 1;
    EXPECT_EQ(node.call<wire::FetchResponse>(next, 11)->error_code, ErrorCode::fetch_session_id_not_found);
}

TEST_F(FetchTest, AConsumerOfADeletedTopicIsToldSo) {
    const ConnectionId consumer = node.connect();
    node.send(consumer, fetch_request("t", 3, 10'000), 11);
    wire::DeleteTopicsRequest request;
    request.topic_names.push_back(wire::String("t"));
    node.call<wire::DeleteTopicsResponse>(request, 3);
    const auto reply = node.receive<wire::FetchResponse>(consumer, 11);
    ASSERT_TRUE(reply);
    EXPECT_EQ(part_of(*reply).error_code, ErrorCode::unknown_topic_or_partition);
}

}  // namespace
}  // namespace highwater::engine::testing
