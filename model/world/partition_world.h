#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/explore/system.h"
#include "model/world/action.h"
#include "model/world/clients/idempotent_producer.h"
#include "model/world/history.h"
#include "model/world/network.h"
#include "model/world/node.h"
#include "model/world/scope.h"

namespace highwater::model {

/// One partition on one broker, and the producers that write to it through a network. A value.
struct World {
    Node node;
    /// Everything but the node: no padding and no pointers, so it is hashed as bytes.
    struct Outside {
        std::array<IdempotentProducer, kMaxProducers> producers;
        Network network;
        History history;
        Budgets budgets{};
        /// Whether any request has reached the broker: until then only producer 0's may (Scope::symmetry).
        bool request_arrived = false;

        friend bool operator==(const Outside&, const Outside&) = default;
    } outside;

    friend bool operator==(const World& a, const World& b);
};

/// The world as a System: what can happen in a scope, and what must hold.
class PartitionWorld {
  public:
    using State = World;
    using Action = model::Action;

    explicit PartitionWorld(const Scope& scope);

    [[nodiscard]] const Scope& scope() const { return scope_; }
    [[nodiscard]] World initial() const { return initial(nullptr); }
    [[nodiscard]] World initial(Story* story) const;
    [[nodiscard]] std::optional<Violation> enabled(const World& world, std::vector<Action>& actions,
                                                   Coverage& coverage) const;
    [[nodiscard]] std::optional<Violation> apply(World& world, Action action, Coverage& coverage) const {
        return apply(world, action, coverage, nullptr);
    }
    /// The same, and tells what happened.
    [[nodiscard]] std::optional<Violation> apply(World& world, Action action, Coverage& coverage, Story* story) const;
    [[nodiscard]] std::uint64_t fingerprint(const World& world) const;
    [[nodiscard]] bool disturbs(Action action) const { return model::disturbs(action); }

  private:
    void act(StepContext& context, World& world, Action action) const;
    void send(StepContext& context, World& world, std::uint8_t producer) const;
    void lose_connection(StepContext& context, World& world, std::uint8_t producer) const;
    void deliver(StepContext& context, World& world, std::uint8_t producer, std::uint8_t batch, bool connected) const;
    void deliver_answer(StepContext& context, World& world, std::uint8_t producer) const;
    void settle_after_stop(StepContext& context, World& world) const;
    [[nodiscard]] std::optional<Violation> judge_rest(const World& world) const;

    Scope scope_;
};

/// The name of the property that is judged when a run has come to rest.
inline constexpr std::string_view kRestProperty = "AllDeliveredAtRest";

/// The world's state, for people: one line for each producer, the network, the log, the machine.
std::string print(const World& world, const Scope& scope);

}  // namespace highwater::model
