#include "net/wire/message/add_partitions_to_txn.h"

#include <memory>

#include "broker/engine/handlers.h"
#include "broker/engine/handlers/transaction_requests.h"

namespace highwater::engine {

namespace {

using wire::AddPartitionsToTxnRequest;
using wire::AddPartitionsToTxnResponse;
using Topics = wire::Array<AddPartitionsToTxnRequest::AddPartitionsToTxnTopic>;
using TopicResults = wire::Array<AddPartitionsToTxnResponse::AddPartitionsToTxnTopicResult>;

/// From here on a request has many transactions, and comes from brokers (KIP-890).
constexpr std::int16_t kFirstVersionOfBrokers = 4;
constexpr std::int16_t kFirstVersionWithTransactionAbortable = 5;

/// A partition for every one of the request, in its order, with what stands in its way.
TopicResults results_for(Node& node, const Topics& topics, std::set<TopicPartition>& partitions) {
    TopicResults results;
    bool all_known = true;
    for (const auto& asked : topics) {
        Topic* topic = node.topics().find(asked.name.view());
        auto& out = results.emplace_back();
        out.name = wire::String(asked.name.view());
        for (const PartitionId index : asked.partitions) {
            auto& part = out.results_by_partition.emplace_back();
            part.partition_index = index;
            if (topic == nullptr || topic->partition(index) == nullptr) {
                part.partition_error_code = ErrorCode::unknown_topic_or_partition;
                all_known = false;
            } else {
                partitions.insert({topic->name, index});
            }
        }
    }
    if (all_known) return results;
    // All of them are added, or none.
    partitions.clear();
    for (auto& topic : results.materialise()) {
        for (auto& part : topic.results_by_partition.materialise()) {
            if (part.partition_error_code == ErrorCode::none) {
                part.partition_error_code = ErrorCode::operation_not_attempted;
            }
        }
    }
    return results;
}

void fill_in(TopicResults& results, const PartitionsAnswer& answer, std::int16_t version) {
    for (auto& topic : results.materialise()) {
        for (auto& part : topic.results_by_partition.materialise()) {
            const bool is_missing = answer.missing.contains({topic.name.to_string(), part.partition_index});
            const ErrorCode missing = version < kFirstVersionWithTransactionAbortable
                                          ? ErrorCode::invalid_txn_state
                                          : ErrorCode::transaction_abortable;
            part.partition_error_code = is_missing ? missing : fenced_as_known(answer.error, version, 2);
        }
    }
}

void answer_client(Node& node, const RequestInfo& request, const AddPartitionsToTxnRequest& message) {
    AddPartitionsToTxnResponse response;
    std::set<TopicPartition> partitions;
    response.results_by_topic_v3_and_below = results_for(node, message.v3_and_below_topics, partitions);
    if (partitions.empty()) return node.reply(request.reply_to, response);
    node.transactions().ask(
        AddPartitionsReceived{.token = {},
                              .transactional_id = message.v3_and_below_transactional_id.to_string(),
                              .producer = {message.v3_and_below_producer_id, message.v3_and_below_producer_epoch},
                              .partitions = std::move(partitions),
                              .version = kTransactionV1},
        request.now, [&node, to = request.reply_to, response](const PartitionsAnswer& answer) mutable {
            fill_in(response.results_by_topic_v3_and_below, answer, to.version);
            node.reply(to, response);
        });
}

}  // namespace

void handle_later(Node& node, const RequestInfo& request, const AddPartitionsToTxnRequest& message) {
    if (request.version() < kFirstVersionOfBrokers) return answer_client(node, request, message);
    struct Pending {
        AddPartitionsToTxnResponse response;
        std::size_t waiting = 1;
    };
    const auto pending = std::make_shared<Pending>();
    const auto reply_if_complete = [&node, to = request.reply_to, pending] {
        if (--pending->waiting == 0) node.reply(to, pending->response);
    };
    std::size_t index = 0;
    for (const auto& transaction : message.transactions) {
        const std::size_t at = index++;
        std::set<TopicPartition> partitions;
        auto& result = pending->response.results_by_transaction.emplace_back();
        result.transactional_id = wire::String(transaction.transactional_id.to_string());
        result.topic_results = results_for(node, transaction.topics, partitions);
        if (partitions.empty()) continue;
        ++pending->waiting;
        const auto hear = [pending, at, version = request.version(),
                           reply_if_complete](const PartitionsAnswer& answer) {
            fill_in(pending->response.results_by_transaction.materialise()[at].topic_results, answer, version);
            reply_if_complete();
        };
        const std::string id = transaction.transactional_id.to_string();
        const ProducerClaim producer{transaction.producer_id, transaction.producer_epoch};
        if (transaction.verify_only) {
            node.transactions().ask(
                VerifyPartitionsReceived{
                    .token = {}, .transactional_id = id, .producer = producer, .partitions = std::move(partitions)},
                request.now, hear);
        } else {
            node.transactions().ask(AddPartitionsReceived{.token = {},
                                                          .transactional_id = id,
                                                          .producer = producer,
                                                          .partitions = std::move(partitions),
                                                          .version = kTransactionV2},
                                    request.now, hear);
        }
    }
    reply_if_complete();
}

}  // namespace highwater::engine
