#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/partition/flush_mode.h"

namespace highwater::simulation {

/// What a run does. All of it follows from `seed`.
struct Scenario {
    std::uint64_t seed = 1;
    std::chrono::seconds duration{60};
    int producers = 3;
    int partitions = 2;
    FlushMode flush_mode = FlushMode::fsync;
    /// Of one producer. Each time it writes a batch of one to five records.
    std::chrono::milliseconds mean_time_between_writes{20};
    /// Mean time between two stops of the node; each kind is drawn by its weight.
    std::chrono::milliseconds mean_time_between_stops{3000};
    int clean_stop_weight = 1;
    int process_kill_weight = 3;
    int power_loss_weight = 3;
    /// A sync fails: the node must stop using the directory; the machine is restarted.
    int sync_failure_weight = 1;
};

/// A property that does not hold (named as in docs/model-checking.md), and the facts.
struct Violation {
    std::string property;
    std::string facts;
};

/// What a run saw.
struct Outcome {
    /// Empty: all properties held.
    std::vector<Violation> violations;
    std::uint64_t acknowledged_records = 0;
    std::uint64_t consumed_records = 0;
    std::uint64_t deleted_records = 0;
    std::uint64_t retried_batches = 0;
    /// Frames that reached the node, and that left it.
    std::uint64_t requests = 0;
    std::uint64_t responses = 0;
    std::uint64_t stops = 0;
    std::uint64_t power_losses = 0;
    std::uint64_t events = 0;
    /// A hash chain of all that happened: the time of every event, every byte of every frame, how every stop went, and
    /// the final log. Equal seeds give equal chains, on every compiler and in every build.
    std::uint64_t event_log = 0;

    [[nodiscard]] bool held() const { return violations.empty(); }
    /// Sums everything but the chain.
    void add(const Outcome& other);
};

}  // namespace highwater::simulation
