// highwater-simulate: whole nodes on a simulated disk and network, for as long as one likes.
// Exit codes: 0 every property held, 1 one did not, 2 usage.
#include <chrono>
#include <cstdio>
#include <ctime>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "broker/simulation/node_simulation.h"

namespace highwater::simulation {
namespace {

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

int run(int argc, char** argv) {
    CLI::App app{
        "Simulates a whole node with clients while it is stopped in every way, and checks what they were told."};
    Scenario scenario;
    std::int64_t seconds = 1000;
    std::uint64_t seeds = 1;
    bool replicated = false;
    std::int64_t writes = 150;
    std::int64_t stops = 5000;
    double at_least = 0;
    app.add_option("--seed", scenario.seed, "the first seed");
    app.add_option("--seeds", seeds, "how many seeds");
    app.add_option("--seconds", seconds, "simulated seconds of each")->check(CLI::PositiveNumber);
    app.add_flag("--replicated", replicated, "flush=replicated; then processes die and no power is lost");
    app.add_option("--mean-ms-between-writes", writes, "of each of the three producers")->check(CLI::PositiveNumber);
    app.add_option("--mean-ms-between-stops", stops, "of the node")->check(CLI::PositiveNumber);
    app.add_option("--at-least", at_least, "fail below so many simulated seconds a second of processor time");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    scenario.duration = std::chrono::seconds{seconds};
    scenario.mean_time_between_writes = std::chrono::milliseconds{writes};
    scenario.mean_time_between_stops = std::chrono::milliseconds{stops};
    if (replicated) {
        scenario.flush_mode = FlushMode::replicated;
        scenario.power_loss_weight = scenario.sync_failure_weight = 0;
    }

    Outcome sum;
    const double began = cpu_seconds();
    auto told = std::chrono::steady_clock::now();
    const std::uint64_t last = scenario.seed + seeds;
    for (; scenario.seed < last; ++scenario.seed) {
        const auto progress = [&](std::chrono::seconds done, const Outcome& so_far) {
            if (std::chrono::steady_clock::now() - told < std::chrono::seconds{2}) return;
            told = std::chrono::steady_clock::now();
            fmt::print(stderr, "seed {}: {} of {} s simulated, {} records acknowledged, {} stops\n", scenario.seed,
                       done.count(), seconds, so_far.acknowledged_records, so_far.stops);
        };
        const Outcome outcome = simulate(scenario, progress);
        fmt::print("seed {}: event log {:016x}, {} events\n", scenario.seed, outcome.event_log, outcome.events);
        sum.add(outcome);
        for (const Violation& violation : outcome.violations) {
            fmt::print(
                "{} does not hold: {}\nrepeat it with:\n  {} --seed {} --seconds {}{} --mean-ms-between-writes {} "
                "--mean-ms-between-stops {}\n",
                violation.property, violation.facts, argv[0], scenario.seed, seconds, replicated ? " --replicated" : "",
                writes, stops);
        }
        if (!outcome.held()) return 1;
        std::fflush(stdout);
    }
    const double cpu = cpu_seconds() - began;
    const double simulated = static_cast<double>(seconds) * static_cast<double>(seeds);
    const double rate = cpu > 0 ? simulated / cpu : 0;
    fmt::print(
        "{:.0f} s simulated in {:.2f} s of processor time: {:.0f} a second\n"
        "{} requests, {} responses; {} records acknowledged, {} read, {} deleted; {} batches sent again; {} stops, {} "
        "of "
        "them power losses\n",
        simulated, cpu, rate, sum.requests, sum.responses, sum.acknowledged_records, sum.consumed_records,
        sum.deleted_records, sum.retried_batches, sum.stops, sum.power_losses);
    if (rate < at_least) {
        fmt::print("fewer than {:.0f}\n", at_least);
        return 1;
    }
    return 0;
}

}  // namespace
}  // namespace highwater::simulation

int main(int argc, char** argv) {
    return highwater::simulation::run(argc, argv);
}
