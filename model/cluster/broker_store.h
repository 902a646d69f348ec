#pragma once

#include <cstdint>

#include "model/cluster/broker.h"
#include "model/explore/step_store.h"

namespace highwater::model::cluster {

/// The brokers of a cluster, and their steps.
class BrokerStore : public StepStore<Broker, BrokerInput, BrokerOutput> {
  public:
    explicit BrokerStore(const Scope& scope)
        : StepStore([scope](std::uint8_t id) { return new_broker(scope, id); },
                    [scope](std::uint8_t id, Broker& broker, const BrokerInput& input) {
                        return cluster::step(scope, id, broker, input);
                    }) {}
};
/// A step of a broker: what it is afterwards, and what it let out.
using BrokerStep = BrokerStore::Taken;

}  // namespace highwater::model::cluster
