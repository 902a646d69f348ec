#pragma once

#include <cstdint>

#include "model/cluster/state.h"
#include "model/explore/memo_table.h"

namespace highwater::model::cluster {

/// What the controller is asked to decide.
struct ControllerInput {
    enum class Kind : std::uint8_t {
        register_broker,  // broker, broker_epoch (the one it will get), previous_epoch
        fence,            // broker, broker_epoch
        unfence,          // broker, broker_epoch
        shut_down,        // broker, broker_epoch, all_have_seen_it: a heartbeat that asks to be let go
        alter,            // alter: the request
        elect,            // preferred leaders
        reassign          // replicas
    };

    Kind kind = Kind::fence;
    std::uint8_t broker = 0;
    std::uint8_t broker_epoch = 0;
    /// Of the mark of a clean shutdown; 0: there is none.
    std::uint8_t previous_epoch = 0;
    std::uint8_t all_have_seen_it = 0;
    Brokers replicas = 0;
    Message alter;
};
static_assert(std::has_unique_object_representations_v<ControllerInput>);

/// About a broker as the controller knows it.
[[nodiscard]] inline ControllerInput input_about(ControllerInput::Kind kind, const ControllerState& controller,
                                                 std::uint8_t broker) {
    ControllerInput input;
    input.kind = kind;
    input.broker = broker;
    input.broker_epoch = controller.broker_epochs[broker];
    return input;
}

struct ControllerOutput {
    ControllerState after;
    /// Kind none: no answer.
    Message answer;
    /// register_broker: the epoch that the broker has from here on.
    std::uint8_t broker_epoch = 0;
    /// shut_down: it may stop.
    bool should_shut_down = false;
    /// A record was written.
    bool changed = false;
    bool partition_changed = false;
    ErrorCode error = ErrorCode::none;
};

/// As the scope says that it begins; every broker runs.
[[nodiscard]] ControllerState new_controller(const Scope& scope);

/// The decision that the shipped functions make from the image that `before` stands for.
[[nodiscard]] ControllerOutput decide(const Scope& scope, const ControllerState& before, const ControllerInput& input);

/// Every decision that was ever taken, by a 64-bit hash of what it was taken from. May be used by several threads.
class DecisionStore {
  public:
    explicit DecisionStore(const Scope& scope) : scope_(scope) {}
    /// The reference stays valid.
    [[nodiscard]] const ControllerOutput& decide(const ControllerState& before, const ControllerInput& input);
    [[nodiscard]] std::size_t memory_bytes() const { return known_.memory_bytes(); }

  private:
    const Scope scope_;
    MemoTable<ControllerOutput> known_;
};

/// What brokers learn of it.
[[nodiscard]] Metadata metadata_of(const Scope& scope, const ControllerState& state, bool partition_changed);

}  // namespace highwater::model::cluster
