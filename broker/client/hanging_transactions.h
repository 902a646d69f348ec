#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/client/transactions.h"

namespace highwater::client {

/// A transaction that a partition has open.
struct OpenTransaction {
    TopicPartition partition;
    ProducerInfo producer;
};

/// The open transactions whose producers wrote nothing for longer than `longest_ms`: while a coordinator knows of one,
/// it ends it within its timeout.
std::vector<OpenTransaction> suspects(const std::map<TopicPartition, std::vector<ProducerInfo>>& producers,
                                      Timestamp now, std::int64_t longest_ms);

/// Those of them that no coordinator will end (KIP-664). `known`: by producer id, what the coordinators say of it;
/// nullopt where the transactional id went away in between.
std::vector<OpenTransaction> hanging(const std::vector<OpenTransaction>& suspects,
                                     const std::map<ProducerId, std::optional<TransactionInfo>>& known);

/// Searches the partitions on their leaders, or on `broker`. The error is a sentence.
Result<std::vector<OpenTransaction>, std::string> find_hanging(Cluster& cluster,
                                                               const std::set<TopicPartition>& partitions,
                                                               std::optional<NodeId> broker, Timestamp now,
                                                               std::int64_t longest_ms);

}  // namespace highwater::client
