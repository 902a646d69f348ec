#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

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

    /// A broker that comes from no other: a new one.
    [[nodiscard]] const Broker* keep_new(std::uint8_t id);
    /// The reference stays valid. Passes on what the core throws through the checker's invariant trap.
    [[nodiscard]] const BrokerStep& step(std::uint8_t id, const Broker& before, const BrokerInput& input);

    /// Requires: `index` is that of a broker which was kept.
    [[nodiscard]] const Broker& broker(std::uint32_t index) const { return brokers_[index].broker; }

    /// How each broker came to be, in their order: enough for a store that is as it was at first to make them anew.
    void save(std::vector<std::byte>& out) const;
    /// Empty, or what is wrong with `in`.
    [[nodiscard]] std::string restore(std::span<const std::byte> in);

    [[nodiscard]] std::size_t brokers() const { return brokers_.size(); }
    [[nodiscard]] std::size_t steps() const { return steps_.size(); }
    [[nodiscard]] std::size_t memory_bytes() const { return brokers_.memory_bytes() + steps_.memory_bytes(); }

  private:
    static constexpr std::uint32_t kNone = UINT32_MAX;

    /// Where a broker comes from.
    struct Origin {
        std::uint64_t hash = 0;
        /// kNone: it was new.
        std::uint32_t parent = kNone;
        std::uint8_t id = 0;
        BrokerInput input;
    };
    struct Kept {
        Broker broker;
        Origin origin;
    };

    [[nodiscard]] const Broker* keep(Broker broker, Origin origin);

    const Scope scope_;
    MemoTable<Kept> brokers_;
    MemoTable<BrokerStep> steps_;
};

}  // namespace highwater::model::cluster
