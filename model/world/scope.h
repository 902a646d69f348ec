#pragma once

#include <array>
#include <cstdint>

#include "core/partition/flush_mode.h"
#include "model/world/action.h"

namespace highwater::model {

/// How often each disturbance may still happen.
using Budgets = std::array<std::uint8_t, kDisturbances>;

/// Changes to the world itself (never to the core): the controls that show that the harness would notice.
struct Controls {
    /// A producer that wants a new epoch does not wait for what is unresolved, and sends that under new sequences
    /// (D16; KAFKA-14034, KAFKA-13768).
    bool new_epoch_does_not_wait = false;
    /// Recovery serves what it found without making it durable first (KAFKA-10101).
    bool recovery_does_not_sync = false;
    /// Power loss loses nothing (O8).
    bool disk_loses_nothing = false;
    /// Power loss may also take what was durable (O8).
    bool disk_loses_durable = false;
    /// The fingerprint leaves out the network (O1).
    bool fingerprint_omits_network = false;
    /// The fingerprint keeps only so many bits (O4).
    std::uint8_t fingerprint_bits = 64;
    /// Bit i replaces property i by "true" (O10).
    std::uint32_t silenced_properties = 0;

    friend bool operator==(const Controls&, const Controls&) = default;
};

class PartitionWorld;

/// The bounds of an exploration. Budgets count disturbances only; delivery, flush, retry and restart are free.
struct Scope {
    using World = PartitionWorld;

    FlushMode flush_mode = FlushMode::fsync;
    std::uint8_t producers = 2;
    /// Each producer sends this many batches, and may have max_in_flight of them unanswered (at most 5, KIP-98).
    std::uint8_t batches = 2;
    std::uint8_t max_in_flight = 2;
    Budgets budgets{};
    /// A write completes in a step of its own, so that anything may happen before; otherwise in the step that asked.
    bool appends_take_time = true;
    /// The first request that arrives is producer 0's: the producers are alike, so other runs are mirror images.
    bool symmetry = true;
    /// A request may overtake also before anything of its producer was acknowledged. Kafka takes any first sequence of
    /// an id that it does not know, and relies on TCP here: known to break (see the scenario `first-overtaken`).
    bool first_request_may_be_overtaken = false;
    Controls controls;

    [[nodiscard]] std::uint8_t& budget(ActionKind kind) { return budgets[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] std::uint8_t budget(ActionKind kind) const { return budgets[static_cast<std::size_t>(kind)]; }
    friend bool operator==(const Scope&, const Scope&) = default;
};

}  // namespace highwater::model
