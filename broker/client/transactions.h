#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/client/cluster.h"
#include "core/base/epochs.h"
#include "core/base/offset.h"
#include "core/base/producer.h"
#include "core/base/time.h"
#include "core/coordinator/topic_partition.h"

namespace highwater::client {

/// What to list; what is left out lets everything through.
struct TransactionFilter {
    /// "Ongoing", "PrepareCommit", ...
    std::vector<std::string> states;
    std::set<ProducerId> producer_ids;
    /// Only transactions that run for longer. Brokers before Kafka 3.8 cannot be asked for it.
    std::optional<std::int64_t> longer_than_ms;
    /// A regular expression. Brokers before Kafka 4.1 cannot be asked for it.
    std::optional<std::string> id_pattern;
};

/// A transactional id as ListTransactions tells it.
struct TransactionListing {
    std::string transactional_id;
    NodeId coordinator{-1};
    ProducerId producer_id;
    std::string state;
};

struct TransactionInfo {
    std::string transactional_id;
    NodeId coordinator{-1};
    ProducerId producer_id;
    ProducerEpoch producer_epoch;
    std::string state;
    std::int64_t timeout_ms = 0;
    /// nullopt: no transaction runs.
    std::optional<Timestamp> started;
    std::set<TopicPartition> partitions;
};

/// What a replica of a partition knows of a producer.
struct ProducerInfo {
    ProducerId producer_id;
    std::int32_t producer_epoch = 0;
    std::int32_t last_sequence = -1;
    Timestamp last_timestamp;
    /// Of its last marker. nullopt: there was none.
    std::optional<CoordinatorEpoch> coordinator_epoch;
    /// nullopt: it has no open transaction.
    std::optional<Offset> transaction_start;
};

/// Which transaction of a partition to abort.
struct TransactionToAbort {
    TopicPartition partition;
    ProducerId producer_id;
    ProducerEpoch producer_epoch;
    CoordinatorEpoch coordinator_epoch;
};

/// What operators ask about transactions. Errors are sentences.
class Transactions {
  public:
    explicit Transactions(Cluster& cluster) : cluster_(cluster) {}

    /// Of all brokers, by transactional id.
    Result<std::vector<TransactionListing>, std::string> list(const TransactionFilter& filter);

    /// nullopt: there is no such transactional id.
    Result<std::optional<TransactionInfo>, std::string> describe(const std::string& transactional_id);

    /// What the leader of each partition knows, or the replica on `broker`, by producer id.
    Result<std::map<TopicPartition, std::vector<ProducerInfo>>, std::string> producers(
        const std::set<TopicPartition>& partitions, std::optional<NodeId> broker = std::nullopt);

    /// Has the partition's leader write an abort marker, as the coordinator would.
    Result<ErrorCode, std::string> abort(const TransactionToAbort& transaction);

  private:
    Result<std::map<NodeId, std::set<TopicPartition>>, std::string> by_leader(
        const std::set<TopicPartition>& partitions);

    Cluster& cluster_;
};

}  // namespace highwater::client
