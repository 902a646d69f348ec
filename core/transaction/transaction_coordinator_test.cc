#include "core/transaction/transaction_coordinator.h"

#include <gtest/gtest.h>

#include "core/transaction/transaction_testing.h"

namespace highwater::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::set<TopicPartition> kA{at("a")};
const std::set<TopicPartition> kAB{at("a"), at("b", 3)};

ProducerClaim next(ProducerClaim producer) {
    return {producer.id, ProducerEpoch{static_cast<std::int16_t>(producer.epoch.value() + 1)}};
}

/// An id that stands at `epoch` with nothing open.
ProducerClaim standing_at(Transactions& transactions, const std::string& id, std::int16_t epoch) {
    TransactionMetadata known;
    known.producer_id = ProducerId{7};
    known.producer_epoch = ProducerEpoch{epoch};
    known.timeout = seconds{60};
    known.last_update = transactions.wall;
    transactions.log.push_back({id, known});
    transactions.fail_over(1);
    return known.producer();
}

// ---- InitProducerId ------------------------------------------------------------------------------------------------

TEST(InitProducerId, GivesANewProducerIdAndThenItsNextEpochs) {
    Transactions t;
    const auto first = t.init("id");
    EXPECT_EQ(first.producer, (ProducerClaim{ProducerId{1000}, ProducerEpoch{0}}));
    EXPECT_EQ(t.init("id").producer, next(first.producer));
    EXPECT_EQ(t.init("other").producer, (ProducerClaim{ProducerId{1001}, ProducerEpoch{0}}));
}

TEST(InitProducerId, IsRefusedWithoutAnIdOrWithATimeoutOutOfBounds) {
    Transactions t;
    EXPECT_EQ(t.init("").error, ErrorCode::invalid_request);
    EXPECT_EQ(t.init("id", {}, seconds{0}).error, ErrorCode::invalid_transaction_timeout);
    EXPECT_EQ(t.init("id", {}, t.config.max_timeout).error, ErrorCode::none);
    EXPECT_EQ(t.init("id", {}, t.config.max_timeout + milliseconds{1}).error, ErrorCode::invalid_transaction_timeout);
}

TEST(InitProducerId, WaitsForAProducerIdWithAnErrorThatIsRetried) {
    Transactions t;
    InitProducerIdReceived request{
        .token = TransactionToken{9}, .transactional_id = "id", .timeout = seconds{1}, .expected = {}};
    t.give(request);
    EXPECT_EQ(t.answer_to<InitProducerIdAnswer>(request.token)->error, ErrorCode::coordinator_load_in_progress);
}

TEST(InitProducerId, AbortsTheTransactionOfTheFormerInstanceAndGivesAnEpochAboveTheOneThatFencedIt) {
    Transactions t;
    const ProducerClaim first = t.init("id").producer;
    ASSERT_EQ(t.add("id", first, kAB), ErrorCode::none);
    EXPECT_EQ(t.init("id").error, ErrorCode::concurrent_transactions);
    EXPECT_EQ(t.add("id", first, kA), ErrorCode::producer_fenced);
    ASSERT_EQ(t.markers.size(), 1U);
    EXPECT_FALSE(t.markers[0].commit);
    EXPECT_EQ(t.markers[0].producer, next(first)) << "the marker fences what comes late";
    EXPECT_EQ(t.markers[0].partitions, kAB);
    EXPECT_EQ(t.init("id").error, ErrorCode::concurrent_transactions) << "its markers are under way";
    t.answer_markers();
    EXPECT_EQ(t.state("id"), TransactionState::complete_abort);
    EXPECT_EQ(t.init("id").producer, next(next(first)));
}

