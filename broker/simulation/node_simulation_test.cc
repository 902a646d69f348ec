#include "broker/simulation/node_simulation.h"

#include <cstdlib>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace highwater::simulation {
namespace {

/// Fails with the line that repeats the run.
void expect_held(const Scenario& scenario, const Outcome& outcome) {
    for (const Violation& violation : outcome.violations) {
        ADD_FAILURE() << violation.property << " does not hold: " << violation.facts
                      << "\nrepeat with HIGHWATER_SIMULATION_SEED=" << scenario.seed
                      << " --gtest_filter=" << testing::UnitTest::GetInstance()->current_test_info()->test_suite_name()
                      << '.' << testing::UnitTest::GetInstance()->current_test_info()->name();
    }
}

/// The seeds of a test: 1 to `count`; HIGHWATER_SIMULATION_SEEDS asks for more of them, HIGHWATER_SIMULATION_SEED for
/// one.
std::vector<std::uint64_t> seeds(std::uint64_t count) {
    if (const char* one = std::getenv("HIGHWATER_SIMULATION_SEED")) return {std::strtoull(one, nullptr, 10)};
    if (const char* many = std::getenv("HIGHWATER_SIMULATION_SEEDS")) count = std::strtoull(many, nullptr, 10);
    std::vector<std::uint64_t> all;
    for (std::uint64_t seed = 1; seed <= count; ++seed) all.push_back(seed);
    return all;
}

// docs/guarantees: with flush=fsync no stop of any kind loses or doubles what was acknowledged.
TEST(NodeSimulation, FsyncModeLosesNothingWhateverStopsTheNode) {
    Outcome sum;
    for (const std::uint64_t seed : seeds(10)) {
        const Scenario scenario{.seed = seed, .duration = std::chrono::seconds{30}};
        const Outcome outcome = simulate(scenario);
        expect_held(scenario, outcome);
        if (HasFailure()) return;
        sum.add(outcome);
    }
    fmt::print("{} records acknowledged, {} batches retried, {} stops, {} of them power losses, {} events\n",
               sum.acknowledged_records, sum.retried_batches, sum.stops, sum.power_losses, sum.events);
    if (std::getenv("HIGHWATER_SIMULATION_SEED") != nullptr) return;
    // The runs must have been worth something.
    EXPECT_GT(sum.acknowledged_records, 10'000U);
    EXPECT_GT(sum.retried_batches, 100U);
    EXPECT_GT(sum.power_losses, 20U);
}

// Kafka's mode: what is in the page cache survives the process.
TEST(NodeSimulation, ReplicatedModeLosesNothingWhenOnlyTheProcessDies) {
    for (const std::uint64_t seed : seeds(3)) {
        const Scenario scenario{.seed = seed,
                                .duration = std::chrono::seconds{30},
                                .flush_mode = FlushMode::replicated,
                                .power_loss_weight = 0,
                                .sync_failure_weight = 0};
        expect_held(scenario, simulate(scenario));
        if (HasFailure()) return;
    }
}

// The checker can fail: Kafka's mode on one node is not safe from a power loss, and the run shows it.
TEST(NodeSimulation, ReplicatedModeIsSeenToLoseRecordsInAPowerLoss) {
    bool seen = false;
    for (std::uint64_t seed = 1; seed <= 10 && !seen; ++seed) {
        const Scenario scenario{.seed = seed,
                                .duration = std::chrono::seconds{10},
                                .flush_mode = FlushMode::replicated,
                                .clean_stop_weight = 0,
                                .process_kill_weight = 0,
                                .power_loss_weight = 1,
                                .sync_failure_weight = 0};
        const Outcome outcome = simulate(scenario);
        seen = !outcome.held();
        for (const Violation& violation : outcome.violations) {
            EXPECT_TRUE(violation.property == "NoAckedLoss" || violation.property == "StableRead" ||
                        violation.property == "NoRefusal" || violation.property == "NoDuplicate")
                << violation.property;
        }
    }
    EXPECT_TRUE(seen);
}

TEST(NodeSimulation, EqualSeedsGiveEqualRuns) {
    const Scenario scenario{.seed = 7, .duration = std::chrono::seconds{10}};
    const Outcome first = simulate(scenario);
    const Outcome second = simulate(scenario);
    EXPECT_EQ(first.event_log, second.event_log);
    // Every byte that the node sends is in it: a change of the node or of a frame changes it, and the new one is
    // pinned.
    EXPECT_EQ(first.event_log, 0x6440adc8e5c0085cU);
    EXPECT_EQ(first.events, second.events);
    EXPECT_EQ(first.acknowledged_records, second.acknowledged_records);
    Scenario other = scenario;
    other.seed = 8;
    EXPECT_NE(simulate(other).event_log, first.event_log);
}

}  // namespace
}  // namespace highwater::simulation
