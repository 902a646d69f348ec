#include "model/cluster/lifecycle.h"

#include "model/world/batch.h"

namespace highwater::model::cluster {
namespace {

template <class Kind>
const Kind* find(const LifecycleEffects& effects) {
    for (const LifecycleEffect& effect : effects) {
        if (const auto* one = std::get_if<Kind>(&effect)) return one;
    }
    return nullptr;
}

std::optional<BrokerEpoch> epoch_from(std::uint8_t epoch) {
    if (epoch == 0) return std::nullopt;
    return BrokerEpoch{epoch};
}

std::uint8_t number_of(std::optional<BrokerEpoch> epoch) {
    return epoch ? narrow(epoch->value()) : std::uint8_t{0};
}

}  // namespace

Lifecycle::Lifecycle(std::uint8_t id, std::uint8_t clean_mark)
    : machine_({}, Uuid{{static_cast<std::uint8_t>(id + 1)}}, epoch_from(clean_mark)) {}

LifecycleEffects Lifecycle::hears(const LifecycleInput& input) {
    LifecycleEffects effects;
    machine_.step(Time{}, input, effects);
    if (const auto* sent = find<SendBrokerRegistration>(effects)) token_ = sent->token;
    if (const auto* sent = find<SendBrokerHeartbeat>(effects)) token_ = sent->token;
    return effects;
}

std::uint8_t Lifecycle::registers() {
    static_cast<void>(hears(LogsLoaded{}));
    const LifecycleEffects effects = hears(StartBroker{});
    const auto* sent = find<SendBrokerRegistration>(effects);
    return sent != nullptr ? number_of(sent->previous_broker_epoch) : std::uint8_t{0};
}

std::uint8_t Lifecycle::is_registered(std::uint8_t broker_epoch) {
    const LifecycleEffects effects =
        hears(BrokerRegistrationAnswered{token_, ErrorCode::none, BrokerEpoch{broker_epoch}});
    const auto* adopted = find<AdoptBrokerEpoch>(effects);
    return adopted != nullptr ? number_of(adopted->broker_epoch) : std::uint8_t{0};
}

std::uint8_t Lifecycle::stops() {
    // Caught up, then unfenced: it runs.
    static_cast<void>(hears(BrokerHeartbeatAnswered{token_, ErrorCode::none, true, true, false}));
    static_cast<void>(hears(BrokerHeartbeatAnswered{token_, ErrorCode::none, true, false, false}));
    static_cast<void>(hears(ShutDownBroker{}));
    const LifecycleEffects effects = hears(BrokerHeartbeatAnswered{token_, ErrorCode::none, true, true, true});
    const auto* stopped = find<StopBroker>(effects);
    return stopped != nullptr ? number_of(stopped->broker_epoch) : std::uint8_t{0};
}

}  // namespace highwater::model::cluster
