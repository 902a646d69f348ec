#include "broker/simulation/producers.h"

#include <algorithm>

#include "broker/simulation/requests.h"
#include "net/wire/message/init_producer_id.h"
#include "net/wire/message/produce.h"
#include "net/wire/record/record_batch_builder.h"

namespace highwater::simulation {

namespace {

constexpr std::int16_t kProduceVersion = 9;
constexpr std::int16_t kInitProducerIdVersion = 4;

}  // namespace

Producers::Producers(World& world, NodeHost& host, TopicHistory& history)
    : world_(world), host_(host), history_(history) {
    const Scenario& scenario = world.scenario();
    for (int i = 0; i < scenario.producers; ++i) {
        const auto partition = world.up_to(static_cast<std::uint64_t>(scenario.partitions - 1));
        clients_.emplace_back(i, static_cast<std::int32_t>(partition));
    }
    connections_.resize(clients_.size());
}

void Producers::begin() {
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        world_.in(milliseconds{1}, [this, i] { write(i); });
    }
}

void Producers::node_started() {
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        world_.in(world_.delay(microseconds{100}, milliseconds{20}), [this, i] { reconnect(i); });
    }
}

void Producers::node_stopped() {
    // They notice a little later: until then what the node had sent may still arrive.
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        world_.in(world_.delay(microseconds{0}, milliseconds{10}), [this, i, connection = connections_[i]] {
            if (connections_[i] == connection) drop(i);
        });
    }
}

void Producers::drop(std::size_t producer) {
    std::uint64_t& connection = connections_[producer];
    if (connection == 0) return;
    by_connection_.erase(connection);
    host_.disconnect(connection);
    connection = 0;
    clients_[producer].disconnected();
}

void Producers::reconnect(std::size_t producer) {
    if (!host_.is_up()) return;
    drop(producer);
    connections_[producer] = host_.connect();
    by_connection_[connections_[producer]] = producer;
    if (!clients_[producer].producer_id()) {
        wire::InitProducerIdRequest message;
        message.transactional_id = std::nullopt;
        host_.send(connections_[producer], frame_of(world_, message, kInitProducerIdVersion));
    }
    send_more(producer);
}

void Producers::write(std::size_t producer) {
    ProducerClient& client = clients_[producer];
    if (client.unsent() < 20) {
        client.write(1 + static_cast<int>(world_.up_to(4)), world_.up_to(99) == 0 ? 12'000 : world_.up_to(300));
    }
    send_more(producer);
    if (world_.up_to(199) == 0) reconnect(producer);  // the network breaks
    world_.in(world_.delay(microseconds{500}, 2 * world_.scenario().mean_time_between_writes),
              [this, producer] { write(producer); });
}

void Producers::send_more(std::size_t producer) {
    ProducerClient& client = clients_[producer];
    if (connections_[producer] == 0) return;
    while (const ProducerClient::Batch* batch = client.next()) {
        world_.trace("producer {} sends {}+{}{} on {}", producer, batch->base_sequence, batch->values.size(),
                     batch->is_retry ? " again" : "", connections_[producer]);
        wire::BatchOptions options;
        options.producer = ProducerStamp{.id = ProducerId{*client.producer_id()},
                                         .epoch = ProducerEpoch{0},
                                         .base_sequence = Sequence{batch->base_sequence}};
        wire::RecordBatchBuilder builder(options);
        for (const std::string& value : batch->values) {
            wire::NewRecord record;
            record.value = std::as_bytes(std::span(value));
            record.timestamp = world_.now().wall;
            builder.add(record);
        }
        const wire::RecordBuffer bytes = builder.finish();
        wire::ProduceRequest message;
        message.acks = -1;
        message.timeout_ms = 1000;
        auto& topic = message.topic_data.emplace_back();
        topic.name = wire::String(kTopic);
        auto& part = topic.partition_data.emplace_back();
        part.index = PartitionId{client.partition()};
        part.records = wire::Records(bytes);
        host_.send(connections_[producer], frame_of(world_, message, kProduceVersion));
    }
}

bool Producers::heard(std::uint64_t connection, std::span<const std::byte> frame) {
    const auto known = by_connection_.find(connection);
    if (known == by_connection_.end()) return false;
    if (clients_[known->second].producer_id()) {
        answered(known->second, frame);
    } else {
        take_id(known->second, frame);
    }
    return true;
}

void Producers::take_id(std::size_t producer, std::span<const std::byte> frame) {
    const auto answer = response_from<wire::InitProducerIdResponse>(world_, frame, wire::ApiKey::init_producer_id,
                                                                    kInitProducerIdVersion);
    if (!answer) return;
    if (answer->error_code != ErrorCode::none) {
        world_.in(milliseconds{10}, [this, producer] { reconnect(producer); });
        return;
    }
    if (!given_ids_.insert(answer->producer_id.value()).second) {
        return world_.violated("UniqueProducerIds", fmt::format("producer id {} was given twice", answer->producer_id));
    }
    clients_[producer].take_id(answer->producer_id.value());
    send_more(producer);
}

void Producers::answered(std::size_t producer, std::span<const std::byte> frame) {
    const auto answer = response_from<wire::ProduceResponse>(world_, frame, wire::ApiKey::produce, kProduceVersion);
    if (!answer) return;
    ProducerClient& client = clients_[producer];
    const auto part = answer->responses.front().partition_responses.front();
    world_.trace("producer {} hears {} base offset {}", producer, part.error_code, part.base_offset);
    std::string refusal;
    const auto acknowledged = client.answered(part.error_code, part.base_offset, refusal);
    if (!refusal.empty()) return world_.violated("NoRefusal", std::move(refusal));
    if (acknowledged) history_.acknowledged(client.partition(), *acknowledged);
    if (client.wants_reconnect()) {
        world_.in(milliseconds{5}, [this, producer] { reconnect(producer); });
    } else {
        send_more(producer);
    }
}

std::uint64_t Producers::retries() const {
    std::uint64_t sum = 0;
    for (const ProducerClient& client : clients_) sum += client.retries();
    return sum;
}

}  // namespace highwater::simulation