TEST(InitProducerId, OfAProducerThatNamesWhatItHadIsRepeatedWithoutAFurtherEpoch) {
    Transactions t;
    const ProducerClaim first = t.init("id").producer;
    const auto bumped = t.init("id", first);
    EXPECT_EQ(bumped.producer, next(first));
    EXPECT_EQ(t.init("id", first).producer, next(first)) << "the answer was lost (KIP-360)";
    EXPECT_EQ(t.init("id", first).producer, next(first)) << "twice";
}

TEST(InitProducerId, FencesWhoeverNamesAnEpochThatAnotherInstanceHasReplaced) {
    Transactions t;
    const ProducerClaim first = t.init("id").producer;
    const ProducerClaim second = t.init("id").producer;
    EXPECT_EQ(t.init("id", first).error, ErrorCode::producer_fenced);
    EXPECT_EQ(t.init("id", ProducerClaim{ProducerId{5}, first.epoch}).error, ErrorCode::producer_fenced);
    ASSERT_EQ(t.add("id", second, kA), ErrorCode::none);
    EXPECT_EQ(t.init("id", first).error, ErrorCode::producer_fenced) << "and does not end the other's transaction";
    EXPECT_EQ(t.state("id"), TransactionState::ongoing);
}

TEST(InitProducerId, GivesANewProducerIdWhenTheEpochsAreExhausted) {
    Transactions t;
    const ProducerClaim last = standing_at(t, "id", 32'765);
    EXPECT_EQ(t.init("id").producer, next(last));
    const auto rotated = t.init("id", next(last));
    EXPECT_EQ(rotated.producer, (ProducerClaim{ProducerId{1000}, ProducerEpoch{0}}));
    EXPECT_EQ(t.init("id", next(last)).producer, rotated.producer) << "the answer was lost";
    EXPECT_EQ(t.init("id", last).error, ErrorCode::producer_fenced);
    EXPECT_EQ(t.machine.find("id")->previous_producer_id, last.id);
}

TEST(InitProducerId, AfterAFenceThatTookTheVeryLastEpochGivesANewProducerId) {
    Transactions t;
    const ProducerClaim last = standing_at(t, "id", 32'766);
    ASSERT_EQ(t.add("id", last, kA), ErrorCode::none);
    EXPECT_EQ(t.init("id").error, ErrorCode::concurrent_transactions);
    EXPECT_EQ(t.markers[0].producer.epoch, ProducerEpoch{32'767});
    t.answer_markers();
    EXPECT_EQ(t.init("id").producer, (ProducerClaim{ProducerId{1000}, ProducerEpoch{0}}));
}

TEST(InitProducerId, NeverGivesTheEpochThatIsForFencingOnly) {
    Transactions t;
    const ProducerClaim last = standing_at(t, "id", 32'766);
    ASSERT_EQ(t.add("id", last, kA), ErrorCode::none);
    EXPECT_EQ(t.init("id", last).error, ErrorCode::concurrent_transactions);
    t.answer_markers();
    ASSERT_EQ(t.machine.find("id")->producer(), next(last));
    const ProducerClaim rotated{ProducerId{1000}, ProducerEpoch{0}};
    EXPECT_EQ(t.init("id", last).producer, rotated) << "whoever comes again, as it was told to";
    EXPECT_EQ(t.init("id", last).producer, rotated) << "the answer was lost";
}

// ---- Partitions ----------------------------------------------------------------------------------------------------

TEST(AddPartitions, OpensATransactionAndTakesMoreOfThem) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    EXPECT_EQ(t.add("id", p, kA), ErrorCode::none);
    const std::size_t records = t.log.size();
    EXPECT_EQ(t.add("id", p, kA), ErrorCode::none);
    EXPECT_EQ(t.log.size(), records) << "nothing new, nothing written";
    EXPECT_EQ(t.add("id", p, kAB), ErrorCode::none);
    EXPECT_EQ(t.machine.find("id")->partitions, kAB);
    EXPECT_EQ(t.machine.find("id")->started, t.wall);
}

TEST(AddPartitions, AreRefusedToWhoeverDoesNotHoldTheId) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    EXPECT_EQ(t.add("", p, kA), ErrorCode::invalid_request);
    EXPECT_EQ(t.add("unknown", p, kA), ErrorCode::invalid_producer_id_mapping);
    EXPECT_EQ(t.add("id", {ProducerId{5}, p.epoch}, kA), ErrorCode::invalid_producer_id_mapping);
    EXPECT_EQ(t.add("id", next(p), kA), ErrorCode::producer_fenced);
    t.init("id");
    EXPECT_EQ(t.add("id", p, kA), ErrorCode::producer_fenced);
}

TEST(AddPartitions, WaitForTheMarkersOfTheTransactionBefore) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kA);
    const ProducerClaim q = t.end("id", p, true).producer;
    EXPECT_EQ(t.add("id", q, kA), ErrorCode::concurrent_transactions);
    t.answer_markers();
    EXPECT_EQ(t.add("id", q, kA), ErrorCode::none);
}

TEST(AddPartitions, AreVerifiedAgainstTheTransactionThatIsOpen) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kA, kTransactionV1);
    const auto verified = t.verify("id", p, kAB);
    EXPECT_EQ(verified.error, ErrorCode::none);
    EXPECT_EQ(verified.missing, (std::set<TopicPartition>{at("b", 3)}));
    EXPECT_EQ(t.verify("id", next(p), kA).error, ErrorCode::producer_fenced);
    t.end("id", p, true, kTransactionV1);
    EXPECT_EQ(t.verify("id", p, kA).error, ErrorCode::concurrent_transactions);
    t.answer_markers();
    EXPECT_EQ(t.verify("id", p, kA).missing, kA) << "of a transaction that is over";
}

