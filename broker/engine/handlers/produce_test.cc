#include "net/wire/message/produce.h"

#include <gmock/gmock.h>

#include "broker/engine/testing.h"
#include "net/wire/message/init_producer_id.h"

namespace highwater::engine::testing {
namespace {

using ::testing::ElementsAre;
using PartitionAnswer = wire::ProduceResponse::PartitionProduceResponse;

PartitionAnswer answer_of(const Reply<wire::ProduceResponse>& reply) {
    return reply->responses.front().partition_responses.front();
}

struct ProduceTest : ::testing::Test {
    TestNode node;
    void SetUp() override { ASSERT_EQ(node.create_topic("t"), ErrorCode::none); }
};

TEST_F(ProduceTest, ABatchGetsTheNextOffsetsAndIsReadBack) {
    EXPECT_EQ(answer_of(node.produce("t", batch_of({{"a"}, {"b"}}))).base_offset, 0);
    const PartitionAnswer second = answer_of(node.produce("t", batch_of({{"c"}})));
    EXPECT_EQ(second.error_code, ErrorCode::none);
    EXPECT_EQ(second.base_offset, 2);
    EXPECT_EQ(second.log_append_time_ms, -1);
    EXPECT_EQ(second.log_start_offset, 0);
    EXPECT_THAT(node.read_all("t"), ElementsAre("a", "b", "c"));
}

TEST_F(ProduceTest, EveryVersionIsAnswered) {
    const auto batch = batch_of({{"v"}});
    for (std::int16_t version = 3; version <= 13; ++version) {
        const auto reply = node.produce("t", batch, -1, version);
        ASSERT_EQ(reply->responses.size(), 1U) << version;
        EXPECT_EQ(answer_of(reply).error_code, ErrorCode::none) << version;
        EXPECT_EQ(answer_of(reply).base_offset, version - 3) << version;
    }
}

// Durability is in the protocol: in fsync mode neither acks=all nor acks=1 is answered before the sync.
TEST_F(ProduceTest, NothingIsAcknowledgedBeforeItIsDurable) {
    node.hold_flushes = true;
    const ConnectionId connection = node.connect();
    node.send(connection, produce_request("t", batch_of({{"a"}}), -1), 9);
    node.send(connection, produce_request("t", batch_of({{"b"}}), 1), 9);
    EXPECT_FALSE(node.receive<wire::ProduceResponse>(connection, 9));
    EXPECT_THAT(node.read_all("t"), ElementsAre());
    node.hold_flushes = false;
    node.run_flush();
    node.turn();
    EXPECT_EQ(answer_of(*node.receive<wire::ProduceResponse>(connection, 9)).base_offset, 0);
    EXPECT_EQ(answer_of(*node.receive<wire::ProduceResponse>(connection, 9)).base_offset, 1);
    EXPECT_THAT(node.read_all("t"), ElementsAre("a", "b"));
}

// The group commit: one job, one sync for all that the turn brought.
TEST_F(ProduceTest, OneFlushServesManyRequests) {
    node.hold_flushes = true;
    const ConnectionId connection = node.connect();
    for (int i = 0; i < 10; ++i) node.send(connection, produce_request("t", batch_of({{"x"}}), -1), 9);
    node.run_flush();  // the first one's; the others gathered behind it
    EXPECT_TRUE(node.receive<wire::ProduceResponse>(connection, 9));
    EXPECT_FALSE(node.receive<wire::ProduceResponse>(connection, 9));
    node.engine->end_of_turn(node.now);
    ASSERT_TRUE(node.outbox.job);
    node.run_flush();
    for (int i = 1; i < 10; ++i) EXPECT_TRUE(node.receive<wire::ProduceResponse>(connection, 9)) << i;
    node.engine->end_of_turn(node.now);
    EXPECT_FALSE(node.outbox.job);
}

TEST(ProduceReplicated, KafkasFlushModeAnswersAtOnce) {
    TestNode node([](EngineConfig& config) { config.flush_mode = FlushMode::replicated; });
    ASSERT_EQ(node.create_topic("t"), ErrorCode::none);
    node.hold_flushes = true;
    EXPECT_EQ(answer_of(node.produce("t", batch_of({{"a"}}))).base_offset, 0);
    EXPECT_FALSE(node.outbox.job);
}

// `flush.messages` in Kafka's mode: the answer does not wait, but the flush comes.
TEST(ProduceReplicated, FlushMessagesAsksForAFlush) {
    TestNode node([](EngineConfig& config) { config.flush_mode = FlushMode::replicated; });
    ASSERT_EQ(node.create_topic("t", 1, {{"flush.messages", "3"}}), ErrorCode::none);
    node.hold_flushes = true;
    node.produce("t", batch_of({{"a"}, {"b"}}));
    EXPECT_FALSE(node.outbox.job);
    node.produce("t", batch_of({{"c"}}));
    ASSERT_TRUE(node.outbox.job);
    node.run_flush();
    node.hold_flushes = false;
    node.crash(storage::CrashKind::power_loss);
    EXPECT_THAT(node.read_all("t"), ElementsAre("a", "b", "c"));
}

TEST_F(ProduceTest, AcksNoneHasNoReply) {
    const ConnectionId connection = node.connect();
    node.send(connection, produce_request("t", batch_of({{"a"}}), 0), 9);
    node.send(connection, produce_request("t", batch_of({{"b"}}), 1), 9);
    EXPECT_EQ(answer_of(*node.receive<wire::ProduceResponse>(connection, 9)).base_offset, 1);
    EXPECT_FALSE(node.receive<wire::ProduceResponse>(connection, 9));
}

// B94: the only way to tell a producer with acks=0 that something is wrong.
TEST_F(ProduceTest, AFailedProduceWithAcksNoneClosesTheConnection) {
    const ConnectionId connection = node.connect();
    auto batch = batch_of({{"a"}});
    batch[30] ^= std::byte{1};
    node.send(connection, produce_request("t", batch, 0), 9);
    ASSERT_TRUE(node.outbox.closed.contains(connection));
    EXPECT_EQ(node.outbox.closed[connection].reason, CloseReason::failed_acks_0_produce);
}

TEST_F(ProduceTest, OtherAcksAreRefused) {
    for (const std::int16_t acks : {-2, 2, 100}) {
        const PartitionAnswer answer = answer_of(node.produce("t", batch_of({{"a"}}), acks));
        EXPECT_EQ(answer.error_code, ErrorCode::invalid_required_acks);
        EXPECT_EQ(answer.base_offset, -1);
    }
}

TEST_F(ProduceTest, UnknownTopicsAndPartitionsAreRefusedOneByOne) {
    wire::ProduceRequest request = produce_request("t", batch_of({{"a"}}), -1);
    const auto batch = batch_of({{"b"}});
    auto& topics = request.topic_data.materialise();
    topics[0].partition_data.push_back({.index = PartitionId{1}, .records = wire::Records(batch), .unknown_tags = {}});
    topics[0].partition_data.push_back({.index = PartitionId{-1}, .records = wire::Records(batch), .unknown_tags = {}});
    auto& unknown = topics.emplace_back();
    unknown.name = wire::String("nowhere");
    unknown.partition_data.push_back({.index = PartitionId{0}, .records = wire::Records(batch), .unknown_tags = {}});
    const auto reply = node.call<wire::ProduceResponse>(request, 9);
    const auto known = reply->responses.at(0).partition_responses;
    EXPECT_EQ(known.at(0).error_code, ErrorCode::none);
    EXPECT_EQ(known.at(1).error_code, ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(known.at(2).error_code, ErrorCode::unknown_topic_or_partition);
    EXPECT_EQ(reply->responses.at(1).partition_responses.at(0).error_code, ErrorCode::unknown_topic_or_partition);
}

// KIP-516: version 13 names topics by id.
TEST_F(ProduceTest, AnUnknownTopicIdIsToldApart) {
    wire::ProduceRequest request = produce_request("t", batch_of({{"a"}}), -1);
    request.topic_data.materialise()[0].topic_id.bytes[3] = 9;
    EXPECT_EQ(answer_of(node.call<wire::ProduceResponse>(request, 13)).error_code, ErrorCode::unknown_topic_id);
}

// KIP-98: a retry is answered with where the original stands, and stored once.
TEST_F(ProduceTest, ARetryOfAnIdempotentProducerIsStoredOnce) {
    EXPECT_EQ(answer_of(node.produce("t", stamped_batch(7, 0, 0, {{"a"}, {"b"}}))).base_offset, 0);
    EXPECT_EQ(answer_of(node.produce("t", stamped_batch(7, 0, 2, {{"c"}}))).base_offset, 2);
    EXPECT_EQ(answer_of(node.produce("t", stamped_batch(7, 0, 0, {{"a"}, {"b"}}))).base_offset, 0);
    EXPECT_EQ(answer_of(node.produce("t", stamped_batch(7, 0, 7, {{"x"}}))).error_code,
              ErrorCode::out_of_order_sequence_number);
    EXPECT_EQ(answer_of(node.produce("t", stamped_batch(7, 1, 0, {{"d"}}))).base_offset, 3);
    EXPECT_EQ(answer_of(node.produce("t", stamped_batch(7, 0, 3, {{"x"}}))).error_code,
              ErrorCode::invalid_producer_epoch);
    EXPECT_THAT(node.read_all("t"), ElementsAre("a", "b", "c", "d"));
}

// The window of five batches survives both kinds of stop, so a retry after one is still recognised.
TEST_F(ProduceTest, RetriesAreRecognisedAfterARestart) {
    for (int i = 0; i < 5; ++i) node.produce("t", stamped_batch(7, 0, i, {{std::to_string(i)}}));
    node.restart();
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(answer_of(node.produce("t", stamped_batch(7, 0, i, {{std::to_string(i)}}))).base_offset, i);
    }
    node.crash();
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(answer_of(node.produce("t", stamped_batch(7, 0, i, {{std::to_string(i)}}))).base_offset, i);
    }
    EXPECT_THAT(node.read_all("t"), ElementsAre("0", "1", "2", "3", "4"));
}

TEST_F(ProduceTest, ABadRecordIsNamed) {
    ASSERT_EQ(node.create_topic("compacted", 1, {{"cleanup.policy", "compact"}}), ErrorCode::none);
    const auto reply = node.produce("compacted", batch_of({{"a", "key"}, {"b"}}), -1, 9);
    EXPECT_EQ(answer_of(reply).error_code, ErrorCode::invalid_record);
    ASSERT_EQ(answer_of(reply).record_errors.size(), 1U);
    EXPECT_EQ(answer_of(reply).record_errors.front().batch_index, 1);
    EXPECT_TRUE(answer_of(reply).error_message);
}

TEST_F(ProduceTest, ATopicsSizeLimitHolds) {
    ASSERT_EQ(node.create_topic("small", 1, {{"max.message.bytes", "200"}}), ErrorCode::none);
    EXPECT_EQ(answer_of(node.produce("small", batch_of({{"a"}}))).error_code, ErrorCode::none);
    EXPECT_EQ(answer_of(node.produce("small", batch_of({{std::string(300, 'x')}}))).error_code,
              ErrorCode::message_too_large);
}

TEST_F(ProduceTest, LogAppendTimeIsTheBrokers) {
    ASSERT_EQ(node.create_topic("stamped", 1, {{"message.timestamp.type", "LogAppendTime"}}), ErrorCode::none);
    const PartitionAnswer answer = answer_of(node.produce("stamped", batch_of({{"a", std::nullopt, 5}})));
    EXPECT_EQ(answer.log_append_time_ms, node.now.wall.value());
    const auto reply = node.fetch("stamped", 0);
    const auto part = reply->responses.front().partitions.front();
    const auto batch = wire::read_batch(part.records->view());
    ASSERT_TRUE(batch);
    EXPECT_TRUE(batch->crc_matches());
    EXPECT_EQ(batch->header.timestamp_type(), wire::TimestampType::log_append_time);
    EXPECT_EQ(batch->header.max_timestamp, node.now.wall);
}

// B95: a time-out of -1 is one that has passed.
TEST_F(ProduceTest, AProduceThatWaitsTooLongIsTold) {
    node.hold_flushes = true;
    const ConnectionId connection = node.connect();
    node.send(connection, produce_request("t", batch_of({{"a"}}), -1), 9);
    node.advance(std::chrono::milliseconds{1001});
    const auto reply = node.receive<wire::ProduceResponse>(connection, 9);
    ASSERT_TRUE(reply);
    EXPECT_EQ(answer_of(*reply).error_code, ErrorCode::request_timed_out);
}

// KIP-98: ids come in blocks that are recorded first, so no crash hands one out twice.
TEST_F(ProduceTest, ProducerIdsAreNeverGivenTwice) {
    std::set<std::int64_t> seen;
    for (int restart = 0; restart < 3; ++restart) {
        for (int i = 0; i < 1200; ++i) {
            wire::InitProducerIdRequest request;
            request.transactional_id = std::nullopt;
            const auto reply = node.call<wire::InitProducerIdResponse>(request, 4);
            ASSERT_EQ(reply->error_code, ErrorCode::none);
            EXPECT_EQ(reply->producer_epoch, ProducerEpoch{0});
            EXPECT_TRUE(seen.insert(reply->producer_id.value()).second);
        }
        node.crash(storage::CrashKind::power_loss);
    }
    wire::InitProducerIdRequest transactional;
    transactional.transactional_id = wire::String("tx");
    EXPECT_EQ(node.call<wire::InitProducerIdResponse>(transactional, 4)->error_code, ErrorCode::not_coordinator)
        << "nobody has looked for a coordinator yet";
}

}  // namespace
}  // namespace highwater::engine::testing
