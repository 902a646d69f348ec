#pragma once

#include <functional>

#include "broker/simulation/scenario.h"

namespace highwater::simulation {

/// Hears how far a run is, about once for each simulated second.
using OnProgress = std::function<void(std::chrono::seconds done, const Outcome& so_far)>;

/// A whole node (engine, wire, storage, core; real encoded bytes) on a simulated disk and network, with idempotent
/// producers that retry and consumers that follow, while the node is stopped in every way. One thread, virtual time.
/// What must hold: topic_history.h.
Outcome simulate(const Scenario& scenario, const OnProgress& on_progress = {});

}  // namespace highwater::simulation
