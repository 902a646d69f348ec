#include "model/cluster/broker_store.h"

#include <utility>

#include <xxhash.h>

namespace highwater::model::cluster {

const Broker* BrokerStore::keep(Broker broker) {
    return &brokers_.keep(broker.hash, [&](std::size_t index) {
        broker.index = static_cast<std::uint32_t>(index);
        return std::move(broker);
    });
}

const BrokerStep& BrokerStore::step(std::uint8_t id, const Broker& before, const BrokerInput& input) {
    const std::uint64_t key = XXH3_64bits_withSeed(&input, sizeof input, before.hash);
    if (const BrokerStep* known = steps_.find(key)) return *known;
    BrokerStep taken;
    Broker broker = before;
    taken.output = cluster::step(scope_, id, broker, input);
    taken.after = keep(std::move(broker));
    return steps_.keep(key, [&](std::size_t) { return taken; });
}

}  // namespace highwater::model::cluster