// ---- EndTxn --------------------------------------------------------------------------------------------------------

TEST(EndTransaction, OfVersion1KeepsTheEpoch) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kAB, kTransactionV1);
    EXPECT_EQ(t.end("id", p, true, kTransactionV1).error, ErrorCode::none);
    ASSERT_EQ(t.markers.size(), 1U);
    EXPECT_TRUE(t.markers[0].commit);
    EXPECT_EQ(t.markers[0].producer, p);
    EXPECT_EQ(t.end("id", p, true, kTransactionV1).error, ErrorCode::concurrent_transactions);
    EXPECT_EQ(t.end("id", p, false, kTransactionV1).error, ErrorCode::invalid_txn_state);
    t.answer_markers();
    EXPECT_EQ(t.state("id"), TransactionState::complete_commit);
    EXPECT_EQ(t.end("id", p, true, kTransactionV1).error, ErrorCode::none) << "a retry";
    EXPECT_EQ(t.end("id", p, false, kTransactionV1).error, ErrorCode::invalid_txn_state);
    EXPECT_EQ(t.add("id", p, kA, kTransactionV1), ErrorCode::none) << "the same epoch goes on";
}

TEST(EndTransaction, OfVersion2TakesTheEpochWithIt) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kAB);
    const auto ended = t.end("id", p, true);
    EXPECT_EQ(ended.error, ErrorCode::none);
    EXPECT_EQ(ended.producer, next(p));
    EXPECT_EQ(t.markers.at(0).producer, next(p)) << "above every batch of the transaction";
    EXPECT_EQ(t.end("id", p, true).error, ErrorCode::concurrent_transactions);
    EXPECT_EQ(t.end("id", next(p), true).error, ErrorCode::producer_fenced) << "of no transaction yet";
    t.answer_markers();
    EXPECT_EQ(t.end("id", p, true).producer, next(p)) << "a retry hears the same";
    EXPECT_EQ(t.end("id", p, false).error, ErrorCode::invalid_txn_state) << "the decision stands";
}

