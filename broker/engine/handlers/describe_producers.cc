#include "net/wire/message/describe_producers.h"

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

wire::DescribeProducersResponse::ProducerState describe(const ProducerState& state) {
    wire::DescribeProducersResponse::ProducerState out;
    out.producer_id = state.id;
    out.producer_epoch = state.epoch.value();
    if (!state.batches.empty()) out.last_sequence = state.batches.back().last_sequence.value();
    if (state.last_timestamp) out.last_timestamp = state.last_timestamp->value();
    out.coordinator_epoch = state.coordinator_epoch.value_or(CoordinatorEpoch{-1});
    if (state.transaction_first_offset) out.current_txn_start_offset = state.transaction_first_offset->value();
    return out;
}

}  // namespace

wire::DescribeProducersResponse handle(Node& node, const RequestInfo& request,
                                       const wire::DescribeProducersRequest& message) {
    wire::DescribeProducersResponse response;
    for (const auto& topic : message.topics) {
        auto& out = response.topics.emplace_back();
        out.name = topic.name;
        const Topic* known = node.topics().find(topic.name.view());
        for (const PartitionId id : topic.partition_indexes) {
            auto& answer = out.partitions.emplace_back();
            answer.partition_index = id;
            const Partition* partition = known == nullptr ? nullptr : known->partition(id);
            if (partition == nullptr) {
                answer.error_code = ErrorCode::unknown_topic_or_partition;
                continue;
            }
            answer.error_code = partition->replica().check_leadership(std::nullopt);
            if (answer.error_code != ErrorCode::none) continue;
            for (const ProducerState& state : partition->replica().log().producer_snapshot(request.now.time)) {
                answer.active_producers.push_back(describe(state));
            }
        }
    }
    return response;
}

}  // namespace highwater::engine
