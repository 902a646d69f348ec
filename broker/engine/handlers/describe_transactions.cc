#include "net/wire/message/describe_transactions.h"

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"

namespace highwater::engine {

wire::DescribeTransactionsResponse handle(Node& node, const RequestInfo&,
                                          const wire::DescribeTransactionsRequest& message) {
    wire::DescribeTransactionsResponse response;
    for (const wire::String& id : message.transactional_ids) {
        auto& out = response.transaction_states.emplace_back();
        out.transactional_id = id;
        out.producer_id = ProducerId{-1};
        out.producer_epoch = ProducerEpoch{-1};
        out.transaction_start_time_ms = -1;
        if (id.view().empty()) {
            out.error_code = ErrorCode::invalid_request;
            continue;
        }
        const auto coordinator = node.transactions().find(id.view());
        if (!coordinator) {
            out.error_code = coordinator.error();
            continue;
        }
        const TransactionMetadata* known = (*coordinator)->find(id.view());
        if (known == nullptr) {
            out.error_code = ErrorCode::transactional_id_not_found;
            continue;
        }
        out.transaction_state = wire::String(name_of(known->state));
        out.transaction_timeout_ms =
            static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(known->timeout).count());
        out.transaction_start_time_ms = known->started ? known->started->value() : -1;
        out.producer_id = known->producer_id;
        out.producer_epoch = known->producer_epoch;
        const std::string* last = nullptr;
        for (const TopicPartition& partition : known->partitions) {
            if (last == nullptr || *last != partition.topic) {
                out.topics.emplace_back().topic = wire::String(partition.topic);
                last = &partition.topic;
            }
            out.topics.materialise().back().partitions.push_back(partition.partition);
        }
    }
    return response;
}

}  // namespace highwater::engine