// KAFKA-17754: a request that was held back until the next transaction is open.
TEST(EndTransaction, OfVersion2ThatComesLateEndsNothing) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kA);
    const ProducerClaim q = t.end("id", p, false).producer;
    t.answer_markers();
    t.add("id", q, kA);
    EXPECT_EQ(t.end("id", p, false).error, ErrorCode::producer_fenced);
    EXPECT_EQ(t.state("id"), TransactionState::ongoing);
}

TEST(EndTransaction, OfVersion2MayAbortWhatWasNeverBegun) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    EXPECT_EQ(t.end("id", p, true).error, ErrorCode::invalid_txn_state);
    const auto aborted = t.end("id", p, false);
    EXPECT_EQ(aborted.producer, next(p));
    EXPECT_EQ(t.state("id"), TransactionState::complete_abort) << "no partition, no marker";
    EXPECT_TRUE(t.markers.empty());
    EXPECT_EQ(t.end("id", next(p), false).producer, next(next(p))) << "and again, from complete";
    EXPECT_EQ(t.end("id", next(next(p)), true).error, ErrorCode::invalid_txn_state);
    EXPECT_EQ(t.end("id", p, false, kTransactionV1).error, ErrorCode::producer_fenced);
}

TEST(EndTransaction, OfVersion1HasNothingToEndInAnEmptyId) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    EXPECT_EQ(t.end("id", p, false, kTransactionV1).error, ErrorCode::invalid_txn_state);
    EXPECT_EQ(t.end("id", p, true, kTransactionV1).error, ErrorCode::invalid_txn_state);
    EXPECT_EQ(t.end("unknown", p, true).error, ErrorCode::invalid_producer_id_mapping);
    EXPECT_EQ(t.end("id", {ProducerId{5}, p.epoch}, true).error, ErrorCode::invalid_producer_id_mapping);
    EXPECT_EQ(t.end("", p, true).error, ErrorCode::invalid_request);
}

// KAFKA-18660, KAFKA-20090
TEST(EndTransaction, OfVersion2AtTheLastEpochGoesOnWithANewProducerId) {
    Transactions t;
    const ProducerClaim last = standing_at(t, "id", 32'766);
    t.add("id", last, kA);
    const auto ended = t.end("id", last, true);
    EXPECT_EQ(ended.producer, (ProducerClaim{ProducerId{1000}, ProducerEpoch{0}}));
    EXPECT_EQ(t.markers.at(0).producer, next(last)) << "32,767, of the old producer id";
    t.answer_markers();
    EXPECT_EQ(t.machine.find("id")->producer(), ended.producer);
    EXPECT_EQ(t.end("id", last, true).producer, ended.producer) << "the answer was lost";
    EXPECT_EQ(t.add("id", ended.producer, kA), ErrorCode::none);
}

TEST(TransactionTimeout, EndsWhatIsOpenAtTheEpochThatIsForFencing) {
    Transactions t;
    TransactionMetadata known;
    known.producer_id = ProducerId{7};
    known.producer_epoch = ProducerEpoch{32'767};
    known.timeout = seconds{60};
    known.state = TransactionState::ongoing;
    known.partitions = kA;
    known.client_version = kTransactionV2;
    t.log.push_back({"id", known});
    t.fail_over(1);
    t.pass(seconds{60});
    ASSERT_EQ(t.markers.size(), 1U);
    EXPECT_EQ(t.markers[0].producer, known.producer());
    EXPECT_EQ(t.markers[0].version, kTransactionV1) << "one of version 2 would be above its records";
}

// KAFKA-9600
TEST(EndTransaction, IsRefusedToAnEpochThatWasNeverGiven) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kA);
    EXPECT_EQ(t.end("id", next(p), true, kTransactionV1).error, ErrorCode::producer_fenced);
    EXPECT_EQ(t.end("id", next(p), true, kTransactionV2).error, ErrorCode::producer_fenced);
    EXPECT_EQ(t.state("id"), TransactionState::ongoing);
}

