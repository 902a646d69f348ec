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
    // transaction.version and group.version are left out: a client that saw them would use what is not served.
    auto& supported = response.supported_features.emplace_back();
    supported.name = wire::String(std::string_view(ClusterMetadata::kMetadataVersionFeature));
    supported.min_version = ClusterMetadata::kOldestMetadataVersion;
    supported.max_version = ClusterMetadata::kMetadataVersion;
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
