#pragma once

#include <cstdint>
#include <optional>

#include "core/metadata/broker_lifecycle.h"

namespace highwater::model::cluster {

/// A broker's process towards the controller, by the shipped lifecycle, as far as it concerns a partition: what it says
/// when it registers, the epoch that it has then, and what it writes down when it stops. Everything between is answered
/// at once; that heartbeats are late is the world's to decide. 0: no epoch.
class Lifecycle {
  public:
    Lifecycle(std::uint8_t id, std::uint8_t clean_mark);

    /// The previous broker epoch that its registration tells.
    [[nodiscard]] std::uint8_t registers();
    /// The epoch that it adopts when the controller's answer says `broker_epoch`.
    [[nodiscard]] std::uint8_t is_registered(std::uint8_t broker_epoch);
    /// The mark that it leaves when the controller lets it go. Requires: is_registered() was said.
    [[nodiscard]] std::uint8_t stops();

  private:
    LifecycleEffects hears(const LifecycleInput& input);

    BrokerLifecycle machine_;
    LifecycleToken token_;
};

}  // namespace highwater::model::cluster
