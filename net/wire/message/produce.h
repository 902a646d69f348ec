#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct ProduceRequest {
    struct PartitionProduceData {
        PartitionId index;
        std::optional<Records> records;
        TaggedFields unknown_tags;
        friend bool operator==(const PartitionProduceData&, const PartitionProduceData&) = default;
    };
    struct TopicProduceData {
        String name;
        TopicId topic_id;
        Array<PartitionProduceData> partition_data;
        TaggedFields unknown_tags;
        friend bool operator==(const TopicProduceData&, const TopicProduceData&) = default;
    };

    std::optional<String> transactional_id;
    std::int16_t acks = 0;
    std::int32_t timeout_ms = 0;
    Array<TopicProduceData> topic_data;
    TaggedFields unknown_tags;
    friend bool operator==(const ProduceRequest&, const ProduceRequest&) = default;
};

struct ProduceResponse {
    struct BatchIndexAndErrorMessage {
        std::int32_t batch_index = 0;
        std::optional<String> batch_index_error_message;
        TaggedFields unknown_tags;
        friend bool operator==(const BatchIndexAndErrorMessage&, const BatchIndexAndErrorMessage&) = default;
    };
    struct LeaderIdAndEpoch {
        NodeId leader_id{-1};
        LeaderEpoch leader_epoch{-1};
        TaggedFields unknown_tags;
        friend bool operator==(const LeaderIdAndEpoch&, const LeaderIdAndEpoch&) = default;
    };
    struct PartitionProduceResponse {
        PartitionId index;
        ErrorCode error_code = ErrorCode::none;
        std::int64_t base_offset = 0;
        std::int64_t log_append_time_ms = -1;
        std::int64_t log_start_offset = -1;
        Array<BatchIndexAndErrorMessage> record_errors;
        std::optional<String> error_message;
        LeaderIdAndEpoch current_leader;
        TaggedFields unknown_tags;
        friend bool operator==(const PartitionProduceResponse&, const PartitionProduceResponse&) = default;
    };
    struct TopicProduceResponse {
        String name;
        TopicId topic_id;
        Array<PartitionProduceResponse> partition_responses;
        TaggedFields unknown_tags;
        friend bool operator==(const TopicProduceResponse&, const TopicProduceResponse&) = default;
    };
    struct NodeEndpoint {
        NodeId node_id;
        String host;
        std::int32_t port = 0;
        std::optional<String> rack;
        TaggedFields unknown_tags;
        friend bool operator==(const NodeEndpoint&, const NodeEndpoint&) = default;
    };

    Array<TopicProduceResponse> responses;
    std::int32_t throttle_time_ms = 0;
    Array<NodeEndpoint> node_endpoints;
    TaggedFields unknown_tags;
    friend bool operator==(const ProduceResponse&, const ProduceResponse&) = default;
};

template <>
struct Schema<ProduceRequest::PartitionProduceData> {
    static constexpr void describe(auto&& field) {
        using T = ProduceRequest::PartitionProduceData;
        field("Index", &T::index, since(0));
        field("Records", &T::records, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<ProduceRequest::PartitionProduceData>);

template <>
struct Schema<ProduceRequest::TopicProduceData> {
    static constexpr void describe(auto&& field) {
        using T = ProduceRequest::TopicProduceData;
        field("Name", &T::name, versions(0, 12), ignorable);
        field("TopicId", &T::topic_id, since(13), ignorable);
        field("PartitionData", &T::partition_data, since(0));
    }
};
static_assert(describes_every_member<ProduceRequest::TopicProduceData>);

template <>
struct Schema<ProduceRequest> {
    static constexpr MessageInfo message = request_info("ProduceRequest", ApiKey::produce);
    static constexpr void describe(auto&& field) {
        using T = ProduceRequest;
        field("TransactionalId", &T::transactional_id, since(3), nullable_since(3));
        field("Acks", &T::acks, since(0));
        field("TimeoutMs", &T::timeout_ms, since(0));
        field("TopicData", &T::topic_data, since(0));
    }
};
static_assert(describes_every_member<ProduceRequest>);

template <>
struct Schema<ProduceResponse::BatchIndexAndErrorMessage> {
    static constexpr void describe(auto&& field) {
        using T = ProduceResponse::BatchIndexAndErrorMessage;
        field("BatchIndex", &T::batch_index, since(8));
        field("BatchIndexErrorMessage", &T::batch_index_error_message, since(8), nullable_since(8));
    }
};
static_assert(describes_every_member<ProduceResponse::BatchIndexAndErrorMessage>);

template <>
struct Schema<ProduceResponse::LeaderIdAndEpoch> {
    static constexpr void describe(auto&& field) {
        using T = ProduceResponse::LeaderIdAndEpoch;
        field("LeaderId", &T::leader_id, since(10));
        field("LeaderEpoch", &T::leader_epoch, since(10));
    }
};
static_assert(describes_every_member<ProduceResponse::LeaderIdAndEpoch>);

template <>
struct Schema<ProduceResponse::PartitionProduceResponse> {
    static constexpr void describe(auto&& field) {
        using T = ProduceResponse::PartitionProduceResponse;
        field("Index", &T::index, since(0));
        field("ErrorCode", &T::error_code, since(0));
        field("BaseOffset", &T::base_offset, since(0));
        field("LogAppendTimeMs", &T::log_append_time_ms, since(2), ignorable);
        field("LogStartOffset", &T::log_start_offset, since(5), ignorable);
        field("RecordErrors", &T::record_errors, since(8), ignorable);
        field("ErrorMessage", &T::error_message, since(8), nullable_since(8), ignorable);
        field("CurrentLeader", &T::current_leader, since(10), tagged_since(10, 0));
    }
};
static_assert(describes_every_member<ProduceResponse::PartitionProduceResponse>);

template <>
struct Schema<ProduceResponse::TopicProduceResponse> {
    static constexpr void describe(auto&& field) {
        using T = ProduceResponse::TopicProduceResponse;
        field("Name", &T::name, versions(0, 12), ignorable);
        field("TopicId", &T::topic_id, since(13), ignorable);
        field("PartitionResponses", &T::partition_responses, since(0));
    }
};
static_assert(describes_every_member<ProduceResponse::TopicProduceResponse>);

template <>
struct Schema<ProduceResponse::NodeEndpoint> {
    static constexpr void describe(auto&& field) {
        using T = ProduceResponse::NodeEndpoint;
        field("NodeId", &T::node_id, since(10));
        field("Host", &T::host, since(10));
        field("Port", &T::port, since(10));
        field("Rack", &T::rack, since(10), nullable_since(10));
    }
};
static_assert(describes_every_member<ProduceResponse::NodeEndpoint>);

template <>
struct Schema<ProduceResponse> {
    static constexpr MessageInfo message = response_info("ProduceResponse", ApiKey::produce);
    static constexpr void describe(auto&& field) {
        using T = ProduceResponse;
        field("Responses", &T::responses, since(0));
        field("ThrottleTimeMs", &T::throttle_time_ms, since(1), ignorable);
        field("NodeEndpoints", &T::node_endpoints, since(10), tagged_since(10, 0));
    }
};
static_assert(describes_every_member<ProduceResponse>);

}  // namespace highwater::wire
