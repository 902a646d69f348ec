#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "broker/simulation/node_host.h"
#include "broker/simulation/topic_history.h"

namespace highwater::simulation {

/// A consumer of each partition that follows the log from its beginning, over a connection of its own now and then; and
/// what deletes the records that it has read (DeleteRecords), so that the log does not grow without end.
class Consumers {
  public:
    Consumers(World& world, NodeHost& host, TopicHistory& history);

    void begin();
    /// False: the connection is not of a consumer.
    bool heard(std::uint64_t connection, std::span<const std::byte> frame);
    /// The whole log of the partition, as a reader from its start gets it at once.
    std::vector<LogRecord> read(std::int32_t partition);

  private:
    void consume(std::int32_t partition);
    void fetch(std::uint64_t connection, std::int32_t partition);
    void delete_records(std::int32_t partition);
    std::int64_t log_start(std::uint64_t connection, std::int32_t partition);

    World& world_;
    NodeHost& host_;
    TopicHistory& history_;
    /// By partition; 0: none.
    std::vector<std::uint64_t> connections_;
    std::unordered_map<std::uint64_t, std::int32_t> by_connection_;
};

}  // namespace highwater::simulation
