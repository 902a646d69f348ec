#include "net/wire/message/write_txn_markers.h"

#include <memory>

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"

namespace highwater::engine {

// From a coordinator, or from an operator who ends a hanging transaction (KIP-664).
void handle_later(Node& node, const RequestInfo& request, const wire::WriteTxnMarkersRequest& message) {
    struct Pending {
        wire::WriteTxnMarkersResponse response;
        std::size_t waiting = 1;
    };
    const auto pending = std::make_shared<Pending>();
    const auto reply_if_complete = [&node, to = request.reply_to, pending] {
        if (--pending->waiting == 0) node.reply(to, pending->response);
    };
    std::size_t marker_index = 0;
    for (const auto& asked : message.markers) {
        const MarkerToWrite marker{
            .producer = {asked.producer_id, asked.producer_epoch},
            .marker = {.commit = asked.transaction_result, .coordinator_epoch = asked.coordinator_epoch},
            .version = TransactionVersion{asked.transaction_version}};
        pending->response.markers.emplace_back().producer_id = asked.producer_id;
        std::size_t topic_index = 0;
        for (const auto& asked_topic : asked.topics) {
            Topic* topic = node.topics().find(asked_topic.name.view());
            auto& topics = pending->response.markers.materialise()[marker_index].topics;
            topics.emplace_back().name = wire::String(asked_topic.name.to_string());
            std::size_t partition_index = 0;
            for (const PartitionId index : asked_topic.partition_indexes) {
                auto& part = pending->response.markers.materialise()[marker_index]
                                 .topics.materialise()[topic_index]
                                 .partitions.emplace_back();
                part.partition_index = index;
                Partition* partition = topic == nullptr ? nullptr : topic->partition(index);
                if (partition == nullptr) {
                    part.error_code = ErrorCode::unknown_topic_or_partition;
                } else {
                    ++pending->waiting;
                    node.markers().write(
                        *partition, marker, request.now,
                        [pending, marker_index, topic_index, partition_index, reply_if_complete](ErrorCode error) {
                            pending->response.markers.materialise()[marker_index]
                                .topics.materialise()[topic_index]
                                .partitions.materialise()[partition_index]
                                .error_code = error;
                            reply_if_complete();
                        });
                }
                ++partition_index;
            }
            ++topic_index;
        }
        ++marker_index;
    }
    reply_if_complete();
}

}  // namespace highwater::engine
