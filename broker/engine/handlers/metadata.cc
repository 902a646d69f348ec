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

/// As in Kafka the id counts where there is one: some clients leave the name empty, not null.
bool names_by_id(const RequestInfo& request, const wire::MetadataRequest::MetadataRequestTopic& topic) {
    return request.version() >= kFirstVersionWithIdsInRequest && !topic.topic_id.is_zero();
}

std::string_view name_of(const wire::MetadataRequest::MetadataRequestTopic& topic) {
    return topic.name ? topic.name->view() : std::string_view();
}

/// Creates the topics that are missing, if that is allowed; returns what was refused.
std::map<std::string, ErrorCode, std::less<>> create_missing(Node& node, const RequestInfo& request,
                                                             const wire::MetadataRequest& message) {
    const bool may_create = node.config().auto_create_topics_enable &&
                            (message.allow_auto_topic_creation || request.version() < kFirstVersionWithAutoCreate);
    if (!may_create) return {};
    std::set<std::string> missing;
    for (const auto& topic : *message.topics) {
        const std::string_view name = name_of(topic);
        if (names_by_id(request, topic) || !is_valid_topic_name(name)) continue;
        if (node.topics().find(name) == nullptr) missing.emplace(name);
    }
    return auto_create(node, missing, request.now);
}

TopicAnswer by_name(Node& node, std::string_view name,
                    const std::map<std::string, ErrorCode, std::less<>>& not_created) {
    if (const Topic* topic = node.topics().find(name)) return describe(node, *topic);
    if (!is_valid_topic_name(name)) return refused(name, ErrorCode::invalid_topic_exception);
    const auto reason = not_created.find(name);
    return refused(name, reason == not_created.end() ? ErrorCode::unknown_topic_or_partition : reason->second);
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
    const auto not_created = create_missing(node, request, message);
    for (const auto& topic : *message.topics) {
        response.topics.push_back(names_by_id(request, topic) ? by_id(node, topic.topic_id)
                                                              : by_name(node, name_of(topic), not_created));
    }
    return response;
}

}  // namespace highwater::engine
