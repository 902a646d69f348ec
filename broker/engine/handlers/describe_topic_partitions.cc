#include "net/wire/message/describe_topic_partitions.h"

#include <algorithm>
#include <set>

#include "broker/engine/handlers.h"
#include "broker/engine/node.h"
#include "core/metadata/topic_name.h"

namespace highwater::engine {

namespace {

using TopicAnswer = wire::DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic;

/// Adds partitions from `first` on until `room` is used up; returns the first one left out.
std::optional<PartitionId> add_partitions(TopicAnswer& out, Node& node, const Topic& topic, std::int32_t first,
                                          std::size_t& room) {
    for (std::size_t i = static_cast<std::size_t>(first); i < topic.partitions.size(); ++i) {
        if (room == 0) return PartitionId{static_cast<std::int32_t>(i)};
        --room;
        const Partition& partition = *topic.partitions[i];
        const Replica& replica = partition.replica();
        auto& to = out.partitions.emplace_back();
        to.partition_index = partition.identity().name.partition;
        to.leader_id = node.config().node_id;
        if (replica.leader_epoch()) to.leader_epoch = *replica.leader_epoch();
        for (const NodeId id : replica.replicas()) to.replica_nodes.push_back(id);
        for (const NodeId id : replica.isr()) to.isr_nodes.push_back(id);
        to.eligible_leader_replicas.emplace();
        to.last_known_elr.emplace();
        if (replica.is_offline()) {
            to.error_code = ErrorCode::leader_not_available;
            to.leader_id = NodeId{-1};
            to.offline_replicas.push_back(node.config().node_id);
        }
    }
    return std::nullopt;
}

}  // namespace

// KIP-966: topics in order of name, from the cursor on, as many partitions as both sides allow; then a new cursor.
wire::DescribeTopicPartitionsResponse handle(Node& node, const RequestInfo&,
                                             const wire::DescribeTopicPartitionsRequest& message) {
    std::set<std::string> names;
    for (const auto& topic : message.topics) names.insert(topic.name.to_string());
    const bool wants_all = names.empty();
    if (wants_all) {
        for (const auto& [name, topic] : node.topics().by_name()) names.insert(name);
    }
    const std::string start = message.cursor ? message.cursor->topic_name.to_string() : std::string();
    const std::int32_t limit =
        std::min(message.response_partition_limit, node.config().max_request_partition_size_limit);
    auto room = static_cast<std::size_t>(std::max(limit, 1));

    wire::DescribeTopicPartitionsResponse response;
    for (auto name = names.lower_bound(start); name != names.end(); ++name) {
        if (room == 0) {
            auto& cursor = response.next_cursor.emplace();
            cursor.topic_name = wire::String(std::string_view(*name));
            cursor.partition_index = PartitionId{0};
            break;
        }
        auto& out = response.topics.emplace_back();
        out.name = wire::String(std::string_view(*name));
        const Topic* topic = node.topics().find(std::string_view(*name));
        if (topic == nullptr) {
            out.error_code =
                is_valid_topic_name(*name) ? ErrorCode::unknown_topic_or_partition : ErrorCode::invalid_topic_exception;
            --room;  // as many wrong names as partitions
            continue;
        }
        out.topic_id = topic->id;
        const std::int32_t first =
            message.cursor && *name == start ? std::max(message.cursor->partition_index.value(), 0) : 0;
        if (const auto left_out = add_partitions(out, node, *topic, first, room)) {
            auto& cursor = response.next_cursor.emplace();
            cursor.topic_name = wire::String(std::string_view(*name));
            cursor.partition_index = *left_out;
            break;
        }
    }
    return response;
}

}  // namespace highwater::engine
