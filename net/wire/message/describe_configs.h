#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct DescribeConfigsRequest {
    struct DescribeConfigsResource {
        std::int8_t resource_type = 0;
        String resource_name;
        std::optional<Array<String>> configuration_keys{Array<String>{}};
        TaggedFields unknown_tags;
        friend bool operator==(const DescribeConfigsResource&, const DescribeConfigsResource&) = default;
    };

    Array<DescribeConfigsResource> resources;
    bool include_synonyms = false;
    bool include_documentation = false;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeConfigsRequest&, const DescribeConfigsRequest&) = default;
};

struct DescribeConfigsResponse {
    struct DescribeConfigsSynonym {
        String name;
        std::optional<String> value{String{}};
        std::int8_t source = 0;
        TaggedFields unknown_tags;
        friend bool operator==(const DescribeConfigsSynonym&, const DescribeConfigsSynonym&) = default;
    };
    struct DescribeConfigsResourceResult {
        String name;
        std::optional<String> value{String{}};
        bool read_only = false;
        bool is_default = false;
        std::int8_t config_source = -1;
        bool is_sensitive = false;
        Array<DescribeConfigsSynonym> synonyms;
        std::int8_t config_type = 0;
        std::optional<String> documentation{String{}};
        TaggedFields unknown_tags;
        friend bool operator==(const DescribeConfigsResourceResult&, const DescribeConfigsResourceResult&) = default;
    };
    struct DescribeConfigsResult {
        ErrorCode error_code = ErrorCode::none;
        std::optional<String> error_message{String{}};
        std::int8_t resource_type = 0;
        String resource_name;
        Array<DescribeConfigsResourceResult> configs;
        TaggedFields unknown_tags;
        friend bool operator==(const DescribeConfigsResult&, const DescribeConfigsResult&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    Array<DescribeConfigsResult> results;
    TaggedFields unknown_tags;
    friend bool operator==(const DescribeConfigsResponse&, const DescribeConfigsResponse&) = default;
};

template <>
struct Schema<DescribeConfigsRequest::DescribeConfigsResource> {
    static constexpr void describe(auto&& field) {
        using T = DescribeConfigsRequest::DescribeConfigsResource;
        field("ResourceType", &T::resource_type, since(0));
        field("ResourceName", &T::resource_name, since(0));
        field("ConfigurationKeys", &T::configuration_keys, since(0), nullable_since(0));
    }
};
static_assert(describes_every_member<DescribeConfigsRequest::DescribeConfigsResource>);

template <>
struct Schema<DescribeConfigsRequest> {
    static constexpr MessageInfo message = request_info("DescribeConfigsRequest", ApiKey::describe_configs);
    static constexpr void describe(auto&& field) {
        using T = DescribeConfigsRequest;
        field("Resources", &T::resources, since(0));
        field("IncludeSynonyms", &T::include_synonyms, since(1));
        field("IncludeDocumentation", &T::include_documentation, since(3));
    }
};
static_assert(describes_every_member<DescribeConfigsRequest>);

template <>
struct Schema<DescribeConfigsResponse::DescribeConfigsSynonym> {
    static constexpr void describe(auto&& field) {
        using T = DescribeConfigsResponse::DescribeConfigsSynonym;
        field("Name", &T::name, since(1));
        field("Value", &T::value, since(1), nullable_since(0));
        field("Source", &T::source, since(1));
    }
};
static_assert(describes_every_member<DescribeConfigsResponse::DescribeConfigsSynonym>);

template <>
struct Schema<DescribeConfigsResponse::DescribeConfigsResourceResult> {
    static constexpr void describe(auto&& field) {
        using T = DescribeConfigsResponse::DescribeConfigsResourceResult;
        field("Name", &T::name, since(0));
        field("Value", &T::value, since(0), nullable_since(0));
        field("ReadOnly", &T::read_only, since(0));
        field("IsDefault", &T::is_default, versions(0, 0));
        field("ConfigSource", &T::config_source, since(1), ignorable);
        field("IsSensitive", &T::is_sensitive, since(0));
        field("Synonyms", &T::synonyms, since(1), ignorable);
        field("ConfigType", &T::config_type, since(3), ignorable);
        field("Documentation", &T::documentation, since(3), nullable_since(0), ignorable);
    }
};
static_assert(describes_every_member<DescribeConfigsResponse::DescribeConfigsResourceResult>);

template <>
struct Schema<DescribeConfigsResponse::DescribeConfigsResult> {
    static constexpr void describe(auto&& field) {
        using T = DescribeConfigsResponse::DescribeConfigsResult;
        field("ErrorCode", &T::error_code, since(0));
        field("ErrorMessage", &T::error_message, since(0), nullable_since(0));
        field("ResourceType", &T::resource_type, since(0));
        field("ResourceName", &T::resource_name, since(0));
        field("Configs", &T::configs, since(0));
    }
};
static_assert(describes_every_member<DescribeConfigsResponse::DescribeConfigsResult>);

template <>
struct Schema<DescribeConfigsResponse> {
    static constexpr MessageInfo message = response_info("DescribeConfigsResponse", ApiKey::describe_configs);
    static constexpr void describe(auto&& field) {
        using T = DescribeConfigsResponse;
        field("ThrottleTimeMs", &T::throttle_time_ms, since(0));
        field("Results", &T::results, since(0));
    }
};
static_assert(describes_every_member<DescribeConfigsResponse>);

}  // namespace highwater::wire
