#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/cluster/action.h"
#include "model/cluster/broker_store.h"
#include "model/cluster/controller.h"
#include "model/cluster/scope.h"
#include "model/cluster/state.h"
#include "model/explore/story.h"
#include "model/explore/system.h"

namespace highwater::model::cluster {

/// A replicated partition as a System: the machines of its brokers, the controller, their network, a producer, and
/// consumers that read all that a leader gives, from every leader, at once.
class ClusterWorld {
  public:
    using State = cluster::State;
    using Action = cluster::Action;

    explicit ClusterWorld(const Scope& scope);

    [[nodiscard]] const Scope& scope() const { return scope_; }
    [[nodiscard]] State initial() const;
    /// The same; nothing is told of it.
    [[nodiscard]] State initial(Story* /*story*/) const { return initial(); }
    [[nodiscard]] std::optional<Violation> enabled(const State& state, std::vector<Action>& actions,
                                                   Coverage& coverage) const;
    [[nodiscard]] std::optional<Violation> apply(State& state, Action action, Coverage& coverage) const {
        return apply(state, action, coverage, nullptr);
    }
    /// The same, and tells what happened.
    [[nodiscard]] std::optional<Violation> apply(State& state, Action action, Coverage& coverage, Story* story) const;
    [[nodiscard]] std::uint64_t fingerprint(const State& state) const;
    /// The state as bytes that mean something to this world and its copies only.
    void encode(const State& state, std::vector<std::byte>& out) const;
    std::size_t decode(std::span<const std::byte> in, State& state) const;
    /// The brokers that such bytes speak of. Once they are restored, bytes of the world that saved them mean here what
    /// they mean there.
    void save(std::vector<std::byte>& out) const { brokers_->save(out); }
    [[nodiscard]] std::string restore(std::span<const std::byte> in) const { return brokers_->restore(in); }
    [[nodiscard]] bool disturbs(Action action) const { return model::disturbs(action); }

    /// What somebody waits for (model/explore/liveness.h): acknowledgements, replicas that hold everything and are in
    /// sync, decisions on proposals. A late message may never arrive; everything else that stays possible happens.
    [[nodiscard]] std::uint32_t pending(const State& state) const;
    [[nodiscard]] std::string pending_text(std::size_t wish) const;
    [[nodiscard]] bool is_owed(Action action) const;

    /// How many different brokers, and steps of one, have been kept.
    [[nodiscard]] std::size_t kept_brokers() const { return brokers_->machines(); }
    [[nodiscard]] std::size_t kept_steps() const { return brokers_->steps(); }
    [[nodiscard]] std::uint64_t memory_bytes() const { return brokers_->memory_bytes() + decisions_->memory_bytes(); }

  private:
    struct Step;

    void commit_first_batches(State& state) const;
    void act(Step& step, Action action) const;
    const BrokerOutput& give(Step& step, std::uint8_t broker, const BrokerInput& input) const;
    const ControllerOutput& decide(Step& step, const ControllerInput& input) const;
    void note_decision(Step& step, const ControllerState& was) const;
    void forgive_unclean_election(Step& step, std::uint8_t leader) const;
    void tell_brokers(State& state, bool partition_changed) const;
    void restart(Step& step, std::uint8_t broker) const;
    void learn(Step& step, std::uint8_t broker, std::uint8_t skips) const;
    void ask_to_stop(Step& step, std::uint8_t broker) const;
    void deliver(Step& step, Message message, bool current) const;
    void give_up(Step& step, const Message& message) const;
    void produce(Step& step, std::uint8_t batch, std::uint8_t broker, bool waits) const;
    void settle(Step& step, std::uint8_t broker) const;
    void stopped(Step& step, std::uint8_t broker) const;
    void make_late(Step& step, const Message& message) const;
    void forget_old_news(State& state) const;
    void observe(Step& step) const;
    void read_from(Step& step, std::uint8_t id) const;
    [[nodiscard]] ControllerInput request_to_stop(const State& state, std::uint8_t broker) const;
    [[nodiscard]] bool all_have_seen_stopping(const State& state, std::uint8_t broker) const;
    [[nodiscard]] Brokers reassignment_target(std::uint8_t back) const;
    [[nodiscard]] bool would_change(const State& state, const ControllerInput& input) const;
    [[nodiscard]] bool is_worth_fetching(const State& state, std::uint8_t follower) const;
    [[nodiscard]] bool is_worth_producing(const State& state, std::uint8_t batch, std::uint8_t broker) const;
    [[nodiscard]] bool may_send(const State& state, std::uint8_t batch, std::uint8_t broker) const;
    [[nodiscard]] std::optional<Violation> judge_rest(const State& state) const;

    Scope scope_;
    /// Shared by copies of the world; what they keep does not change what the world does.
    std::shared_ptr<BrokerStore> brokers_;
    std::shared_ptr<DecisionStore> decisions_;
};

/// The name of the property that is judged when a run has come to rest.
inline constexpr std::string_view kRestProperty = "AllReplicatedAtRest";
/// The name of what the machine must never do to its driver.
inline constexpr std::string_view kContractProperty = "DriverContract";

/// The cluster's state, for people.
[[nodiscard]] std::string print(const State& state, const Scope& scope);

/// "fetch of broker 1 to broker 0 (epoch 2, from offset 1)".
[[nodiscard]] std::string message_text(const Message& message);

}  // namespace highwater::model::cluster
