#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "broker/simulation/producer_client.h"
#include "broker/simulation/world.h"

namespace highwater::simulation {

/// What is at one offset.
struct LogRecord {
    std::int64_t offset = 0;
    std::string value;
};

/// The records of whole batches, as a fetch answers them.
[[nodiscard]] std::vector<LogRecord> records_of(std::span<const std::byte> batches);

/// What clients were told, and what must therefore be so. Reads nothing but what left the node.
///
///   NoAckedLoss    an acknowledged record is in the log, at the offset that was told (unless it was deleted)
///   NoDuplicate    no offset is acknowledged twice, no record is in the log twice
///   SequenceOrder  the records of one producer are in the order in which it wrote them, none left out
///   StableRead     what a consumer was given stays at its offset
///   Contiguous     no offset is left out in what a consumer is given
///   StartBound     the log begins where it was asked to, or below
class TopicHistory {
  public:
    explicit TopicHistory(World& world);

    void acknowledged(std::int32_t partition, const ProducerClient::Acknowledged& batch);
    void consumed(std::int32_t partition, std::span<const LogRecord> records);
    /// DeleteRecords below `offset` was asked for: from here on such a record may be there or not.
    void deleted(std::int32_t partition, std::int64_t offset);
    /// Where the consumer goes on.
    [[nodiscard]] std::int64_t next_offset(std::int32_t partition) const { return of(partition).next_offset(); }

    /// The whole log, as a last reader got it.
    void judge(std::int32_t partition, const std::vector<LogRecord>& log);

  private:
    struct Partition {
        std::map<std::int64_t, std::string> acknowledged;
        /// From `consumed_from` on.
        std::deque<std::string> consumed;
        std::int64_t consumed_from = 0;
        std::int64_t deleted_to = 0;

        [[nodiscard]] std::int64_t next_offset() const {
            return consumed_from + static_cast<std::int64_t>(consumed.size());
        }
    };
    [[nodiscard]] const Partition& of(std::int32_t partition) const {
        return partitions_[static_cast<std::size_t>(partition)];
    }
    Partition& of(std::int32_t partition) { return partitions_[static_cast<std::size_t>(partition)]; }
    void judge_order(std::int32_t partition, const std::vector<LogRecord>& log);

    World& world_;
    std::vector<Partition> partitions_;
};

}  // namespace highwater::simulation
