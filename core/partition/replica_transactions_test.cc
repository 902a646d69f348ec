#include <gtest/gtest.h>

#include "core/partition/testing.h"

// A transaction begins in a partition only when its coordinator has said so (KIP-890).

namespace highwater::testing {
namespace {

class LeaderOfTransactions : public ::testing::Test {
  protected:
    LeaderOfTransactions() : driver(FlushMode::replicated) { driver.leads(1, nodes({0}), nodes({0})); }

    ErrorCode append(const BatchFacts& batch, std::optional<std::uint64_t> guard = {},
                     TransactionVersion version = {}) {
        ProduceReceived produce{ProduceToken{++token}, Acks::none, batch, Time{1000}};
        produce.transaction_version = version;
        if (guard) produce.guard = VerificationGuard{*guard};
        for (const Effect& effect : driver.hears(produce)) {
            if (const auto* reply = std::get_if<ReplyProduce>(&effect)) return reply->error;
        }
        return ErrorCode::unknown_server_error;
    }
    void begin(std::int64_t producer, std::uint64_t guard) {
        driver.hears(VerificationBegun{ProducerId{producer}, VerificationGuard{guard}});
    }

    ReplicaDriver driver;
    std::uint64_t token = 0;
};

TEST_F(LeaderOfTransactions, RefusesABatchThatNobodyVouchesFor) {
    EXPECT_EQ(append(of_producer(1).transactional()), ErrorCode::invalid_txn_state);
    EXPECT_EQ(append(of_producer(1).transactional(), 5), ErrorCode::invalid_txn_state) << "a guard it does not know";
    begin(1, 5);
    EXPECT_EQ(append(of_producer(1).transactional()), ErrorCode::invalid_txn_state);
    EXPECT_EQ(append(of_producer(2).transactional(), 5), ErrorCode::invalid_txn_state) << "of another producer";
    EXPECT_EQ(append(of_producer(1).transactional(), 5), ErrorCode::none);
    EXPECT_EQ(append(of_producer(1).transactional().sequence(1)), ErrorCode::none) << "the transaction is open";
}

TEST_F(LeaderOfTransactions, TakesAGuardForOneBeginningOnly) {
    begin(1, 5);
    EXPECT_EQ(append(of_producer(1).transactional(), 5), ErrorCode::none);
    EXPECT_EQ(append(marker_of(1, false, 0)), ErrorCode::none);
    EXPECT_EQ(append(of_producer(1).transactional().sequence(1), 5), ErrorCode::invalid_txn_state);
}

// The transaction that was verified is over when the batch comes, and another may be open at the coordinator (ABA).
TEST_F(LeaderOfTransactions, VoidsAGuardWithTheMarkerThatComesInBetween) {
    begin(1, 5);
    EXPECT_EQ(append(marker_of(1, false, 0)), ErrorCode::none);
    EXPECT_EQ(append(of_producer(1).transactional(), 5), ErrorCode::invalid_txn_state);
}

TEST_F(LeaderOfTransactions, VoidsGuardsWithItsLeadership) {
    begin(1, 5);
    driver.leads(2, nodes({0}), nodes({0}));
    driver.follows(1, 3);
    driver.leads(4, nodes({0}), nodes({0}));
    EXPECT_EQ(append(of_producer(1).transactional(), 5), ErrorCode::invalid_txn_state);
}

TEST_F(LeaderOfTransactions, ForgetsAVerificationThatCameToNothing) {
    begin(1, 5);
    driver.hears(VerificationEnded{ProducerId{1}});
    EXPECT_EQ(append(of_producer(1).transactional(), 5), ErrorCode::invalid_txn_state);
}

// KAFKA-18575: what is open is the transaction before, whose marker is still under way.
TEST_F(LeaderOfTransactions, AsksAnewForTheNextEpoch) {
    begin(1, 5);
    EXPECT_EQ(append(of_producer(1).transactional(), 5), ErrorCode::none);
    EXPECT_EQ(append(of_producer(1).epoch(1).transactional()), ErrorCode::invalid_txn_state);
}

TEST_F(LeaderOfTransactions, TellsAZombieThatItIsFenced) {
    EXPECT_EQ(append(marker_of(1, false, 0).epoch(3)), ErrorCode::none);
    EXPECT_EQ(append(of_producer(1).epoch(2).transactional()), ErrorCode::invalid_producer_epoch);
}

TEST_F(LeaderOfTransactions, TakesTheFirstSequenceOnlyFromAnUnknownProducerOfVersion2) {
    begin(1, 5);
    EXPECT_EQ(append(of_producer(1).sequence(4).transactional(), 5, kTransactionV2),
              ErrorCode::out_of_order_sequence_number);
    EXPECT_EQ(append(of_producer(1).sequence(4).transactional(), 5, kTransactionV1), ErrorCode::none);
}

// The offsets that a group coordinator writes in a transaction have no sequence.
TEST_F(LeaderOfTransactions, TakesBatchesWithoutASequenceAndFencesTheirEpoch) {
    const auto offsets = [](std::int16_t epoch) {
        return of_producer(1).epoch(epoch).transactional().with(
            [](BatchFacts& f) { f.producer->base_sequence.reset(); });
    };
    begin(1, 5);
    EXPECT_EQ(append(offsets(1), 5), ErrorCode::none);
    EXPECT_EQ(append(offsets(1)), ErrorCode::none) << "no retry of the first";
    EXPECT_EQ(append(offsets(0)), ErrorCode::invalid_producer_epoch);
    EXPECT_EQ(append(marker_of(1, true, 0).epoch(2)), ErrorCode::none);
    begin(1, 6);
    EXPECT_EQ(append(offsets(2), 6), ErrorCode::none);
}

// KIP-1228, KAFKA-19999
TEST_F(LeaderOfTransactions, TakesAMarkerOfVersion2AboveTheEpochThatItEndsAndItsRetry) {
    begin(1, 5);
    EXPECT_EQ(append(of_producer(1).transactional(), 5, kTransactionV2), ErrorCode::none);
    EXPECT_EQ(append(marker_of(1, true, 0), {}, kTransactionV2), ErrorCode::invalid_producer_epoch);
    EXPECT_EQ(append(marker_of(1, true, 0).epoch(1), {}, kTransactionV2), ErrorCode::none);
    EXPECT_EQ(append(marker_of(1, true, 0).epoch(1), {}, kTransactionV2), ErrorCode::none) << "its answer was lost";
    begin(1, 6);
    EXPECT_EQ(append(of_producer(1).epoch(1).transactional(), 6, kTransactionV2), ErrorCode::none);
    EXPECT_EQ(append(marker_of(1, true, 0).epoch(1), {}, kTransactionV2), ErrorCode::invalid_producer_epoch)
        << "late: it would end the next transaction";
    EXPECT_EQ(append(marker_of(1, true, 0).epoch(1), {}, kTransactionV1), ErrorCode::none)
        << "of version 1 nobody knows";
}

}  // namespace
}  // namespace highwater::testing
