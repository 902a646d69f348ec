#include "model/cluster/broker_store.h"

#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <xxhash.h>

namespace highwater::model::cluster {

const Broker* BrokerStore::keep(Broker broker, Origin origin) {
    const std::uint64_t hash = broker.hash;
    const Kept& kept = brokers_.keep(hash, [&](std::size_t index) {
        broker.index = static_cast<std::uint32_t>(index);
        origin.hash = hash;
        return Kept{std::move(broker), origin};
    });
    return &kept.broker;
}

const Broker* BrokerStore::keep_new(std::uint8_t id) {
    return keep(new_broker(scope_, id), {.hash = 0, .parent = kNone, .id = id, .input = {}});
}

const BrokerStep& BrokerStore::step(std::uint8_t id, const Broker& before, const BrokerInput& input) {
    const std::uint64_t key = XXH3_64bits_withSeed(&input, sizeof input, before.hash);
    if (const BrokerStep* known = steps_.find(key)) return *known;
    BrokerStep taken;
    Broker broker = before;
    taken.output = cluster::step(scope_, id, broker, input);
    taken.after = keep(std::move(broker), {.hash = 0, .parent = before.index, .id = id, .input = input});
    return steps_.keep(key, [&](std::size_t) { return taken; });
}

void BrokerStore::save(std::vector<std::byte>& out) const {
    for (std::size_t index = 0; index < brokers_.size(); ++index) {
        const auto bytes = std::as_bytes(std::span(&brokers_[index].origin, 1));
        out.insert(out.end(), bytes.begin(), bytes.end());
    }
}

std::string BrokerStore::restore(std::span<const std::byte> in) {
    for (std::uint32_t index = 0; in.size() >= sizeof(Origin); ++index, in = in.subspan(sizeof(Origin))) {
        Origin origin;
        std::memcpy(&origin, in.data(), sizeof origin);
        if (origin.id >= kMaxBrokers || (origin.parent != kNone && origin.parent >= index)) {
            return fmt::format("broker {} comes from nowhere", index);
        }
        const Broker* broker = origin.parent == kNone
                                   ? keep_new(origin.id)
                                   : step(origin.id, brokers_[origin.parent].broker, origin.input).after;
        if (broker->index != index || broker->hash != origin.hash) {
            return fmt::format("broker {} is another one now", index);
        }
    }
    return in.empty() ? std::string{} : std::string{"it ends in the middle of a broker"};
}

}  // namespace highwater::model::cluster
