#include "net/wire/message/api_versions.h"

#include <algorithm>

#include "broker/engine/dispatch.h"
#include "broker/engine/handlers.h"
#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// KIP-511: letters, digits, '-' and '.', beginning and ending with a letter or digit.
bool is_software_word(std::string_view word) {
    return !word.empty() && is_alphanumeric(word.front()) && is_alphanumeric(word.back()) &&
           std::ranges::all_of(word, [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

constexpr std::int16_t kFirstVersionWithSoftwareName = 3;
constexpr std::int16_t kFirstVersionWithFeaturesFromZero = 4;

}  // namespace

wire::ApiVersionsResponse handle(Node& node, const RequestInfo& request, const wire::ApiVersionsRequest& message) {
    wire::ApiVersionsResponse response;
    if (request.version() >= kFirstVersionWithSoftwareName &&
        (!is_software_word(message.client_software_name.view()) ||
         !is_software_word(message.client_software_version.view()))) {
        response.error_code = ErrorCode::invalid_request;
        return response;
    }
    for (const ServedApi& served : served_apis()) {
        const wire::ApiInfo& api = wire::api_info(served.key);
        auto& row = response.api_keys.emplace_back();
        row.api_key = static_cast<std::int16_t>(api.key);
        row.min_version = api.versions.first;
        row.max_version = api.versions.last;
    }
    const auto supports = [&](std::string_view name, std::int16_t first, std::int16_t last) {
        auto& supported = response.supported_features.emplace_back();
        supported.name = wire::String(name);
        supported.min_version = first;
        supported.max_version = last;
    };
    supports(ClusterMetadata::kMetadataVersionFeature, ClusterMetadata::kOldestMetadataVersion,
             ClusterMetadata::kMetadataVersion);
    // From version 4: before it a client took a minimum of 0 for a broken answer (KIP-584).
    const bool may_be_zero = request.version() >= kFirstVersionWithFeaturesFromZero;
    supports(ClusterMetadata::kGroupVersionFeature, may_be_zero ? 0 : 1, ClusterMetadata::kGroupVersion);
    supports(ClusterMetadata::kTransactionVersionFeature, may_be_zero ? 0 : 1, ClusterMetadata::kTransactionVersion);
    response.finalized_features_epoch = node.metadata().last_offset().value();
    for (const auto& [name, level] : node.metadata().image().features()) {
        auto& finalized = response.finalized_features.emplace_back();
        finalized.name = wire::String(std::string_view(name));
        finalized.min_version_level = level;
        finalized.max_version_level = level;
    }
    return response;
}

}  // namespace highwater::engine