// Clients that do not retry CONCURRENT_TRANSACTIONS here would take a zombie for one that may try again.
TEST(EndTransaction, TellsAZombieThatItIsFencedWhateverIsUnderWay) {
    Transactions t;
    const ProducerClaim zombie = t.init("id").producer;
    t.init("id");
    const ProducerClaim present = t.init("id").producer;
    t.hold_writes = true;
    t.give(AddPartitionsReceived{.token = TransactionToken{98},
                                 .transactional_id = "id",
                                 .producer = present,
                                 .partitions = kA,
                                 .version = kTransactionV1});
    EXPECT_EQ(t.end("id", zombie, true, kTransactionV1).error, ErrorCode::producer_fenced);
    EXPECT_EQ(t.end("id", zombie, true, kTransactionV2).error, ErrorCode::producer_fenced);
    EXPECT_EQ(t.add("id", zombie, kA), ErrorCode::producer_fenced);
    EXPECT_EQ(t.end("id", present, true).error, ErrorCode::concurrent_transactions);
}

TEST(EndTransaction, IsNotHeardBeforeItIsCommitted) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kA);
    t.hold_writes = true;
    t.give(EndTransactionReceived{.token = TransactionToken{99},
                                  .transactional_id = "id",
                                  .producer = p,
                                  .commit = true,
                                  .version = kTransactionV2});
    EXPECT_FALSE(t.answer_to<EndTransactionAnswer>(TransactionToken{99}));
    EXPECT_TRUE(t.markers.empty()) << "a marker of what may be lost";
    EXPECT_EQ(t.add("id", p, kA), ErrorCode::concurrent_transactions);
    t.commit_writes();
    EXPECT_EQ(t.answer_to<EndTransactionAnswer>(TransactionToken{99})->error, ErrorCode::none);
    EXPECT_EQ(t.markers.size(), 1U);
}

TEST(EndTransaction, WhoseRecordFailsLeavesTheTransactionOpen) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kA);
    t.hold_writes = true;
    t.give(EndTransactionReceived{.token = TransactionToken{99},
                                  .transactional_id = "id",
                                  .producer = p,
                                  .commit = true,
                                  .version = kTransactionV2});
    t.fail_writes(ErrorCode::not_enough_replicas);
    EXPECT_EQ(t.answer_to<EndTransactionAnswer>(TransactionToken{99})->error, ErrorCode::coordinator_not_available);
    t.hold_writes = false;
    EXPECT_EQ(t.end("id", p, false).error, ErrorCode::none) << "nothing was decided";
}

TEST(EndTransaction, OfWhoeverWasFencedAtTheLastEpochGoesOnWithNoEpoch) {
    Transactions t;
    const ProducerClaim last = standing_at(t, "id", 32'766);
    t.add("id", last, kA);
    t.pass(seconds{60});
    EXPECT_EQ(t.end("id", last, false).error, ErrorCode::concurrent_transactions);
    t.answer_markers();
    EXPECT_EQ(t.end("id", last, false).error, ErrorCode::producer_fenced);
    EXPECT_EQ(t.init("id").producer, (ProducerClaim{ProducerId{1000}, ProducerEpoch{0}}));
}

// Whoever guesses it would be fenced, and its transaction ended, with an epoch below all others.
TEST(EndTransaction, IsRefusedToTheEpochThatIsForFencingOnly) {
    Transactions t;
    const ProducerClaim last = standing_at(t, "id", 32'766);
    t.add("id", last, kA);
    t.pass(seconds{60});
    t.answer_markers();
    ASSERT_EQ(t.state("id"), TransactionState::complete_abort);
    ASSERT_EQ(t.machine.find("id")->producer(), next(last));
    EXPECT_EQ(t.end("id", next(last), false).error, ErrorCode::producer_fenced);
    EXPECT_EQ(t.add("id", next(last), kA), ErrorCode::producer_fenced);
    EXPECT_EQ(t.verify("id", next(last), kA).error, ErrorCode::producer_fenced);
    EXPECT_EQ(t.state("id"), TransactionState::complete_abort);
}

// ---- Markers -------------------------------------------------------------------------------------------------------

TEST(Markers, CompleteTheTransactionWhenEveryPartitionHasItsOwn) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kAB);
    t.end("id", p, true);
    const SendMarkers sent = t.markers.at(0);
    t.give(MarkerAnswered{"id", sent.round, at("a"), ErrorCode::none});
    t.give(MarkerAnswered{"id", sent.round, at("a"), ErrorCode::none});
    EXPECT_EQ(t.state("id"), TransactionState::prepare_commit);
    t.give(MarkerAnswered{"id", sent.round, at("b", 3), ErrorCode::none});
    EXPECT_EQ(t.state("id"), TransactionState::complete_commit);
    const std::size_t records = t.log.size();
    t.give(MarkerAnswered{"id", sent.round, at("b", 3), ErrorCode::none});
    EXPECT_EQ(t.log.size(), records) << "completed once (KAFKA-10080)";
    EXPECT_TRUE(t.machine.find("id")->partitions.empty());
}

