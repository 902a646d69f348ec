#include "broker/client/hanging_transactions.h"

namespace highwater::client {

std::vector<OpenTransaction> suspects(const std::map<TopicPartition, std::vector<ProducerInfo>>& producers,
                                      Timestamp now, std::int64_t longest_ms) {
    std::vector<OpenTransaction> found;
    for (const auto& [partition, states] : producers) {
        for (const ProducerInfo& producer : states) {
            const bool is_silent = now.value() - producer.last_timestamp.value() > longest_ms;
            if (producer.transaction_start && is_silent) found.push_back({partition, producer});
        }
    }
    return found;
}

std::vector<OpenTransaction> hanging(const std::vector<OpenTransaction>& suspects,
                                     const std::map<ProducerId, std::optional<TransactionInfo>>& known) {
    std::vector<OpenTransaction> found;
    for (const OpenTransaction& open : suspects) {
        const auto coordinated = known.find(open.producer.producer_id);
        const bool will_end = coordinated != known.end() && coordinated->second &&
                              coordinated->second->producer_id == open.producer.producer_id &&
                              coordinated->second->partitions.contains(open.partition);
        if (!will_end) found.push_back(open);
    }
    return found;
}

Result<std::vector<OpenTransaction>, std::string> find_hanging(Cluster& cluster,
                                                               const std::set<TopicPartition>& partitions,
                                                               std::optional<NodeId> broker, Timestamp now,
                                                               std::int64_t longest_ms) {
    Transactions transactions(cluster);
    const auto producers = transactions.producers(partitions, broker);
    if (!producers) return unexpected(producers.error());
    const auto silent = suspects(*producers, now, longest_ms);
    if (silent.empty()) return silent;
    TransactionFilter filter;
    for (const OpenTransaction& open : silent) filter.producer_ids.insert(open.producer.producer_id);
    const auto listed = transactions.list(filter);
    if (!listed) return unexpected(listed.error());
    std::map<ProducerId, std::optional<TransactionInfo>> known;
    for (const TransactionListing& listing : *listed) {
        auto described = transactions.describe(listing.transactional_id);
        if (!described) return unexpected(std::move(described.error()));
        known[listing.producer_id] = *std::move(described);
    }
    return hanging(silent, known);
}

}  // namespace highwater::client
