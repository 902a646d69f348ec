#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/cluster/broker.h"
#include "model/cluster/state.h"
#include "model/explore/system.h"

namespace highwater::model::cluster {

/// What a property judges after a step: the cluster before it and now. `now.rest.history` has what the step let out.
struct Judged {
    const Scope& scope;
    const State& before;
    const State& now;
    Coverage& coverage;

    [[nodiscard]] const History& history() const { return now.rest.history; }
    [[nodiscard]] const Broker& broker(std::uint8_t id) const { return *now.brokers[id]; }
    /// How much of its log counts as held by this broker: durable in fsync mode.
    [[nodiscard]] std::size_t held(std::uint8_t id) const {
        const Disk& disk = broker(id).disk();
        return scope.flush_mode == FlushMode::fsync ? disk.durable : disk.log.size();
    }
};

/// A statement that must hold after every step. nullopt: it does. Otherwise the facts that contradict it.
struct Property {
    std::string_view id;
    std::string_view name;
    std::string_view statement;
    std::optional<std::string> (*judge)(const Judged&);
};

/// All properties of the cluster, in the order in which they are judged.
[[nodiscard]] std::span<const Property> all_properties();
/// The bit of a property in Scope::silenced_properties. Requires: there is one of this name.
[[nodiscard]] std::uint32_t property_bit(std::string_view name);
/// The first property that does not hold, unless it is silenced.
[[nodiscard]] std::optional<Violation> judge_all(const Judged& judged);

/// "#1": the second batch.
[[nodiscard]] std::string batch_text(std::uint8_t batch);
/// What the log has at `offset`: "#1 of epoch 3", or "nothing".
[[nodiscard]] std::string record_text(const Disk& disk, std::size_t offset);

}  // namespace highwater::model::cluster