TEST(Markers, ThatDoNotGetThroughAreSentAgain) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kAB);
    t.end("id", p, true);
    const SendMarkers sent = t.markers.at(0);
    t.markers.clear();
    t.give(MarkerAnswered{"id", sent.round, at("a"), ErrorCode::not_leader_or_follower});
    t.give(MarkerAnswered{"id", sent.round, at("b", 3), ErrorCode::none});
    EXPECT_TRUE(t.markers.empty());
    t.pass(t.config.retry_backoff);
    ASSERT_EQ(t.markers.size(), 1U);
    EXPECT_EQ(t.markers[0].partitions, kA);
    t.answer_markers();
    EXPECT_EQ(t.state("id"), TransactionState::complete_commit);
}

TEST(Markers, OfACoordinatorThatIsFencedDoNotComplete) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kAB);
    t.end("id", p, true);
    const SendMarkers sent = t.markers.at(0);
    t.give(MarkerAnswered{"id", sent.round, at("a"), ErrorCode::not_leader_or_follower});
    t.give(MarkerAnswered{"id", sent.round, at("b", 3), ErrorCode::transaction_coordinator_fenced});
    t.pass(seconds{1});
    EXPECT_EQ(t.state("id"), TransactionState::prepare_commit) << "the later coordinator goes on";
}

// KAFKA-5131
TEST(Markers, AreSentByTheCoordinatorThatTakesOver) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kAB);
    t.end("id", p, true);
    t.fail_over(4);
    ASSERT_EQ(t.markers.size(), 1U);
    EXPECT_EQ(t.markers[0].coordinator_epoch, CoordinatorEpoch{4});
    EXPECT_EQ(t.markers[0].partitions, kAB);
    t.answer_markers();
    EXPECT_EQ(t.state("id"), TransactionState::complete_commit);
}

TEST(Markers, OfWhichTheCompletionFailsAreCompletedLater) {
    Transactions t;
    const ProducerClaim p = t.init("id").producer;
    t.add("id", p, kA);
    t.end("id", p, true);
    t.hold_writes = true;
    t.answer_markers();
    t.fail_writes(ErrorCode::not_enough_replicas_after_append);
    EXPECT_EQ(t.state("id"), TransactionState::prepare_commit);
    t.hold_writes = false;
    t.pass(t.config.retry_backoff);
    EXPECT_EQ(t.state("id"), TransactionState::complete_commit);
}

// ---- Time ----------------------------------------------------------------------------------------------------------

