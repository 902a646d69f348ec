#include "model/world/abstract_state.h"

#include <algorithm>

#include "core/base/hash.h"

namespace highwater::model {
namespace {

std::uint64_t node_like(const Node& node) {
    Hasher hasher;
    hasher.add((node.driver.up ? 1U : 0U) | (node.driver.flush_under_way ? 2U : 0U) |
               (node.append_under_way() ? 4U : 0U) | (node.disk.lost_from != 0xff ? 8U : 0U));
    hasher.add(std::min<std::uint64_t>(node.driver.pending.size(), 3));
    hasher.add(std::min<std::uint64_t>(node.disk.log.size() - node.disk.durable_batches, 3));
    hasher.add(node.disk.log_start > 0 ? 1U : 0U);
    if (node.replica) {
        const ReplicaLog& log = node.replica->log();
        hasher.add((log.durable_offset() < log.written_offset() ? 1U : 0U) |
                   (log.written_offset() < log.end_offset() ? 2U : 0U) |
                   (log.high_watermark() < log.durable_offset() ? 4U : 0U));
        hasher.add(log.producers().size());
    }
    return hasher.value();
}

std::uint64_t producer_like(const IdempotentProducer& producer, const Connection& connection) {
    Hasher hasher;
    std::uint64_t counts = 0;
    for (const BatchStatus status : producer.status) counts += std::uint64_t{1} << (8U * static_cast<unsigned>(status));
    hasher.add(counts);
    hasher.add((producer.wants_new_epoch ? 1U : 0U) | (producer.new_epoch_from < kMaxBatches ? 2U : 0U) |
               (connection.broken ? 4U : 0U));
    hasher.add(connection.requests.size());
    for (const Exchange& exchange : connection.exchanges) {
        hasher.add((exchange.answered ? 1U : 0U) |
                   (exchange.answered && exchange.error() != ErrorCode::none ? 2U : 0U));
    }
    return hasher.value();
}

}  // namespace

std::uint64_t abstract_state(const World& world) {
    HashSum producers;  // they are alike
    for (std::size_t i = 0; i < kMaxProducers; ++i) {
        producers.add(producer_like(world.outside.producers[i], world.outside.network.connections[i]));
    }
    Hasher hasher;
    hasher.add(node_like(world.node));
    hasher.add(producers.value());
    hasher.add(world.outside.network.strays.size());
    return hasher.value();
}

}  // namespace highwater::model
