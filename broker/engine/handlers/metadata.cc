#include "net/wire/message/metadata.h"

#include "broker/engine/handlers.h"
#include "broker/engine/topic_creation.h"
#include "core/metadata/topic_name.h"

namespace highwater::engine {

namespace {

using TopicAnswer = wire::MetadataResponse::MetadataResponseTopic;

/// From this version on an empty list asks for no topic; before, and with null since, for all.
constexpr std::int16_t kFirstVersionWithEmptyList = 1;
/// Before it a request could not say whether it allows topics to be created; it did.
constexpr std::int16_t kFirstVersionWithAutoCreate = 4;
constexpr std::int16_t kFirstVersionWithIdsInRequest = 12;

bool is_internal(std::string_view topic) {
    return topic == "__consumer_offsets" || topic == "__transaction_state";
}

TopicAnswer describe(Node& node, const Topic& topic) {
    TopicAnswer out;
    out.name = wire::String(std::string_view(topic.name));
    out.topic_id = topic.id;
    out.is_internal = is_internal(topic.name);
    out.partitions.reserve(topic.partitions.size());
    for (const auto& partition : topic.partitions) {
        auto& to = out.partitions.emplace_back();
        const Replica& replica = partition->replica();
        to.partition_index = partition->identity().name.partition;
        to.leader_id = node.config().node_id;
        if (replica.leader_epoch()) to.leader_epoch = *replica.leader_epoch();
        for (const NodeId id : replica.replicas()) to.replica_nodes.push_back(id);
        for (const NodeId id : replica.isr()) to.isr_nodes.push_back(id);
        if (replica.is_offline() || node.is_offline(partition->directory())) {
            to.error_code = ErrorCode::leader_not_available;
            to.leader_id = NodeId{-1};
            to.offline_replicas.push_back(node.config().node_id);
        }
    }
    return out;
}

TopicAnswer refused(std::string_view name, ErrorCode error) {
    TopicAnswer out;
    out.name = wire::String(name);
    out.error_code = error;
    return out;
}

TopicAnswer by_name(Node& node, const RequestInfo& request, const wire::MetadataRequest& message,
                    std::string_view name) {
    if (const Topic* topic = node.topics().find(name)) return describe(node, *topic);
    const bool may_create = node.config().auto_create_topics_enable &&
                            (message.allow_auto_topic_creation || request.version() < kFirstVersionWithAutoCreate);
    if (!may_create) {
        return refused(name, is_valid_topic_name(name) ? ErrorCode::unknown_topic_or_partition
                                                       : ErrorCode::invalid_topic_exception);
    }
    const ErrorCode error = auto_create(node, name, request.now);
    if (error != ErrorCode::none) return refused(name, error);
    return describe(node, *node.topics().find(name));
}

TopicAnswer by_id(Node& node, const TopicId& id) {
    if (const Topic* topic = node.topics().find(id)) return describe(node, *topic);
    TopicAnswer out;
    out.name = std::nullopt;
    out.topic_id = id;
    out.error_code = ErrorCode::unknown_topic_id;
    return out;
}

}  // namespace

wire::MetadataResponse handle(Node& node, const RequestInfo& request, const wire::MetadataRequest& message) {
    wire::MetadataResponse response;
    node.add_endpoints(request.reply_to.slot.connection, response.brokers);
    response.cluster_id = wire::String(std::string_view(node.config().cluster_id));
    response.controller_id = node.config().node_id;

    const bool wants_all =
        !message.topics || (message.topics->empty() && request.version() < kFirstVersionWithEmptyList);
    if (wants_all) {
        for (const auto& [name, topic] : node.topics().by_name()) response.topics.push_back(describe(node, topic));
        return response;
    }
    for (const auto& topic : *message.topics) {
        const bool is_by_id =
            request.version() >= kFirstVersionWithIdsInRequest && !topic.name && !topic.topic_id.is_zero();
        if (is_by_id) {
            response.topics.push_back(by_id(node, topic.topic_id));
        } else {
            response.topics.push_back(by_name(node, request, message, topic.name ? topic.name->view() : ""));
        }
    }
    return response;
}

}  // namespace highwater::engine
