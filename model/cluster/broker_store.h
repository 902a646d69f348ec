#pragma once

#include <cstddef>
#include <cstdint>

#include "model/cluster/broker.h"
#include "model/cluster/memo_table.h"

namespace highwater::model::cluster {

/// A step of a broker: what it is afterwards, and what it let out.
struct BrokerStep {
    const Broker* after = nullptr;
    BrokerOutput output;
};

/// Every different broker once, and every step that was ever taken: a cluster's states are combinations of few states
/// of single brokers, so nearly every step was computed before. Brokers, and inputs of a broker, are told apart by
/// 64-bit hashes, as states are by the explorer. May be used by several threads at once.
class BrokerStore {
  public:
    explicit BrokerStore(const Scope& scope) : scope_(scope) {}

    [[nodiscard]] const Broker* keep(Broker broker);
    /// The reference stays valid. Passes on what the core throws through the checker's invariant trap.
    [[nodiscard]] const BrokerStep& step(std::uint8_t id, const Broker& before, const BrokerInput& input);

    /// Requires: `index` is that of a broker which was kept.
    [[nodiscard]] const Broker& broker(std::uint32_t index) const { return brokers_[index]; }

    [[nodiscard]] std::size_t brokers() const { return brokers_.size(); }
    [[nodiscard]] std::size_t steps() const { return steps_.size(); }
    [[nodiscard]] std::size_t memory_bytes() const { return brokers_.memory_bytes() + steps_.memory_bytes(); }

  private:
    const Scope scope_;
    MemoTable<Broker> brokers_;
    MemoTable<BrokerStep> steps_;
};

}  // namespace highwater::model::cluster
