#include "broker/client/hanging_transactions.h"

#include <gtest/gtest.h>

namespace highwater::client {

namespace {

constexpr Timestamp kNow{1'700'000'000'000};
constexpr std::int64_t kLongest = 900'000;

const TopicPartition kPartition{"orders", PartitionId{3}};

ProducerInfo a_producer(std::int64_t id, std::int64_t silent_for_ms, std::optional<Offset> transaction_start) {
    ProducerInfo producer;
    producer.producer_id = ProducerId{id};
    producer.last_timestamp = Timestamp{kNow.value() - silent_for_ms};
    producer.transaction_start = transaction_start;
    return producer;
}

OpenTransaction an_open_transaction(std::int64_t id) {
    return {kPartition, a_producer(id, kLongest + 1, Offset{7})};
}

TransactionInfo a_transaction(std::int64_t id) {
    TransactionInfo info;
    info.producer_id = ProducerId{id};
    info.state = "Ongoing";
    info.partitions = {kPartition};
    return info;
}

std::vector<std::int64_t> ids(const std::vector<OpenTransaction>& transactions) {
    std::vector<std::int64_t> all;
    for (const OpenTransaction& open : transactions) all.push_back(open.producer.producer_id.value());
    return all;
}

TEST(HangingTransactions, OnlyAnOpenTransactionOfASilentProducerIsSuspect) {
    const auto found = suspects({{kPartition,
                                  {a_producer(1, kLongest, Offset{7}), a_producer(2, kLongest + 1, Offset{8}),
                                   a_producer(3, kLongest + 1, std::nullopt), a_producer(4, 0, Offset{9})}}},
                                kNow, kLongest);
    EXPECT_EQ(ids(found), std::vector<std::int64_t>{2});
}

TEST(HangingTransactions, WhatACoordinatorHasInHandDoesNotHang) {
    EXPECT_TRUE(hanging({an_open_transaction(1)}, {{ProducerId{1}, a_transaction(1)}}).empty());
}

TEST(HangingTransactions, AProducerThatNoCoordinatorKnowsHangs) {
    EXPECT_EQ(ids(hanging({an_open_transaction(1)}, {})), std::vector<std::int64_t>{1});
    EXPECT_EQ(ids(hanging({an_open_transaction(1)}, {{ProducerId{1}, std::nullopt}})), std::vector<std::int64_t>{1});
}

TEST(HangingTransactions, APartitionThatItsCoordinatorDoesNotHaveHangs) {
    TransactionInfo elsewhere = a_transaction(1);
    elsewhere.partitions = {{"orders", PartitionId{4}}};
    EXPECT_EQ(ids(hanging({an_open_transaction(1)}, {{ProducerId{1}, elsewhere}})), std::vector<std::int64_t>{1});
}

TEST(HangingTransactions, AnIdThatHasAnotherProducerIdByNowHangs) {
    EXPECT_EQ(ids(hanging({an_open_transaction(1)}, {{ProducerId{1}, a_transaction(2)}})),
              std::vector<std::int64_t>{1});
}

}  // namespace

}  // namespace highwater::client
