#include "broker/client/cluster.h"

#include <algorithm>

#include "net/wire/message/metadata.h"

namespace highwater::client {

Result<BrokerConnection*, std::string> Cluster::open(const Address& address) {
    const std::string name = to_text(address);
    if (const auto found = connections_.find(name); found != connections_.end()) return found->second.get();
    auto opened = BrokerConnection::open(connector_, address);
    if (!opened) return unexpected(std::move(opened.error()));
    return connections_.emplace(name, std::move(*opened)).first->second.get();
}

Result<BrokerConnection*, std::string> Cluster::any() {
    std::string first_error;
    for (const Address& address : bootstrap_) {
        auto connection = open(address);
        if (connection) return connection;
        if (first_error.empty()) first_error = std::move(connection.error());
    }
    return unexpected(std::move(first_error));
}

Result<BrokerConnection*, std::string> Cluster::broker(NodeId node) {
    const auto found = addresses_.find(node);
    return found == addresses_.end() ? any() : open(found->second);
}

Result<std::vector<TopicInfo>, std::string> Cluster::topics(const std::vector<std::string>* names, bool create) {
    wire::MetadataRequest request;
    request.topics.reset();
    if (names != nullptr) {
        request.topics.emplace();
        for (const std::string& name : *names) {
            wire::MetadataRequest::MetadataRequestTopic topic;
            topic.name = wire::String(name);
            request.topics->push_back(std::move(topic));
        }
    }
    request.allow_auto_topic_creation = create;
    const auto answer = call<wire::MetadataResponse>(NodeId{-1}, request);
    if (!answer) return unexpected(answer.error());
    addresses_.clear();
    for (const auto& broker : (*answer)->brokers)
        addresses_[broker.node_id] = {broker.host.to_string(), static_cast<std::uint16_t>(broker.port)};
    std::vector<TopicInfo> topics;
    for (const auto& topic : (*answer)->topics) {
        TopicInfo info{.name = topic.name ? topic.name->to_string() : "",
                       .id = topic.topic_id,
                       .error = topic.error_code,
                       .is_internal = topic.is_internal,
                       .partitions = {}};
        for (const auto& partition : topic.partitions)
            info.partitions.push_back({.partition = partition.partition_index,
                                       .error = partition.error_code,
                                       .leader = partition.leader_id,
                                       .replicas = partition.replica_nodes.to_vector(),
                                       .in_sync = partition.isr_nodes.to_vector()});
        std::ranges::sort(info.partitions, {}, &PartitionInfo::partition);
        topics.push_back(std::move(info));
    }
    std::ranges::sort(topics, {}, &TopicInfo::name);
    return topics;
}

}  // namespace highwater::client
