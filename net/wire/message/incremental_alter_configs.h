#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct IncrementalAlterConfigsRequest {
    struct AlterableConfig {
        String name;
        std::int8_t config_operation = 0;
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
    friend bool operator==(const IncrementalAlterConfigsRequest&, const IncrementalAlterConfigsRequest&) = default;
};

struct IncrementalAlterConfigsResponse {
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
    friend bool operator==(const IncrementalAlterConfigsResponse&, const IncrementalAlterConfigsResponse&) = default;
};

template <>
struct Schema<IncrementalAlterConfigsRequest::AlterableConfig> {
    static constexpr void describe(auto&& field) {
        using T = IncrementalAlterConfigsRequest::AlterableConfig;
        field("Name", &T::name, since(0));
        field("ConfigOperation", &T::config_operation, since(0));
        field("Value", &T::value, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<IncrementalAlterConfigsRequest::AlterableConfig>);

template <>
struct Schema<IncrementalAlterConfigsRequest::AlterConfigsResource> {
    static constexpr void describe(auto&& field) {
        using T = IncrementalAlterConfigsRequest::AlterConfigsResource;
        field("ResourceType", &T::resource_type, since(0));
        field("ResourceName", &T::resource_name, since(0));
        field("Configs", &T::configs, since(0));
    }
};
static_assert(describes_every_member<IncrementalAlterConfigsRequest::AlterConfigsResource>);

template <>
struct Schema<IncrementalAlterConfigsRequest> {
    static constexpr MessageInfo message =
        request_info("IncrementalAlterConfigsRequest", ApiKey::incremental_alter_configs);
    static constexpr void describe(auto&& field) {
        using T = IncrementalAlterConfigsRequest;
        field("Resources", &T::resources, since(0));
        field("ValidateOnly", &T::validate_only, since(0));
    }
};
static_assert(describes_every_member<IncrementalAlterConfigsRequest>);

template <>
struct Schema<IncrementalAlterConfigsResponse::AlterConfigsResourceResponse> {
    static constexpr void describe(auto&& field) {
        using T = IncrementalAlterConfigsResponse::AlterConfigsResourceResponse;
        field("ErrorCode", &T::error_code, since(0));
        field("ErrorMessage", &T::error_message, since(0), nullable_since(0));
        field("ResourceType", &T::resource_type, since(0));
        field("ResourceName", &T::resource_name, since(0));
    }
};
static_assert(describes_every_member<IncrementalAlterConfigsResponse::AlterConfigsResourceResponse>);

template <>
struct Schema<IncrementalAlterConfigsResponse> {
    static constexpr MessageInfo message =
        response_info("IncrementalAlterConfigsResponse", ApiKey::incremental_alter_configs);
    static constexpr void describe(auto&& field) {
        using T = IncrementalAlterConfigsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("Responses", &T::responses, since(0));
    }
};
static_assert(describes_every_member<IncrementalAlterConfigsResponse>);

}  // namespace highwater::wire
