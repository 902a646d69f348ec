// The world's parts: the producer keeps its protocol, connections keep TCP's order, the disk loses what it may, and a
// world is a value.
#include <algorithm>

#include <gtest/gtest.h>

#include "model/explore/random.h"
#include "model/world/partition_world.h"

namespace highwater::model {
namespace {

using Sent = std::vector<int>;

Sent sent(IdempotentProducer& producer, const Scope& scope) {
    Sent result;
    for (const std::uint8_t batch : producer.send(scope)) result.push_back(batch);
    return result;
}

Scope scope_of(std::uint8_t batches, std::uint8_t in_flight) {
    Scope scope;
    scope.producers = 1;
    scope.batches = batches;
    scope.max_in_flight = in_flight;
    return scope;
}

TEST(IdempotentProducer, KeepsAtMostMaxInFlightUnresolved) {
    const Scope scope = scope_of(4, 2);
    IdempotentProducer producer;
    EXPECT_EQ(sent(producer, scope), (Sent{0, 1}));
    EXPECT_EQ(sent(producer, scope), Sent{});
    EXPECT_TRUE(producer.answered(scope, 0, ErrorCode::none));
    EXPECT_EQ(sent(producer, scope), Sent{2});
}

// KAFKA-5494: retries go one at a time, oldest first, and nothing new passes them.
TEST(IdempotentProducer, RetriesTheOldestFirstAndAlone) {
    const Scope scope = scope_of(4, 3);
    IdempotentProducer producer;
    EXPECT_EQ(sent(producer, scope), (Sent{0, 1, 2}));
    producer.disconnected();
    EXPECT_EQ(sent(producer, scope), Sent{0});
    EXPECT_TRUE(producer.answered(scope, 0, ErrorCode::none));
    EXPECT_EQ(sent(producer, scope), Sent{1});
    EXPECT_TRUE(producer.answered(scope, 1, ErrorCode::none));
    EXPECT_EQ(sent(producer, scope), (Sent{2, 3}));
}

TEST(IdempotentProducer, IsRefusedForGoodWhenItsOldestBatchIsOutOfOrder) {
    const Scope scope = scope_of(3, 2);
    IdempotentProducer producer;
    sent(producer, scope);
    EXPECT_TRUE(producer.answered(scope, 1, ErrorCode::out_of_order_sequence_number));
    EXPECT_FALSE(producer.answered(scope, 0, ErrorCode::out_of_order_sequence_number));
}

// KIP-98, KIP-360: a new epoch waits until nothing is unresolved and starts at sequence 0.
TEST(IdempotentProducer, BeginsANewEpochAtSequenceZero) {
    const Scope scope = scope_of(4, 2);
    IdempotentProducer producer;
    sent(producer, scope);
    producer.wants_new_epoch = true;
    EXPECT_TRUE(producer.answered(scope, 0, ErrorCode::none));
    EXPECT_EQ(sent(producer, scope), Sent{});
    EXPECT_TRUE(producer.answered(scope, 1, ErrorCode::none));
    EXPECT_EQ(sent(producer, scope), (Sent{2, 3}));
    EXPECT_EQ(producer.epoch_of(1), 0);
    EXPECT_EQ(producer.sequence_of(1), 1);
    EXPECT_EQ(producer.epoch_of(2), 1);
    EXPECT_EQ(producer.sequence_of(2), 0);
    EXPECT_EQ(producer.sequence_of(3), 1);
}

TEST(Network, LosesWhatTheBrokerHasNotReadAndWhatHasNotLeftIt) {
    Network network;
    network.connections[0].requests.push_back(2);
    network.connections[0].exchanges.push_back({{{0, 0}, 0}, true, 1});
    network.connections[0].exchanges.push_back({{{0, 1}, 0}, false, 0});
    network.connections[0].exchanges.push_back({{{0, 1}, 1}, true, 1});  // answered, but its turn has not come
    Stray stray;
    stray.requests.push_back(1);
    network.add_stray(stray);
    network.broker_stopped();
    EXPECT_TRUE(network.connections[0].requests.empty());
    EXPECT_EQ(network.connections[0].exchanges.size(), 1U);
    EXPECT_TRUE(network.connections[0].broken);
    EXPECT_TRUE(network.strays.empty());
}

TEST(Disk, NeverMakesDurableWhatAFailedFlushLost) {
    Disk disk;
    disk.log.push_back({{0, 0}, 0, 0, 0, 0});
    disk.flushed(1);
    EXPECT_EQ(disk.durable_end(), 1);
    disk.log.push_back({{0, 1}, 1, 0, 0, 1});
    disk.lost_from = 1;
    disk.flushed(3);
    EXPECT_EQ(disk.durable_end(), 1);
    EXPECT_EQ(disk.end_offset(), 3);
}

TEST(Disk, RecoversTheLogThatItHolds) {
    Disk disk;
    disk.epochs.push_back({0, 0});
    disk.epochs.push_back({3, 9});  // starts above the end: it never got a batch
    disk.log.push_back({{0, 0}, 0, 0, 0, 0});
    disk.log.push_back({{0, 1}, 1, 0, 0, 1});
    const auto log = recover(disk, Time{});
    ASSERT_TRUE(log.has_value());
    EXPECT_EQ(log->end_offset(), Offset{3});
    EXPECT_EQ(log->durable_offset(), Offset{3});
    ASSERT_EQ(log->epochs().entries().size(), 1U);
    const ProducerState* producer = log->producer(producer_id_of(0), Time{});
    ASSERT_NE(producer, nullptr);
    EXPECT_EQ(producer->batches.back().last_sequence, Sequence{2});
}

TEST(Action, IsReadBackFromItsText) {
    for (std::size_t kind = 0; kind < kActionKinds; ++kind) {
        const Action action{static_cast<ActionKind>(kind), 1, 7};
        EXPECT_EQ(action_from<ActionKind>(to_text(action)), action);
    }
    EXPECT_EQ(action_from<ActionKind>("deliver_request 0"), std::nullopt);
    EXPECT_EQ(action_from<ActionKind>("deliver_request 0 999"), std::nullopt);
    EXPECT_EQ(action_from<ActionKind>("no_such 0 0"), std::nullopt);
}

// A copy of a world goes on exactly like the original; equal worlds have equal fingerprints.
TEST(World, IsAValue) {
    Scope scope = scope_of(3, 2);
    scope.producers = 2;
    for (const ActionKind kind : {ActionKind::disconnect, ActionKind::duplicate, ActionKind::kill,
                                  ActionKind::power_loss, ActionKind::request_timeout, ActionKind::append_failure}) {
        scope.budget(kind) = 2;
    }
    const PartitionWorld system(scope);
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        RandomSource random(seed);
        World world = system.initial();
        Coverage coverage;
        std::vector<Action> actions;
        for (int step = 0; step < 60; ++step) {
            actions.clear();
            ASSERT_FALSE(system.enabled(world, actions, coverage));
            if (actions.empty()) break;
            const Action action = actions[random.below(actions.size())];
            World copy = world;
            ASSERT_EQ(copy, world);
            const auto first = system.apply(world, action, coverage);
            const auto second = system.apply(copy, action, coverage);
            ASSERT_FALSE(first) << to_text(action) << ": " << first->facts;
            ASSERT_FALSE(second);
            ASSERT_EQ(copy, world);
            ASSERT_EQ(system.fingerprint(copy), system.fingerprint(world));
            if (world.node.replica) {
                ASSERT_EQ(world.node.replica->hash(), world.node.replica->hash_from_scratch());
            }
        }
    }
}

}  // namespace

}  // namespace highwater::model
