#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct DescribeClusterRequest {
    bool include_cluster_authorized_operations = false;
    std::int8_t endpoint_type = 1;
    bool include_fenced_brokers = false;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeClusterRequest&, const DescribeClusterRequest&) = default;
};

struct DescribeClusterResponse {
    struct DescribeClusterBroker {
        NodeId broker_id;
        String host;
        std::int32_t port = 0;
        std::optional<String> rack;
        bool is_fenced = false;
        TaggedFields unknown_tags;
        friend bool operator==(const DescribeClusterBroker&, const DescribeClusterBroker&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    ErrorCode error_code = ErrorCode::none;
    std::optional<String> error_message;
    std::int8_t endpoint_type = 1;
    String cluster_id;
    NodeId controller_id{-1};
    Array<DescribeClusterBroker> brokers;
    std::int32_t cluster_authorized_operations = INT32_MIN;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeClusterResponse&, const DescribeClusterResponse&) = default;
};

template <>
struct Schema<DescribeClusterRequest> {
    static constexpr MessageInfo message = request_info("DescribeClusterRequest", ApiKey::describe_cluster);
    static constexpr void describe(auto&& field) {
        using T = DescribeClusterRequest;
        field("IncludeClusterAuthorizedOperations", &T::include_cluster_authorized_operations, since(0));
        field("EndpointType", &T::endpoint_type, since(1));
        field("IncludeFencedBrokers", &T::include_fenced_brokers, since(2));
    }
};
static_assert(describes_every_member<DescribeClusterRequest>);

template <>
struct Schema<DescribeClusterResponse::DescribeClusterBroker> {
    static constexpr void describe(auto&& field) {
        using T = DescribeClusterResponse::DescribeClusterBroker;
        field("BrokerId", &T::broker_id, since(0));
        field("Host", &T::host, since(0));
        field("Port", &T::port, since(0));
        field("Rack", &T::rack, since(0), nullable_since(0));
        field("IsFenced", &T::is_fenced, since(2));
    }
};
static_assert(describes_every_member<DescribeClusterResponse::DescribeClusterBroker>);

template <>
struct Schema<DescribeClusterResponse> {
    static constexpr MessageInfo message = response_info("DescribeClusterResponse", ApiKey::describe_cluster);
    static constexpr void describe(auto&& field) {
        using T = DescribeClusterResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("ErrorCode", &T::error_code, since(0));
        field("ErrorMessage", &T::error_message, since(0), nullable_since(0));
        field("EndpointType", &T::endpoint_type, since(1));
        field("ClusterId", &T::cluster_id, since(0));
        field("ControllerId", &T::controller_id, since(0));
        field("Brokers", &T::brokers, since(0));
        field("ClusterAuthorizedOperations", &T::cluster_authorized_operations, since(0));
    }
};
static_assert(describes_every_member<DescribeClusterResponse>);

}  // namespace highwater::wire
