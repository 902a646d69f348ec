#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct CreateTopicsRequest {
    struct CreatableReplicaAssignment {
        PartitionId partition_index;
        Array<NodeId> broker_ids;
        TaggedFields unknown_tags;
        friend bool operator==(const CreatableReplicaAssignment&, const CreatableReplicaAssignment&) = default;
    };
    struct CreatableTopicConfig {
        String name;
        std::optional<String> value{String{}};
        TaggedFields unknown_tags;
        friend bool operator==(const CreatableTopicConfig&, const CreatableTopicConfig&) = default;
    };
    struct CreatableTopic {
        String name;
        std::int32_t num_partitions = 0;
        std::int16_t replication_factor = 0;
        Array<CreatableReplicaAssignment> assignments;
        Array<CreatableTopicConfig> configs;
        TaggedFields unknown_tags;
        friend bool operator==(const CreatableTopic&, const CreatableTopic&) = default;
    };

    Array<CreatableTopic> topics;
    std::int32_t timeout_ms = 60000;
    bool validate_only = false;
    TaggedFields unknown_tags;
    friend bool operator==(const CreateTopicsRequest&, const CreateTopicsRequest&) = default;
};

struct CreateTopicsResponse {
    struct CreatableTopicConfigs {
        String name;
        std::optional<String> value{String{}};
        bool read_only = false;
        std::int8_t config_source = -1;
        bool is_sensitive = false;
        TaggedFields unknown_tags;
        friend bool operator==(const CreatableTopicConfigs&, const CreatableTopicConfigs&) = default;
    };
    struct CreatableTopicResult {
        String name;
        TopicId topic_id;
        ErrorCode error_code = ErrorCode::none;
        std::optional<String> error_message{String{}};
        ErrorCode topic_config_error_code = ErrorCode::none;
        std::int32_t num_partitions = -1;
        std::int16_t replication_factor = -1;
        std::optional<Array<CreatableTopicConfigs>> configs{Array<CreatableTopicConfigs>{}};
        TaggedFields unknown_tags;
        friend bool operator==(const CreatableTopicResult&, const CreatableTopicResult&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<CreatableTopicResult> topics;
    TaggedFields unknown_tags;
    friend bool operator==(const CreateTopicsResponse&, const CreateTopicsResponse&) = default;
};

template <>
struct Schema<CreateTopicsRequest::CreatableReplicaAssignment> {
    static constexpr void describe(auto&& field) {
        using T = CreateTopicsRequest::CreatableReplicaAssignment;
        field("PartitionIndex", &T::partition_index, since(0));
        field("BrokerIds", &T::broker_ids, since(0));
    }
};
static_assert(describes_every_member<CreateTopicsRequest::CreatableReplicaAssignment>);

template <>
struct Schema<CreateTopicsRequest::CreatableTopicConfig> {
    static constexpr void describe(auto&& field) {
        using T = CreateTopicsRequest::CreatableTopicConfig;
        field("Name", &T::name, since(0));
        field("Value", &T::value, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<CreateTopicsRequest::CreatableTopicConfig>);

template <>
struct Schema<CreateTopicsRequest::CreatableTopic> {
    static constexpr void describe(auto&& field) {
        using T = CreateTopicsRequest::CreatableTopic;
        field("Name", &T::name, since(0));
        field("NumPartitions", &T::num_partitions, since(0));
        field("ReplicationFactor", &T::replication_factor, since(0));
        field("Assignments", &T::assignments, since(0));
        field("Configs", &T::configs, since(0));
    }
};
static_assert(describes_every_member<CreateTopicsRequest::CreatableTopic>);

template <>
struct Schema<CreateTopicsRequest> {
    static constexpr MessageInfo message = request_info("CreateTopicsRequest", ApiKey::create_topics);
    static constexpr void describe(auto&& field) {
        using T = CreateTopicsRequest;
        field("Topics", &T::topics, since(0));
        field("timeoutMs", &T::timeout_ms, since(0));
        field("validateOnly", &T::validate_only, since(1));
    }
};
static_assert(describes_every_member<CreateTopicsRequest>);

template <>
struct Schema<CreateTopicsResponse::CreatableTopicConfigs> {
    static constexpr void describe(auto&& field) {
        using T = CreateTopicsResponse::CreatableTopicConfigs;
        field("Name", &T::name, since(5));
        field("Value", &T::value, since(5), nullable_since(5));
        field("ReadOnly", &T::read_only, since(5));
        field("ConfigSource", &T::config_source, since(5), ignorable);
        field("IsSensitive", &T::is_sensitive, since(5));
    }
};
static_assert(describes_every_member<CreateTopicsResponse::CreatableTopicConfigs>);

template <>
struct Schema<CreateTopicsResponse::CreatableTopicResult> {
    static constexpr void describe(auto&& field) {
        using T = CreateTopicsResponse::CreatableTopicResult;
        field("Name", &T::name, since(0));
        field("TopicId", &T::topic_id, since(7), ignorable);
        field("ErrorCode", &T::error_code, since(0));
        field("ErrorMessage", &T::error_message, since(1), nullable_since(0), ignorable);
        field("TopicConfigErrorCode", &T::topic_config_error_code, since(5), tagged_since(5, 0), ignorable);
        field("NumPartitions", &T::num_partitions, since(5), ignorable);
        field("ReplicationFactor", &T::replication_factor, since(5), ignorable);
        field("Configs", &T::configs, since(5), nullable_since(5), ignorable);
    }
};
static_assert(describes_every_member<CreateTopicsResponse::CreatableTopicResult>);

template <>
struct Schema<CreateTopicsResponse> {
    static constexpr MessageInfo message = response_info("CreateTopicsResponse", ApiKey::create_topics);
    static constexpr void describe(auto&& field) {
        using T = CreateTopicsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(2), ignorable);
        field("Topics", &T::topics, since(0));
    }
};
static_assert(describes_every_member<CreateTopicsResponse>);

}  // namespace highwater::wire
