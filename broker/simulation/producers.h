#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "broker/simulation/node_host.h"
#include "broker/simulation/producer_client.h"
#include "broker/simulation/topic_history.h"

namespace highwater::simulation {

/// Idempotent producers with a connection each, that write, retry and now and then lose their connection.
class Producers {
  public:
    Producers(World& world, NodeHost& host, TopicHistory& history);

    void begin();
    /// False: the connection is not of a producer.
    bool heard(std::uint64_t connection, std::span<const std::byte> frame);
    void node_started();
    void node_stopped();
    [[nodiscard]] std::uint64_t retries() const;

  private:
    void write(std::size_t producer);
    void send_more(std::size_t producer);
    void drop(std::size_t producer);
    void reconnect(std::size_t producer);
    void take_id(std::size_t producer, std::span<const std::byte> frame);
    void answered(std::size_t producer, std::span<const std::byte> frame);

    World& world_;
    NodeHost& host_;
    TopicHistory& history_;
    std::vector<ProducerClient> clients_;
    /// 0: none.
    std::vector<std::uint64_t> connections_;
    std::unordered_map<std::uint64_t, std::size_t> by_connection_;
    std::set<std::int64_t> given_ids_;
};

}  // namespace highwater::simulation
