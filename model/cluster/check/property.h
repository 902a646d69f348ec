#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/cluster/broker.h"
#include "model/cluster/state.h"
#include "model/explore/property.h"

namespace highwater::model::cluster {

/// What a property judges after a step: the cluster before it and now. `now.rest.history` has what the step let out.
struct Judged {
    const Scope& scope;
    const State& before;
    const State& now;
    Coverage& coverage;

    [[nodiscard]] const History& history() const { return now.rest.history; }
    [[nodiscard]] const Broker& broker(std::uint8_t id) const { return *now.brokers[id]; }
    /// Whether what this broker's disk holds is what the controller's record means. A wiped disk, and with
    /// flush=replicated a power loss, takes what was held, and until the broker registers again (as unclean) the record
    /// speaks of its former life.
    [[nodiscard]] bool is_as_registered(std::uint8_t id) const { return lossy_stops() == 0 || broker(id).view.up; }
    /// How many stops could take what was held.
    [[nodiscard]] std::size_t lossy_stops() const {
        const std::size_t wiped = so_far(ActionKind::wipe);
        return scope.flush_mode == FlushMode::fsync ? wiped : wiped + so_far(ActionKind::power_loss);
    }
    /// How much of its log counts as held by this broker: durable in fsync mode.
    [[nodiscard]] std::size_t held(std::uint8_t id) const {
        const Disk& disk = broker(id).disk();
        return scope.flush_mode == FlushMode::fsync ? disk.durable : disk.log.size();
    }

  private:
    [[nodiscard]] std::size_t so_far(ActionKind kind) const {
        const auto i = static_cast<std::size_t>(kind);
        return static_cast<std::size_t>(scope.budgets[i] - now.rest.budgets[i]);
    }
};

using Property = PropertyOf<Judged>;

/// The properties of the cluster.
[[nodiscard]] const PropertyBoard<Judged>& properties();

/// "#1": the second batch.
[[nodiscard]] std::string batch_text(std::uint8_t batch);
/// What the log has at `offset`: "#1 of epoch 3", or "nothing".
[[nodiscard]] std::string record_text(const Disk& disk, std::size_t offset);

}  // namespace highwater::model::cluster
