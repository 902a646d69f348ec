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
    EXPECT_EQ(partition("idempotence"), 0x529715b3b5fd2e93U);
    EXPECT_EQ(partition("failures"), 0x9f343337fa7fbc2eU);
    EXPECT_EQ(partition("epochs"), 0xc9b78d15cb1b6569U);
}

TEST(Determinism, EqualSeedsGiveEqualEventLogsOfACluster) {
    EXPECT_EQ(cluster_of("replication"), 0x1f5431a26db2b091U);
    EXPECT_EQ(cluster_of("replication-isr"), 0x90846946ce0fba81U);
    EXPECT_EQ(cluster_of("replication-follower-reads"), 0xa6af3ef32381c555U);
}

TEST(Determinism, EqualSeedsGiveEqualEventLogsOfTheAbstractModel) {
    const Generation* kip320 = find_generation("kip320");
    const auto log = of_two_runs([&] { return ReplicationModel(kip320->find(ScopeSize::small)->bounds); });
    EXPECT_EQ(log, 0x628d52aa9d21d14aU);
}

}  // namespace
}  // namespace highwater::model
