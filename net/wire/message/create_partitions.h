#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct CreatePartitionsRequest {
    struct CreatePartitionsAssignment {
        Array<NodeId> broker_ids;
        TaggedFields unknown_tags;
        friend bool operator==(const CreatePartitionsAssignment&, const CreatePartitionsAssignment&) = default;
    };
    struct CreatePartitionsTopic {
        String name;
        std::int32_t count = 0;
        std::optional<Array<CreatePartitionsAssignment>> assignments{Array<CreatePartitionsAssignment>{}};
        TaggedFields unknown_tags;
        friend bool operator==(const CreatePartitionsTopic&, const CreatePartitionsTopic&) = default;
    };

    Array<CreatePartitionsTopic> topics;
    std::int32_t timeout_ms = 0;
    bool validate_only = false;
    TaggedFields unknown_tags;
    friend bool operator==(const CreatePartitionsRequest&, const CreatePartitionsRequest&) = default;
};

struct CreatePartitionsResponse {
    struct CreatePartitionsTopicResult {
        String name;
        ErrorCode error_code = ErrorCode::none;
        std::optional<String> error_message;
        TaggedFields unknown_tags;
        friend bool operator==(const CreatePartitionsTopicResult&, const CreatePartitionsTopicResult&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<CreatePartitionsTopicResult> results;
    TaggedFields unknown_tags;
    friend bool operator==(const CreatePartitionsResponse&, const CreatePartitionsResponse&) = default;
};

template <>
struct Schema<CreatePartitionsRequest::CreatePartitionsAssignment> {
    static constexpr void describe(auto&& field) {
        using T = CreatePartitionsRequest::CreatePartitionsAssignment;
        field("BrokerIds", &T::broker_ids, since(0));
    }
};
static_assert(describes_every_member<CreatePartitionsRequest::CreatePartitionsAssignment>);

template <>
struct Schema<CreatePartitionsRequest::CreatePartitionsTopic> {
    static constexpr void describe(auto&& field) {
        using T = CreatePartitionsRequest::CreatePartitionsTopic;
        field("Name", &T::name, since(0));
        field("Count", &T::count, since(0));
        field("Assignments", &T::assignments, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<CreatePartitionsRequest::CreatePartitionsTopic>);

template <>
struct Schema<CreatePartitionsRequest> {
    static constexpr MessageInfo message = request_info("CreatePartitionsRequest", ApiKey::create_partitions);
    static constexpr void describe(auto&& field) {
        using T = CreatePartitionsRequest;
        field("Topics", &T::topics, since(0));
        field("TimeoutMs", &T::timeout_ms, since(0));
        field("ValidateOnly", &T::validate_only, since(0));
    }
};
static_assert(describes_every_member<CreatePartitionsRequest>);

template <>
struct Schema<CreatePartitionsResponse::CreatePartitionsTopicResult> {
    static constexpr void describe(auto&& field) {
        using T = CreatePartitionsResponse::CreatePartitionsTopicResult;
        field("Name", &T::name, since(0));
        field("ErrorCode", &T::error_code, since(0));
        field("ErrorMessage", &T::error_message, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<CreatePartitionsResponse::CreatePartitionsTopicResult>);

template <>
struct Schema<CreatePartitionsResponse> {
    static constexpr MessageInfo message = response_info("CreatePartitionsResponse", ApiKey::create_partitions);
    static constexpr void describe(auto&& field) {
        using T = CreatePartitionsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("Results", &T::results, since(0));
    }
};
static_assert(describes_every_member<CreatePartitionsResponse>);

}  // namespace highwater::wire
