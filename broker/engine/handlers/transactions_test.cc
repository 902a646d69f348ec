// The APIs of transactions through the engine: bytes in, bytes out, `__transaction_state` on a simulated disk.
#include <gmock/gmock.h>

#include "broker/engine/node.h"
#include "broker/engine/testing.h"
#include "net/wire/message/add_offsets_to_txn.h"
#include "net/wire/message/add_partitions_to_txn.h"
#include "net/wire/message/describe_transactions.h"
#include "net/wire/message/end_txn.h"
#include "net/wire/message/fetch.h"
#include "net/wire/message/find_coordinator.h"
#include "net/wire/message/init_producer_id.h"
#include "net/wire/message/list_transactions.h"
#include "net/wire/message/offset_fetch.h"
#include "net/wire/message/produce.h"
#include "net/wire/message/txn_offset_commit.h"
#include "net/wire/message/write_txn_markers.h"

namespace highwater::engine::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Of Produce: before and from KIP-890.
constexpr std::int16_t kProduceV1 = 11;
constexpr std::int16_t kProduceV2 = 12;
constexpr std::int16_t kEndV1 = 4;
constexpr std::int16_t kEndV2 = 5;

struct TransactionsTest : ::testing::Test {
    TestNode node;
    std::int32_t next_sequence = 0;

    void SetUp() override {
        ASSERT_EQ(node.create_topic("t", 2), ErrorCode::none);
        ASSERT_EQ(find_coordinator("id", 1), ErrorCode::none);
    }

    ErrorCode find_coordinator(const std::string& key, std::int8_t type) {
        wire::FindCoordinatorRequest request;
        request.key = wire::String(key);
        request.key_type = type;
        return node.call<wire::FindCoordinatorResponse>(request, 3)->error_code;
    }
    wire::InitProducerIdResponse init(const std::string& id = "id", std::int32_t timeout_ms = 60'000) {
        wire::InitProducerIdRequest request;
        request.transactional_id = wire::String(id);
        request.transaction_timeout_ms = timeout_ms;
        return *node.call<wire::InitProducerIdResponse>(request, 4);
    }
    ProducerClaim claim(const std::string& id = "id") {
        const auto answer = init(id);
        EXPECT_EQ(answer.error_code, ErrorCode::none);
        next_sequence = 0;
        return {answer.producer_id, answer.producer_epoch};
    }

    std::vector<std::byte> batch(ProducerClaim producer, const std::string& value) {
        wire::BatchOptions options;
        options.producer = ProducerStamp{producer.id, producer.epoch, Sequence{next_sequence++}};
        options.transactional = true;
        return batch_of({{.value = value}}, options);
    }
    ErrorCode produce(ProducerClaim producer, const std::string& value, std::int16_t version = kProduceV2) {
        const auto bytes = batch(producer, value);
        wire::ProduceRequest request = produce_request("t", bytes, -1);
        request.transactional_id = wire::String("id");
        const auto reply = node.call<wire::ProduceResponse>(request, version);
        return reply->responses.front().partition_responses.front().error_code;
    }
    ErrorCode add(ProducerClaim producer) {
        wire::AddPartitionsToTxnRequest request;
        request.v3_and_below_transactional_id = wire::String("id");
        request.v3_and_below_producer_id = producer.id;
        request.v3_and_below_producer_epoch = producer.epoch;
        auto& topic = request.v3_and_below_topics.emplace_back();
        topic.name = wire::String("t");
        topic.partitions.push_back(PartitionId{0});
        const auto reply = node.call<wire::AddPartitionsToTxnResponse>(request, 3);
        return reply->results_by_topic_v3_and_below.front().results_by_partition.front().partition_error_code;
    }
    wire::EndTxnResponse end(ProducerClaim producer, bool commit, std::int16_t version = kEndV2) {
        wire::EndTxnRequest request;
        request.transactional_id = wire::String("id");
        request.producer_id = producer.id;
        request.producer_epoch = producer.epoch;
        request.committed = commit;
        return *node.call<wire::EndTxnResponse>(request, version);
    }
    /// Of what a reader of committed records is given, the values that it does not skip.
    std::vector<std::string> committed() {
        wire::FetchRequest request = fetch_request("t", 0);
        request.isolation_level = 1;
        const auto reply = node.call<wire::FetchResponse>(request, 11);
        const auto& part = reply->responses.front().partitions.front();
        aborted.clear();
        if (part.aborted_transactions) {
            for (const auto& one : *part.aborted_transactions) aborted.push_back(one.first_offset);
        }
        return part.records ? values_of(part.records->view()) : std::vector<std::string>{};
    }
    std::vector<std::int64_t> aborted;

