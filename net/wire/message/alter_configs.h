#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct AlterConfigsRequest {
    struct AlterableConfig {
        String name;
        std::optional<String> value{String{}};
        TaggedFields unknown_tags;
        friend bool operator==(const AlterableConfig&, const AlterableConfig&) = default;
    };
    struct AlterConfigsResource {
        std::int8_t resource_type = 0;
        String resource_name;
        Array<AlterableConfig> configs;
        TaggedFields unknown_tags;
        friend bool operator==(const AlterConfigsResource&, const AlterConfigsResource&) = default;
    };

    Array<AlterConfigsResource> resources;
    bool validate_only = false;
    TaggedFields unknown_tags;
    friend bool operator==(const AlterConfigsRequest&, const AlterConfigsRequest&) = default;
};

struct AlterConfigsResponse {
    struct AlterConfigsResourceResponse {
        ErrorCode error_code = ErrorCode::none;
        std::optional<String> error_message{String{}};
        std::int8_t resource_type = 0;
        String resource_name;
        TaggedFields unknown_tags;
        friend bool operator==(const AlterConfigsResourceResponse&, const AlterConfigsResourceResponse&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<AlterConfigsResourceResponse> responses;
    TaggedFields unknown_tags;
    friend bool operator==(const AlterConfigsResponse&, const AlterConfigsResponse&) = default;
};

template <>
struct Schema<AlterConfigsRequest::AlterableConfig> {
    static constexpr void describe(auto&& field) {
        using T = AlterConfigsRequest::AlterableConfig;
        field("Name", &T::name, since(0));
        field("Value", &T::value, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<AlterConfigsRequest::AlterableConfig>);

template <>
struct Schema<AlterConfigsRequest::AlterConfigsResource> {
    static constexpr void describe(auto&& field) {
        using T = AlterConfigsRequest::AlterConfigsResource;
        field("ResourceType", &T::resource_type, since(0));
        field("ResourceName", &T::resource_name, since(0));
        field("Configs", &T::configs, since(0));
    }
};
static_assert(describes_every_member<AlterConfigsRequest::AlterConfigsResource>);

template <>
struct Schema<AlterConfigsRequest> {
    static constexpr MessageInfo message = request_info("AlterConfigsRequest", ApiKey::alter_configs);
    static constexpr void describe(auto&& field) {
        using T = AlterConfigsRequest;
        field("Resources", &T::resources, since(0));
        field("ValidateOnly", &T::validate_only, since(0));
    }
};
static_assert(describes_every_member<AlterConfigsRequest>);

template <>
struct Schema<AlterConfigsResponse::AlterConfigsResourceResponse> {
    static constexpr void describe(auto&& field) {
        using T = AlterConfigsResponse::AlterConfigsResourceResponse;
        field("ErrorCode", &T::error_code, since(0));
        field("ErrorMessage", &T::error_message, since(0), nullable_since(0));
        field("ResourceType", &T::resource_type, since(0));
        field("ResourceName", &T::resource_name, since(0));
    }
};
static_assert(describes_every_member<AlterConfigsResponse::AlterConfigsResourceResponse>);

template <>
struct Schema<AlterConfigsResponse> {
    static constexpr MessageInfo message = response_info("AlterConfigsResponse", ApiKey::alter_configs);
    static constexpr void describe(auto&& field) {
        using T = AlterConfigsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("Responses", &T::responses, since(0));
    }
};
static_assert(describes_every_member<AlterConfigsResponse>);

}  // namespace highwater::wire
