#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "broker/engine/engine.h"
#include "broker/simulation/producer_client.h"
#include "broker/storage/simulated_file_system.h"

namespace highwater::simulation {

/// What a run does. All of it follows from `seed`.
struct Scenario {
    std::uint64_t seed = 1;
    std::chrono::seconds duration{60};
    int producers = 3;
    int partitions = 2;
    FlushMode flush_mode = FlushMode::fsync;
    /// Mean time between two stops of the node; each kind is drawn by its weight.
    std::chrono::milliseconds mean_time_between_stops{3000};
    int clean_stop_weight = 1;
    int process_kill_weight = 3;
    int power_loss_weight = 3;
    /// A sync fails: the node must stop using the directory; the machine is restarted.
    int sync_failure_weight = 1;
};

/// What a run saw.
struct Outcome {
    /// Empty: all properties held.
    std::vector<std::string> violations;
    std::uint64_t acknowledged_records = 0;
    std::uint64_t retried_batches = 0;
    std::uint64_t duplicates_refused = 0;
    std::uint64_t stops = 0;
    std::uint64_t power_losses = 0;
    std::uint64_t events = 0;
    /// Of all acknowledgements and of the final log: equal seeds give equal digests.
    std::uint64_t digest = 0;
};

/// A whole node (engine, wire, storage, core; real encoded bytes) on a simulated disk and network, with idempotent
/// producers that retry and a consumer that follows, while the node is stopped in every way. One thread, virtual time.
///
/// Properties, checked during the run and on what a last clean start reads:
///   durability   an acknowledged record is in the log, at the offset that was told
///   no duplicate no record is there twice
///   order        the records of one producer are in the order in which it wrote them
///   stability    what a consumer was given is still there, at the same offset
Outcome simulate(const Scenario& scenario);

}  // namespace highwater::simulation
