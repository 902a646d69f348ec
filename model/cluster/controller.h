#pragma once

#include <cstdint>

#include "model/cluster/memo_table.h"
#include "model/cluster/state.h"

namespace highwater::model::cluster {

/// What the controller is asked to decide.
struct ControllerInput {
    enum class Kind : std::uint8_t { register_broker, fence, unfence, alter };

    Kind kind = Kind::fence;
    std::uint8_t broker = 0;
    std::uint8_t broker_epoch = 0;
    /// alter: the request.
    Message alter;
};
static_assert(std::has_unique_object_representations_v<ControllerInput>);

struct ControllerOutput {
    ControllerState after;
    /// Kind none: no answer.
    Message answer;
    /// A record was written.
    bool changed = false;
    bool partition_changed = false;
    ErrorCode error = ErrorCode::none;
};

/// Three replicas at most, all in sync, the first one leads; every broker runs.
[[nodiscard]] ControllerState new_controller(const Scope& scope);

/// The decision that the shipped functions make from the image that `before` stands for.
[[nodiscard]] ControllerOutput decide(const Scope& scope, const ControllerState& before, const ControllerInput& input);

/// Every decision that was ever taken, by a 64-bit hash of what it was taken from. May be used by several threads.
class DecisionStore {
  public:
    explicit DecisionStore(const Scope& scope) : scope_(scope) {}
    /// The reference stays valid.
    [[nodiscard]] const ControllerOutput& decide(const ControllerState& before, const ControllerInput& input);

  private:
    const Scope scope_;
    MemoTable<ControllerOutput> known_;
};

/// What brokers learn of it.
[[nodiscard]] Metadata metadata_of(const Scope& scope, const ControllerState& state, bool partition_changed);

}  // namespace highwater::model::cluster
