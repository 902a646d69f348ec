#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "broker/client/cluster.h"
#include "core/base/offset.h"
#include "net/wire/record/codec.h"
#include "net/wire/record/compression/compressor.h"
#include "net/wire/record/record_batch_builder.h"

namespace highwater::client {

struct ProducerSettings {
    /// -1: all in-sync replicas, 0: no answer, 1: the leader.
    std::int16_t acks = -1;
    wire::CompressionChoice compression;
    /// Retries write nothing twice (KIP-98). Requires: acks -1.
    bool idempotent = true;
    /// The broker may wait this long for its replicas.
    std::chrono::milliseconds request_timeout{30'000};
    /// Retries go on for this long.
    std::chrono::milliseconds delivery_timeout{120'000};
};

/// Writes batches to one topic, one at a time, each until it is acknowledged.
class Producer {
  public:
    Producer(Cluster& cluster, std::string topic, ProducerSettings settings)
        : cluster_(cluster), topic_(std::move(topic)), settings_(settings) {}

    /// Finds the topic's partitions, waiting for a topic that is just being created, and takes a producer id.
    Result<void, std::string> start();
    [[nodiscard]] std::int32_t partitions() const { return static_cast<std::int32_t>(info_.partitions.size()); }

    /// Offset of the batch's first record; nullopt with acks=0. Requires: start() succeeded, records not empty.
    Result<std::optional<Offset>, std::string> send(PartitionId partition, std::span<const wire::NewRecord> records);

  private:
    Result<void, std::string> find_topic();
    Result<void, std::string> take_producer_id();
    [[nodiscard]] NodeId leader_of(PartitionId partition) const;

    Cluster& cluster_;
    std::string topic_;
    ProducerSettings settings_;
    TopicInfo info_;
    std::optional<ProducerId> producer_id_;
    ProducerEpoch producer_epoch_;
    std::map<PartitionId, Sequence> next_sequence_;
    wire::Compressor compressor_;
};

}  // namespace highwater::client
