#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct DeleteTopicsRequest {
    struct DeleteTopicState {
        std::optional<String> name;
        TopicId topic_id;
        TaggedFields unknown_tags;
        friend bool operator==(const DeleteTopicState&, const DeleteTopicState&) = default;
    };

    Array<DeleteTopicState> topics;
    Array<String> topic_names;
    std::int32_t timeout_ms = 0;
    TaggedFields unknown_tags;
    friend bool operator==(const DeleteTopicsRequest&, const DeleteTopicsRequest&) = default;
};

struct DeleteTopicsResponse {
    struct DeletableTopicResult {
        std::optional<String> name{String{}};
        TopicId topic_id;
        ErrorCode error_code = ErrorCode::none;
        std::optional<String> error_message;
        TaggedFields unknown_tags;
        friend bool operator==(const DeletableTopicResult&, const DeletableTopicResult&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<DeletableTopicResult> responses;
    TaggedFields unknown_tags;
    friend bool operator==(const DeleteTopicsResponse&, const DeleteTopicsResponse&) = default;
};

template <>
struct Schema<DeleteTopicsRequest::DeleteTopicState> {
    static constexpr void describe(auto&& field) {
        using T = DeleteTopicsRequest::DeleteTopicState;
        field("Name", &T::name, since(6), nullable_since(6));
        field("TopicId", &T::topic_id, since(6));
    }
};
static_assert(describes_every_member<DeleteTopicsRequest::DeleteTopicState>);

template <>
struct Schema<DeleteTopicsRequest> {
    static constexpr MessageInfo message = request_info("DeleteTopicsRequest", ApiKey::delete_topics);
    static constexpr void describe(auto&& field) {
        using T = DeleteTopicsRequest;
        field("Topics", &T::topics, since(6));
        field("TopicNames", &T::topic_names, versions(0, 5), ignorable);
        field("TimeoutMs", &T::timeout_ms, since(0));
    }
};
static_assert(describes_every_member<DeleteTopicsRequest>);

template <>
struct Schema<DeleteTopicsResponse::DeletableTopicResult> {
    static constexpr void describe(auto&& field) {
        using T = DeleteTopicsResponse::DeletableTopicResult;
        field("Name", &T::name, since(0), nullable_since(6));
        field("TopicId", &T::topic_id, since(6), ignorable);
        field("ErrorCode", &T::error_code, since(0));
        field("ErrorMessage", &T::error_message, since(5), nullable_since(5), ignorable);
    }
};
static_assert(describes_every_member<DeleteTopicsResponse::DeletableTopicResult>);

template <>
struct Schema<DeleteTopicsResponse> {
    static constexpr MessageInfo message = response_info("DeleteTopicsResponse", ApiKey::delete_topics);
    static constexpr void describe(auto&& field) {
        using T = DeleteTopicsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(1), ignorable);
        field("Responses", &T::responses, since(0));
    }
};
static_assert(describes_every_member<DeleteTopicsResponse>);

}  // namespace highwater::wire