    std::string state() {
        wire::DescribeTransactionsRequest request;
        request.transactional_ids.emplace_back() = wire::String("id");
        const auto reply = node.call<wire::DescribeTransactionsResponse>(request, 0);
        return reply->transaction_states.front().transaction_state.to_string();
    }

    ErrorCode stage(ProducerClaim producer, std::int64_t offset, std::int16_t version) {
        wire::TxnOffsetCommitRequest request;
        request.transactional_id = wire::String("id");
        request.group_id = wire::String("g");
        request.producer_id = producer.id;
        request.producer_epoch = producer.epoch;
        auto& topic = request.topics.emplace_back();
        topic.name = wire::String("t");
        auto& part = topic.partitions.emplace_back();
        part.partition_index = PartitionId{1};
        part.committed_offset = offset;
        const auto reply = node.call<wire::TxnOffsetCommitResponse>(request, version);
        return reply->topics.front().partitions.front().error_code;
    }
    /// The committed offset of t-1 (-1: none), or the error.
    std::pair<ErrorCode, std::int64_t> stable_offset() {
        wire::OffsetFetchRequest request;
        request.group_id = wire::String("g");
        request.require_stable = true;
        auto& topic = request.topics->emplace_back();
        topic.name = wire::String("t");
        topic.partition_indexes.push_back(PartitionId{1});
        const auto reply = node.call<wire::OffsetFetchResponse>(request, 7);
        const auto& part = reply->topics.front().partitions.front();
        return {part.error_code, part.committed_offset};
    }
};

TEST_F(TransactionsTest, OfVersion2AreReadWhenTheyAreCommitted) {
    const ProducerClaim first = claim();
    EXPECT_EQ(produce(first, "a"), ErrorCode::none) << "the broker adds the partition";
    EXPECT_EQ(produce(first, "b"), ErrorCode::none);
    EXPECT_EQ(state(), "Ongoing");
    EXPECT_THAT(committed(), IsEmpty());
    const auto ended = end(first, true);
    EXPECT_EQ(ended.error_code, ErrorCode::none);
    EXPECT_EQ(ended.producer_epoch, ProducerEpoch{1});
    EXPECT_EQ(state(), "CompleteCommit");
    EXPECT_THAT(committed(), ElementsAre("a", "b"));
    EXPECT_THAT(aborted, IsEmpty());
}

TEST_F(TransactionsTest, ThatAreAbortedAreNamedToReaders) {
    const ProducerClaim first = claim();
    produce(first, "a");
    const auto ended = end(first, false);
    next_sequence = 0;
    produce({ended.producer_id, ended.producer_epoch}, "b");
    end({ended.producer_id, ended.producer_epoch}, true);
    EXPECT_THAT(committed(), ElementsAre("a", "b"));
    EXPECT_THAT(aborted, ElementsAre(0)) << "the reader skips what this one wrote";
}

TEST_F(TransactionsTest, OfVersion1NeedTheirPartitionsAddedByTheClient) {
    const ProducerClaim producer = claim();
    EXPECT_EQ(produce(producer, "a", kProduceV1), ErrorCode::invalid_txn_state);
    next_sequence = 0;
    EXPECT_EQ(add(producer), ErrorCode::none);
    EXPECT_EQ(produce(producer, "a", kProduceV1), ErrorCode::none);
    EXPECT_EQ(end(producer, true, kEndV1).error_code, ErrorCode::none);
    EXPECT_THAT(committed(), ElementsAre("a"));
    EXPECT_EQ(produce(producer, "late", kProduceV1), ErrorCode::invalid_txn_state) << "nothing hangs (KIP-890)";
}

