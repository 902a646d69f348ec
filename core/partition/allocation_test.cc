// The hot path takes no memory from the heap: a warm leader takes, writes, flushes and answers a produce with what it
// has. Counts what every operator new of this program is asked for.
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "core/partition/testing.h"

namespace {

std::size_t allocations = 0;

void* counted(std::size_t size, std::size_t alignment) {
    ++allocations;
    const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
    if (void* memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded)) return memory;
    throw std::bad_alloc{};
}

}  // namespace

void* operator new(std::size_t size) {
    return counted(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

namespace highwater {
namespace {

using testing::kSelf;
using testing::nodes;
using testing::of_producer;

/// `in_flight` produces, then their appends, then one flush.
void round_of_produces(Replica& replica, Effects& effects, int in_flight, std::int32_t& sequence,
                       std::uint64_t& token) {
    effects.clear();
    for (int i = 0; i < in_flight; ++i) {
        const BatchFacts batch = of_producer(7).sequence(sequence++);
        replica.step(Time{0}, ProduceReceived{ProduceToken{token}, Acks::all, batch, Time{1000}}, effects);
        replica.step(Time{0}, AppendDone{AppendToken{token++}}, effects);
    }
    replica.step(Time{0}, FlushDone{replica.log().written_offset()}, effects);
    replica.step(Time{0}, FlushDone{replica.log().written_offset()}, effects);
}

TEST(Allocation, AWarmLeaderTakesNoMemory) {
    Replica replica{kSelf, FlushMode::fsync, ReplicaLog{}, Offset{0}, 1};
    Effects effects;
    std::int32_t sequence = 0;
    std::uint64_t token = 0;
    replica.step(Time{0}, BecomeLeader{LeaderEpoch{0}, PartitionEpoch{0}, nodes({0}), nodes({0})}, effects);
    for (int i = 0; i < 3; ++i) round_of_produces(replica, effects, 40, sequence, token);
    const std::size_t before = allocations;
    EXPECT_GT(before, 0U) << "the count counts";
    for (int i = 0; i < 100; ++i) round_of_produces(replica, effects, 32, sequence, token);
    EXPECT_EQ(allocations, before);
    EXPECT_EQ(replica.high_watermark(), Offset{3 * 40 + 100 * 32});
}

// What the checker pays per state: few producers, few in flight.
TEST(Allocation, CopyingASmallStateTakesLittle) {
    Replica replica{kSelf, FlushMode::fsync, ReplicaLog{}, Offset{0}, 1};
    Effects effects;
    std::int32_t sequence = 0;
    std::uint64_t token = 0;
    replica.step(Time{0}, BecomeLeader{LeaderEpoch{0}, PartitionEpoch{0}, nodes({0}), nodes({0})}, effects);
    round_of_produces(replica, effects, 2, sequence, token);
    const std::size_t before = allocations;
    const Replica copy = replica;
    EXPECT_LE(allocations - before, 2U) << "the producer table's chunk and its list";
    EXPECT_EQ(copy, replica);
}

}  // namespace
}  // namespace highwater
