#include "broker/client/transactions.h"

#include <algorithm>

#include "broker/client/coordinator.h"
#include "net/wire/message/describe_producers.h"
#include "net/wire/message/describe_transactions.h"
#include "net/wire/message/list_transactions.h"
#include "net/wire/message/write_txn_markers.h"

namespace highwater::client {

namespace {

template <class T>
std::optional<T> unless_negative(std::int64_t number) {
    return number < 0 ? std::nullopt : std::optional(T{static_cast<typename T::rep>(number)});
}

ProducerInfo info_of(const wire::DescribeProducersResponse::ProducerState& state) {
    return {.producer_id = state.producer_id,
            .producer_epoch = state.producer_epoch,
            .last_sequence = state.last_sequence,
            .last_timestamp = Timestamp{state.last_timestamp},
            .coordinator_epoch = unless_negative<CoordinatorEpoch>(state.coordinator_epoch.value()),
            .transaction_start = unless_negative<Offset>(state.current_txn_start_offset)};
}

}  // namespace

Result<std::vector<TransactionListing>, std::string> Transactions::list(const TransactionFilter& filter) {
    const std::vector<std::string> none;
    if (auto topics = cluster_.topics(&none); !topics) return unexpected(std::move(topics.error()));
    wire::ListTransactionsRequest request;
    for (const std::string& state : filter.states) request.state_filters.push_back(wire::String(state));
    for (const ProducerId id : filter.producer_ids) request.producer_id_filters.push_back(id);
    request.duration_filter = filter.longer_than_ms.value_or(-1);
    if (filter.id_pattern) request.transactional_id_pattern = wire::String(*filter.id_pattern);
    std::vector<TransactionListing> listed;
    const auto brokers = cluster_.brokers();
    for (const auto& [node, address] : brokers) {
        const auto answer = cluster_.call<wire::ListTransactionsResponse>(node, request);
        if (!answer) return unexpected(answer.error());
        if ((*answer)->error_code != ErrorCode::none)
            return unexpected(fmt::format("broker {} can't list its transactions: {}", node, (*answer)->error_code));
        if (!(*answer)->unknown_state_filters.empty())
            return unexpected(
                fmt::format("there is no state {} of transactions", (*answer)->unknown_state_filters.front().view()));
        for (const auto& state : (*answer)->transaction_states)
            listed.push_back(
                {state.transactional_id.to_string(), node, state.producer_id, state.transaction_state.to_string()});
    }
    std::ranges::sort(listed, {}, &TransactionListing::transactional_id);
    return listed;
}

Result<std::optional<TransactionInfo>, std::string> Transactions::describe(const std::string& transactional_id) {
    const auto coordinator = find_coordinator(cluster_, CoordinatorType::transaction, transactional_id);
    if (!coordinator) return unexpected(coordinator.error());
    wire::DescribeTransactionsRequest request;
    request.transactional_ids.push_back(wire::String(transactional_id));
    const auto answer = cluster_.call<wire::DescribeTransactionsResponse>(coordinator->node, request);
    if (!answer) return unexpected(answer.error());
    if ((*answer)->transaction_states.empty())
        return unexpected(std::string("the broker's answer names no transactional id"));
    const auto& found = (*answer)->transaction_states.front();
    if (found.error_code == ErrorCode::transactional_id_not_found) return std::nullopt;
    if (found.error_code != ErrorCode::none)
        return unexpected(fmt::format("transactional id {}: {}", transactional_id, found.error_code));
    TransactionInfo info{.transactional_id = transactional_id,
                         .coordinator = coordinator->node,
                         .producer_id = found.producer_id,
                         .producer_epoch = found.producer_epoch,
                         .state = found.transaction_state.to_string(),
                         .timeout_ms = found.transaction_timeout_ms,
                         .started = unless_negative<Timestamp>(found.transaction_start_time_ms),
                         .partitions = {}};
    for (const auto& topic : found.topics) {
        for (const PartitionId partition : topic.partitions)
            info.partitions.insert({topic.topic.to_string(), partition});
    }
    return info;
}

Result<std::map<NodeId, std::set<TopicPartition>>, std::string> Transactions::by_leader(
    const std::set<TopicPartition>& partitions) {
    std::set<std::string> names;
    for (const TopicPartition& partition : partitions) names.insert(partition.topic);
    const std::vector<std::string> wanted(names.begin(), names.end());
    const auto topics = cluster_.topics(&wanted);
    if (!topics) return unexpected(topics.error());
    std::map<TopicPartition, NodeId> leaders;
    for (const TopicInfo& topic : *topics) {
        for (const PartitionInfo& partition : topic.partitions)
            leaders[{topic.name, partition.partition}] = partition.leader;
    }
    std::map<NodeId, std::set<TopicPartition>> grouped;
    for (const TopicPartition& partition : partitions) {
        const auto leader = leaders.find(partition);
        if (leader == leaders.end())
            return unexpected(fmt::format("there is no partition {}-{}", partition.topic, partition.partition));
        if (leader->second < NodeId{0})
            return unexpected(fmt::format("{}-{} has no leader now; try again", partition.topic, partition.partition));
        grouped[leader->second].insert(partition);
    }
    return grouped;
}

Result<std::map<TopicPartition, std::vector<ProducerInfo>>, std::string> Transactions::producers(
    const std::set<TopicPartition>& partitions, std::optional<NodeId> broker) {
    auto grouped = by_leader(partitions);
    if (!grouped) return unexpected(std::move(grouped.error()));
    if (broker) {
        if (!cluster_.brokers().contains(*broker)) return unexpected(fmt::format("there is no broker {}", *broker));
        *grouped = {{*broker, partitions}};
    }
    std::map<TopicPartition, std::vector<ProducerInfo>> found;
    for (const auto& [node, wanted] : *grouped) {
        wire::DescribeProducersRequest request;
        std::map<std::string, wire::DescribeProducersRequest::TopicRequest> topics;
        for (const TopicPartition& partition : wanted)
            topics[partition.topic].partition_indexes.push_back(partition.partition);
        for (auto& [name, topic] : topics) {
            topic.name = wire::String(name);
            request.topics.push_back(std::move(topic));
        }
        const auto answer = cluster_.call<wire::DescribeProducersResponse>(node, request);
        if (!answer) return unexpected(answer.error());
        for (const auto& topic : (*answer)->topics) {
            for (const auto& partition : topic.partitions) {
                if (partition.error_code != ErrorCode::none)
                    return unexpected(fmt::format("broker {} can't tell the producers of {}-{}: {}", node,
                                                  topic.name.view(), partition.partition_index, partition.error_code));
                auto& producers = found[{topic.name.to_string(), partition.partition_index}];
                for (const auto& state : partition.active_producers) producers.push_back(info_of(state));
                std::ranges::sort(producers, {}, &ProducerInfo::producer_id);
            }
        }
    }
    return found;
}

Result<ErrorCode, std::string> Transactions::abort(const TransactionToAbort& transaction) {
    const auto leader = by_leader({transaction.partition});
    if (!leader) return unexpected(leader.error());
    wire::WriteTxnMarkersRequest request;
    auto& marker = request.markers.emplace_back();
    marker.producer_id = transaction.producer_id;
    marker.producer_epoch = transaction.producer_epoch;
    marker.transaction_result = false;
    marker.coordinator_epoch = transaction.coordinator_epoch;
    auto& topic = marker.topics.emplace_back();
    topic.name = wire::String(transaction.partition.topic);
    topic.partition_indexes.push_back(transaction.partition.partition);
    const auto answer = cluster_.call<wire::WriteTxnMarkersResponse>(leader->begin()->first, request);
    if (!answer) return unexpected(answer.error());
    for (const auto& result : (*answer)->markers) {
        for (const auto& each : result.topics) {
            for (const auto& partition : each.partitions) return partition.error_code;
        }
    }
    return unexpected(std::string("the broker's answer names no marker"));
}

}  // namespace highwater::client
