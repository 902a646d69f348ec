#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct MetadataRequest {
    struct MetadataRequestTopic {
        TopicId topic_id;
        std::optional<String> name{String{}};
        TaggedFields unknown_tags;
        friend bool operator==(const MetadataRequestTopic&, const MetadataRequestTopic&) = default;
    };

    std::optional<Array<MetadataRequestTopic>> topics{Array<MetadataRequestTopic>{}};
    bool allow_auto_topic_creation = true;
    bool include_cluster_authorized_operations = false;
    bool include_topic_authorized_operations = false;
    TaggedFields unknown_tags;
    friend bool operator==(const MetadataRequest&, const MetadataRequest&) = default;
};

struct MetadataResponse {
    struct MetadataResponseBroker {
        NodeId node_id;
        String host;
        std::int32_t port = 0;
        std::optional<String> rack;
        TaggedFields unknown_tags;
        friend bool operator==(const MetadataResponseBroker&, const MetadataResponseBroker&) = default;
    };
    struct MetadataResponsePartition {
        ErrorCode error_code = ErrorCode::none;
        PartitionId partition_index;
        NodeId leader_id;
        LeaderEpoch leader_epoch{-1};
        Array<NodeId> replica_nodes;
        Array<NodeId> isr_nodes;
        Array<NodeId> offline_replicas;
        TaggedFields unknown_tags;
        friend bool operator==(const MetadataResponsePartition&, const MetadataResponsePartition&) = default;
    };
    struct MetadataResponseTopic {
        ErrorCode error_code = ErrorCode::none;
        std::optional<String> name{String{}};
        TopicId topic_id;
        bool is_internal = false;
        Array<MetadataResponsePartition> partitions;
        std::int32_t topic_authorized_operations = INT32_MIN;
        TaggedFields unknown_tags;
        friend bool operator==(const MetadataResponseTopic&, const MetadataResponseTopic&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<MetadataResponseBroker> brokers;
    std::optional<String> cluster_id;
    NodeId controller_id{-1};
    Array<MetadataResponseTopic> topics;
    std::int32_t cluster_authorized_operations = INT32_MIN;
    ErrorCode error_code = ErrorCode::none;
    TaggedFields unknown_tags;
    friend bool operator==(const MetadataResponse&, const MetadataResponse&) = default;
};

template <>
struct Schema<MetadataRequest::MetadataRequestTopic> {
    static constexpr void describe(auto&& field) {
        using T = MetadataRequest::MetadataRequestTopic;
        field("TopicId", &T::topic_id, since(10), ignorable);
        field("Name", &T::name, since(0), nullable_since(10));
    }
};
static_assert(describes_every_member<MetadataRequest::MetadataRequestTopic>);

template <>
struct Schema<MetadataRequest> {
    static constexpr MessageInfo message = request_info("MetadataRequest", ApiKey::metadata);
    static constexpr void describe(auto&& field) {
        using T = MetadataRequest;
        field("Topics", &T::topics, since(0), nullable_since(1));
        field("AllowAutoTopicCreation", &T::allow_auto_topic_creation, since(4));
        field("IncludeClusterAuthorizedOperations", &T::include_cluster_authorized_operations, versions(8, 10));
        field("IncludeTopicAuthorizedOperations", &T::include_topic_authorized_operations, since(8));
    }
};
static_assert(describes_every_member<MetadataRequest>);

template <>
struct Schema<MetadataResponse::MetadataResponseBroker> {
    static constexpr void describe(auto&& field) {
        using T = MetadataResponse::MetadataResponseBroker;
        field("NodeId", &T::node_id, since(0));
        field("Host", &T::host, since(0));
        field("Port", &T::port, since(0));
        field("Rack", &T::rack, since(1), nullable_since(1), ignorable);
    }
};
static_assert(describes_every_member<MetadataResponse::MetadataResponseBroker>);

template <>
struct Schema<MetadataResponse::MetadataResponsePartition> {
    static constexpr void describe(auto&& field) {
        using T = MetadataResponse::MetadataResponsePartition;
        field("ErrorCode", &T::error_code, since(0));
        field("PartitionIndex", &T::partition_index, since(0));
        field("LeaderId", &T::leader_id, since(0));
        field("LeaderEpoch", &T::leader_epoch, since(7), ignorable);
        field("ReplicaNodes", &T::replica_nodes, since(0));
        field("IsrNodes", &T::isr_nodes, since(0));
        field("OfflineReplicas", &T::offline_replicas, since(5), ignorable);
    }
};
static_assert(describes_every_member<MetadataResponse::MetadataResponsePartition>);

template <>
struct Schema<MetadataResponse::MetadataResponseTopic> {
    static constexpr void describe(auto&& field) {
        using T = MetadataResponse::MetadataResponseTopic;
        field("ErrorCode", &T::error_code, since(0));
        field("Name", &T::name, since(0), nullable_since(12));
        field("TopicId", &T::topic_id, since(10), ignorable);
        field("IsInternal", &T::is_internal, since(1), ignorable);
        field("Partitions", &T::partitions, since(0));
        field("TopicAuthorizedOperations", &T::topic_authorized_operations, since(8));
    }
};
static_assert(describes_every_member<MetadataResponse::MetadataResponseTopic>);

template <>
struct Schema<MetadataResponse> {
    static constexpr MessageInfo message = response_info("MetadataResponse", ApiKey::metadata);
    static constexpr void describe(auto&& field) {
        using T = MetadataResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(3), ignorable);
        field("Brokers", &T::brokers, since(0));
        field("ClusterId", &T::cluster_id, since(2), nullable_since(2), ignorable);
        field("ControllerId", &T::controller_id, since(1), ignorable);
        field("Topics", &T::topics, since(0));
        field("ClusterAuthorizedOperations", &T::cluster_authorized_operations, versions(8, 10));
        field("ErrorCode", &T::error_code, since(13), ignorable);
    }
};
static_assert(describes_every_member<MetadataResponse>);

}  // namespace highwater::wire