TEST(TransactionTimeout, AbortsAndFences) {
    Transactions t;
    const ProducerClaim p = t.init("id", {}, seconds{10}).producer;
    t.add("id", p, kA);
    t.pass(seconds{9});
    EXPECT_EQ(t.state("id"), TransactionState::ongoing);
    t.pass(seconds{1});
    EXPECT_EQ(t.state("id"), TransactionState::prepare_abort);
    EXPECT_EQ(t.markers.at(0).producer, next(p));
    EXPECT_EQ(t.add("id", p, kA), ErrorCode::producer_fenced) << "a zombie (KAFKA-5231)";
    t.answer_markers();
    EXPECT_EQ(t.end("id", p, true, kTransactionV1).error, ErrorCode::producer_fenced);
    EXPECT_EQ(t.end("id", p, true).error, ErrorCode::invalid_txn_state) << "it was aborted";
}

TEST(TransactionTimeout, CountsFromTheFirstPartition) {
    Transactions t;
    const ProducerClaim p = t.init("id", {}, seconds{10}).producer;
    t.pass(seconds{60});
    t.add("id", p, kA);
    t.pass(seconds{9});
    t.add("id", p, kAB);
    t.pass(seconds{1});
    EXPECT_EQ(t.state("id"), TransactionState::prepare_abort);
}

TEST(TransactionTimeout, IsTriedAgainWhenItsRecordFails) {
    Transactions t;
    const ProducerClaim p = t.init("id", {}, seconds{10}).producer;
    t.add("id", p, kA);
    t.hold_writes = true;
    t.pass(seconds{10});
    t.fail_writes(ErrorCode::not_enough_replicas);
    EXPECT_EQ(t.state("id"), TransactionState::ongoing);
    t.hold_writes = false;
    t.pass(t.config.retry_backoff);
    EXPECT_EQ(t.state("id"), TransactionState::prepare_abort);
}

TEST(TransactionTimeout, IsWholeAgainForTheCoordinatorThatTakesOver) {
    Transactions t;
    const ProducerClaim p = t.init("id", {}, seconds{10}).producer;
    t.add("id", p, kA);
    t.pass(seconds{9});
    t.fail_over(1);
    t.pass(seconds{9});
    EXPECT_EQ(t.state("id"), TransactionState::ongoing);
    t.pass(seconds{1});
    EXPECT_EQ(t.state("id"), TransactionState::prepare_abort);
}

TEST(TransactionalIdExpiry, TakesWhatNobodyUsedForLongEnough) {
    Transactions t;
    const ProducerClaim open = t.init("open", {}, t.config.max_timeout).producer;
    t.init("idle");
    t.wall = Timestamp{t.wall.value() + t.config.id_expiration.count() - 1};
    t.add("open", open, kA);
    t.give(ExpireTransactionalIds{});
    EXPECT_NE(t.machine.find("idle"), nullptr);
    t.wall = Timestamp{t.wall.value() + 1};
    t.give(ExpireTransactionalIds{});
    EXPECT_EQ(t.machine.find("idle"), nullptr);
    t.wall = Timestamp{t.wall.value() + t.config.id_expiration.count()};
    t.give(ExpireTransactionalIds{});
    EXPECT_NE(t.machine.find("open"), nullptr) << "never within a transaction";
    t.fail_over(1);
    EXPECT_EQ(t.machine.find("idle"), nullptr) << "its tombstone is in the log";
}

TEST(TransactionsUnloaded, TellsWhoeverWaits) {
    Transactions t;
    t.hold_writes = true;
    t.grant();
    t.give(InitProducerIdReceived{
        .token = TransactionToken{9}, .transactional_id = "id", .timeout = seconds{1}, .expected = {}});
    t.give(TransactionsUnloaded{});
    EXPECT_EQ(t.answer_to<InitProducerIdAnswer>(TransactionToken{9})->error, ErrorCode::not_coordinator);
    EXPECT_FALSE(t.machine.is_loaded());
    t.give(TransactionWriteCommitted{t.writes.at(0).write});
    EXPECT_EQ(t.machine.find("id"), nullptr);
}

}  // namespace
}  // namespace highwater::testing
