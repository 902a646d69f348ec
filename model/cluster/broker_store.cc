#include "model/cluster/broker_store.h"

#include <utility>

#include <xxhash.h>

namespace highwater::model::cluster {

const Broker* BrokerStore::keep(Broker broker) {
    Shard& here = shard(broker.hash);
    const std::scoped_lock lock(here.mutex);
    const auto [at, is_new] = here.known.try_emplace(broker.hash, nullptr);
    if (is_new) at->second = &here.brokers.emplace_back(std::move(broker));
    return at->second;
}

const BrokerStep& BrokerStore::step(std::uint8_t id, const Broker& before, const BrokerInput& input) {
    const std::uint64_t key = XXH3_64bits_withSeed(&input, sizeof input, before.hash);
    Shard& here = shard(key);
    {
        const std::scoped_lock lock(here.mutex);
        const auto found = here.steps.find(key);
        if (found != here.steps.end()) return found->second;
    }
    BrokerStep taken;
    Broker broker = before;
    taken.output = cluster::step(scope_, id, broker, input);
    taken.after = keep(std::move(broker));
    const std::scoped_lock lock(here.mutex);
    return here.steps.try_emplace(key, taken).first->second;
}

std::size_t BrokerStore::brokers() const {
    std::size_t count = 0;
    for (const Shard& each : shards_) {
        const std::scoped_lock lock(each.mutex);
        count += each.brokers.size();
    }
    return count;
}

std::size_t BrokerStore::steps() const {
    std::size_t count = 0;
    for (const Shard& each : shards_) {
        const std::scoped_lock lock(each.mutex);
        count += each.steps.size();
    }
    return count;
}

}  // namespace highwater::model::cluster
