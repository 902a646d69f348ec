// R1: one seed, one run. What the random explorer chose in each world and where it came is hashed; the hash is equal
// when it is done again, in debug and release builds, and under GCC and Clang. A change of a machine or of a world
// changes the numbers: then the new ones are pinned, once they were seen in two builds.
#include <gtest/gtest.h>

#include "model/abstract/generations.h"
#include "model/abstract/replication.h"
#include "model/cluster/cluster_world.h"
#include "model/explore/random.h"
#include "model/scenarios/idempotence.h"
#include "model/scenarios/replication.h"
#include "model/world/partition_world.h"

namespace highwater::model {
namespace {

template <System S>
std::uint64_t event_log(const S& system) {
    const auto run = explore_randomly(system, {.seed = 7, .steps = 20'000});
    EXPECT_FALSE(run.counterexample);
    return run.event_log;
}

/// Twice, with a world of its own each time; the log of the first run.
template <class MakeSystem>
std::uint64_t of_two_runs(MakeSystem make_system) {
    const std::uint64_t first = event_log(make_system());
    EXPECT_EQ(event_log(make_system()), first);
    return first;
}

std::uint64_t partition(std::string_view scenario) {
    return of_two_runs([&] { return PartitionWorld(find_scenario(scenario)->scopes.back().scope); });
}

std::uint64_t cluster_of(std::string_view scenario) {
    return of_two_runs(
        [&] { return cluster::ClusterWorld(cluster::find_scenario(scenario)->find(ScopeSize::small)->scope); });
}

TEST(Determinism, EqualSeedsGiveEqualEventLogsOfAPartition) {
    EXPECT_EQ(partition("idempotence"), 0xeb0aac782fa24498U);
    EXPECT_EQ(partition("failures"), 0x56833674fe8d9825U);
    EXPECT_EQ(partition("epochs"), 0x744859ac9994e772U);
}

TEST(Determinism, EqualSeedsGiveEqualEventLogsOfACluster) {
    EXPECT_EQ(cluster_of("replication"), 0x295a9ea3a28fd4f4U);
    EXPECT_EQ(cluster_of("replication-isr"), 0x700c41c2a0788108U);
    EXPECT_EQ(cluster_of("replication-follower-reads"), 0xaa5df1e89e02bd2dU);
}

TEST(Determinism, EqualSeedsGiveEqualEventLogsOfTheAbstractModel) {
    const Generation* kip320 = find_generation("kip320");
    const auto log = of_two_runs([&] { return ReplicationModel(kip320->find(ScopeSize::small)->bounds); });
    EXPECT_EQ(log, 0x628d52aa9d21d14aU);
}

}  // namespace
}  // namespace highwater::model
