#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct ApiVersionsRequest {
    String client_software_name;
    String client_software_version;
    TaggedFields unknown_tags;
    friend bool operator==(const ApiVersionsRequest&, const ApiVersionsRequest&) = default;
};

struct ApiVersionsResponse {
    struct ApiVersion {
        std::int16_t api_key = 0;
        std::int16_t min_version = 0;
        std::int16_t max_version = 0;
        TaggedFields unknown_tags;
        friend bool operator==(const ApiVersion&, const ApiVersion&) = default;
    };
    struct SupportedFeatureKey {
        String name;
        std::int16_t min_version = 0;
        std::int16_t max_version = 0;
        TaggedFields unknown_tags;
        friend bool operator==(const SupportedFeatureKey&, const SupportedFeatureKey&) = default;
    };
    struct FinalizedFeatureKey {
        String name;
        std::int16_t max_version_level = 0;
        std::int16_t min_version_level = 0;
        TaggedFields unknown_tags;
        friend bool operator==(const FinalizedFeatureKey&, const FinalizedFeatureKey&) = default;
    };

    ErrorCode error_code = ErrorCode::none;
    Array<ApiVersion> api_keys;
    std::int32_t throttle_time_ms = 0;
    Array<SupportedFeatureKey> supported_features;
    std::int64_t finalized_features_epoch = -1;
    Array<FinalizedFeatureKey> finalized_features;
    bool zk_migration_ready = false;
    TaggedFields unknown_tags;
    friend bool operator==(const ApiVersionsResponse&, const ApiVersionsResponse&) = default;
};

template <>
struct Schema<ApiVersionsRequest> {
    static constexpr MessageInfo message = request_info("ApiVersionsRequest", ApiKey::api_versions);
    static constexpr void describe(auto&& field) {
        using T = ApiVersionsRequest;
        field("ClientSoftwareName", &T::client_software_name, since(3), ignorable);
        field("ClientSoftwareVersion", &T::client_software_version, since(3), ignorable);
    }
};
static_assert(describes_every_member<ApiVersionsRequest>);

template <>
struct Schema<ApiVersionsResponse::ApiVersion> {
    static constexpr void describe(auto&& field) {
        using T = ApiVersionsResponse::ApiVersion;
        field("ApiKey", &T::api_key, since(0));
        field("MinVersion", &T::min_version, since(0));
        field("MaxVersion", &T::max_version, since(0));
    }
};
static_assert(describes_every_member<ApiVersionsResponse::ApiVersion>);

template <>
struct Schema<ApiVersionsResponse::SupportedFeatureKey> {
    static constexpr void describe(auto&& field) {
        using T = ApiVersionsResponse::SupportedFeatureKey;
        field("Name", &T::name, since(3));
        field("MinVersion", &T::min_version, since(3));
        field("MaxVersion", &T::max_version, since(3));
    }
};
static_assert(describes_every_member<ApiVersionsResponse::SupportedFeatureKey>);

template <>
struct Schema<ApiVersionsResponse::FinalizedFeatureKey> {
    static constexpr void describe(auto&& field) {
        using T = ApiVersionsResponse::FinalizedFeatureKey;
        field("Name", &T::name, since(3));
        field("MaxVersionLevel", &T::max_version_level, since(3));
        field("MinVersionLevel", &T::min_version_level, since(3));
    }
};
static_assert(describes_every_member<ApiVersionsResponse::FinalizedFeatureKey>);

template <>
struct Schema<ApiVersionsResponse> {
    static constexpr MessageInfo message = response_info("ApiVersionsResponse", ApiKey::api_versions);
    static constexpr void describe(auto&& field) {
        using T = ApiVersionsResponse;
        field("ErrorCode", &T::error_code, since(0));
        field("ApiKeys", &T::api_keys, since(0));
        field("ThrottleTimeMs", &T::throttle_time_ms, since(1), ignorable);
        field("SupportedFeatures", &T::supported_features, since(3), tagged_since(3, 0), ignorable);
        field("FinalizedFeaturesEpoch", &T::finalized_features_epoch, since(3), tagged_since(3, 1), ignorable);
        field("FinalizedFeatures", &T::finalized_features, since(3), tagged_since(3, 2), ignorable);
        field("ZkMigrationReady", &T::zk_migration_ready, since(3), tagged_since(3, 3), ignorable);
    }
};
static_assert(describes_every_member<ApiVersionsResponse>);

}  // namespace highwater::wire
