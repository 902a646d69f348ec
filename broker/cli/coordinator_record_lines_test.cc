#include "broker/cli/coordinator_record_lines.h"

#include <gtest/gtest.h>

#include "net/wire/record/transaction_records_codec.h"

namespace highwater::cli {
namespace {

wire::CoordinatorRecordBytes a_transaction() {
    TransactionMetadata transaction;
    transaction.producer_id = ProducerId{7};
    transaction.producer_epoch = ProducerEpoch{2};
    transaction.timeout = std::chrono::seconds{60};
    transaction.state = TransactionState::ongoing;
    transaction.partitions = {{"out", PartitionId{0}}, {"out", PartitionId{2}}};
    transaction.last_update = transaction.started.emplace(Timestamp{1000});
    transaction.client_version = kTransactionV2;
    return wire::encode_transaction_record({"transfers", transaction}, kTransactionV2).value();
}

// The text is what Kafka 4.3.1's DumpLogSegments --transaction-log-decoder prints.
TEST(CoordinatorRecordLines, AreThoseOfKafka) {
    const auto bytes = a_transaction();
    const auto lines = coordinator_record_lines("__transaction_state", bytes.key, *bytes.value);
    ASSERT_TRUE(lines && *lines);
    EXPECT_EQ((*lines)->key.dump(), R"({"type":"0","data":{"transactionalId":"transfers"}})");
    EXPECT_EQ((*lines)->payload.dump(),
              R"({"version":"1","data":{"producerId":7,"producerEpoch":2,"transactionTimeoutMs":60000,)"
              R"("transactionStatus":1,"transactionPartitions":[{"topic":"out","partitionIds":[0,2]}],)"
              R"("transactionLastUpdateTimestampMs":1000,"transactionStartTimestampMs":1000,)"
              R"("clientTransactionVersion":2}})");
}

TEST(CoordinatorRecordLines, OfATombstoneSayThatItDeletes) {
    const auto bytes = a_transaction();
    const auto lines = coordinator_record_lines("__transaction_state", bytes.key, std::nullopt);
    ASSERT_TRUE(lines && *lines);
    EXPECT_EQ((*lines)->payload, "<DELETE>");
}

TEST(CoordinatorRecordLines, AreNoneForATypeThatTheTopicDoesNotHave) {
    auto bytes = a_transaction();
    bytes.key[1] = std::byte{99};
    EXPECT_EQ(coordinator_record_lines("__transaction_state", bytes.key, *bytes.value)->has_value(), false);
}

TEST(CoordinatorRecordLines, OfDamagedBytesAreAnError) {
    const auto bytes = a_transaction();
    for (std::size_t size = 0; size < bytes.value->size(); ++size) {
        EXPECT_FALSE(
            coordinator_record_lines("__transaction_state", bytes.key, wire::RecordBytes(*bytes.value).first(size)))
            << size;
    }
}

}  // namespace
}  // namespace highwater::cli