TEST_F(TransactionsTest, OfAFormerInstanceAreAbortedAndItIsFenced) {
    const ProducerClaim zombie = claim();
    produce(zombie, "a");
    EXPECT_EQ(init().error_code, ErrorCode::concurrent_transactions);
    const ProducerClaim present = claim();
    EXPECT_GT(present.epoch, zombie.epoch);
    EXPECT_EQ(produce(zombie, "b"), ErrorCode::invalid_producer_epoch);
    EXPECT_EQ(end(zombie, true).error_code, ErrorCode::producer_fenced);
    EXPECT_EQ(end(zombie, true, 1).error_code, ErrorCode::invalid_producer_epoch) << "before KIP-588";
}

TEST_F(TransactionsTest, ThatTakeTooLongAreAborted) {
    const auto given = init("id", 1'000);
    produce({given.producer_id, given.producer_epoch}, "a");
    node.advance(std::chrono::milliseconds{1'001});
    node.turn();
    EXPECT_EQ(state(), "CompleteAbort");
    EXPECT_THAT(committed(), ElementsAre("a"));
    EXPECT_THAT(aborted, ElementsAre(0));
}

TEST_F(TransactionsTest, AreThereAfterACrash) {
    const ProducerClaim producer = claim();
    produce(producer, "a");
    node.crash();
    EXPECT_EQ(state(), "Ongoing");
    EXPECT_EQ(end(producer, true).error_code, ErrorCode::none);
    EXPECT_THAT(committed(), ElementsAre("a"));
    node.crash();
    EXPECT_EQ(state(), "CompleteCommit");
    EXPECT_EQ(end(producer, true).producer_epoch, ProducerEpoch{1}) << "a retry";
}

// Topics open in no order that is known: markers go out when all of them are there.
TEST_F(TransactionsTest, ThatWereDecidedBeforeACrashAreCompletedAfterIt) {
    const ProducerClaim producer = claim();
    for (int i = 0; i < 8; ++i) {
        const std::string topic = "t" + std::to_string(i);
        ASSERT_EQ(node.create_topic(topic), ErrorCode::none);
        next_sequence = 0;
        const auto bytes = batch(producer, "a");
        wire::ProduceRequest request = produce_request(topic, bytes, -1);
        request.transactional_id = wire::String("id");
        const auto reply = node.call<wire::ProduceResponse>(request, kProduceV2);
        ASSERT_EQ(reply->responses.front().partition_responses.front().error_code, ErrorCode::none);
    }
    node.hold_flushes = true;
    wire::EndTxnRequest request;
    request.transactional_id = wire::String("id");
    request.producer_id = producer.id;
    request.producer_epoch = producer.epoch;
    request.committed = true;
    const ConnectionId connection = node.connect();
    node.send(connection, request, kEndV2);
    EXPECT_FALSE(node.receive<wire::EndTxnResponse>(connection, kEndV2)) << "it is written, and not durable";
    node.hold_flushes = false;
    node.crash();
    EXPECT_EQ(state(), "PrepareCommit");
    node.advance(std::chrono::milliseconds{1});
    node.turn();
    EXPECT_EQ(state(), "CompleteCommit");
    for (int i = 0; i < 8; ++i) {
        wire::FetchRequest fetch = fetch_request("t" + std::to_string(i), 0);
        fetch.isolation_level = 1;
        const auto reply = node.call<wire::FetchResponse>(fetch, 11);
        const auto& part = reply->responses.front().partitions.front();
        EXPECT_EQ(part.last_stable_offset, 2) << "t" << i << " has its record and its marker";
    }
}

TEST_F(TransactionsTest, CommitOffsetsOrDoNot) {
    ASSERT_EQ(find_coordinator("g", 0), ErrorCode::none);
    ProducerClaim producer = claim();
    EXPECT_EQ(stage(producer, 5, 5), ErrorCode::none);
    EXPECT_EQ(stable_offset(), std::pair(ErrorCode::unstable_offset_commit, std::int64_t{-1}));
    auto ended = end(producer, true);
    EXPECT_EQ(stable_offset(), std::pair(ErrorCode::none, std::int64_t{5}));
    producer = {ended.producer_id, ended.producer_epoch};
    EXPECT_EQ(stage(producer, 9, 5), ErrorCode::none);
    node.crash();
    EXPECT_EQ(stable_offset().first, ErrorCode::unstable_offset_commit) << "it is open still";
    ended = end(producer, false);
    EXPECT_EQ(stable_offset(), std::pair(ErrorCode::none, std::int64_t{5}));
    node.crash();
    EXPECT_EQ(stable_offset(), std::pair(ErrorCode::none, std::int64_t{5}));
}

TEST_F(TransactionsTest, OfVersion1AddTheOffsetsOfAGroup) {
    ASSERT_EQ(find_coordinator("g", 0), ErrorCode::none);
    const ProducerClaim producer = claim();
    EXPECT_EQ(stage(producer, 5, 3), ErrorCode::invalid_txn_state);
    wire::AddOffsetsToTxnRequest request;
    request.transactional_id = wire::String("id");
    request.group_id = wire::String("g");
    request.producer_id = producer.id;
    request.producer_epoch = producer.epoch;
    EXPECT_EQ(node.call<wire::AddOffsetsToTxnResponse>(request, 3)->error_code, ErrorCode::none);
    EXPECT_EQ(stage(producer, 5, 3), ErrorCode::none);
    EXPECT_EQ(stage(producer, 6, 3), ErrorCode::none) << "the last one counts";
    EXPECT_EQ(end(producer, true, kEndV1).error_code, ErrorCode::none);
    EXPECT_EQ(stable_offset(), std::pair(ErrorCode::none, std::int64_t{6}));
}

TEST_F(TransactionsTest, AreListedByState) {
    produce(claim(), "a");
    wire::ListTransactionsRequest request;
    request.state_filters.emplace_back() = wire::String("Ongoing");
    auto reply = node.call<wire::ListTransactionsResponse>(request, 1);
    ASSERT_EQ(reply->transaction_states.size(), 1U);
    EXPECT_EQ(reply->transaction_states.front().transactional_id.view(), "id");
    request.state_filters.materialise()[0] = wire::String("Empty");
    EXPECT_EQ(node.call<wire::ListTransactionsResponse>(request, 1)->transaction_states.size(), 0U);
    request.state_filters.materialise()[0] = wire::String("Nonsense");
    reply = node.call<wire::ListTransactionsResponse>(request, 1);
    EXPECT_EQ(reply->unknown_state_filters.size(), 1U);
    EXPECT_EQ(reply->transaction_states.size(), 0U);
}

// KIP-664: an operator ends a transaction that nobody else will.
TEST_F(TransactionsTest, ThatHangAreEndedByAMarker) {
    const ProducerClaim producer = claim();
    produce(producer, "a");
    wire::WriteTxnMarkersRequest request;
    auto& marker = request.markers.emplace_back();
    marker.producer_id = producer.id;
    marker.producer_epoch = producer.epoch;
    marker.coordinator_epoch = CoordinatorEpoch{0};
    auto& topic = marker.topics.emplace_back();
    topic.name = wire::String("t");
    topic.partition_indexes.push_back(PartitionId{0});
    topic.partition_indexes.push_back(PartitionId{7});
    const auto reply = node.call<wire::WriteTxnMarkersResponse>(request, 1);
    std::vector<ErrorCode> errors;
    for (const auto& part : reply->markers.front().topics.front().partitions) errors.push_back(part.error_code);
    EXPECT_THAT(errors, ElementsAre(ErrorCode::none, ErrorCode::unknown_topic_or_partition));
    committed();
    EXPECT_THAT(aborted, ElementsAre(0));
}

TEST_F(TransactionsTest, ABatchWithoutATransactionalIdIsRefused) {
    const ProducerClaim producer = claim();
    const auto reply = node.produce("t", batch(producer, "a"), -1, kProduceV2);
    EXPECT_EQ(reply->responses.front().partition_responses.front().error_code,
              ErrorCode::transactional_id_authorization_failed);
}

}  // namespace
}  // namespace highwater::engine::testing
