#include "net/wire/message/alter_configs.h"

#include "broker/engine/config_layers.h"
#include "broker/engine/handlers.h"
#include "net/wire/message/incremental_alter_configs.h"

namespace highwater::engine {

namespace {

ConfigResource resource_of(std::int8_t type, const wire::String& name) {
    return {.type = static_cast<ConfigResourceType>(type), .name = name.to_string()};
}

/// Writes what was decided and answers.
template <class Response>
Response carry_out(Node& node, const RequestInfo& request, Decision<AlteredResource> decision) {
    const bool done = node.commit(decision.records, request.now).has_value();
    Response response;
    for (AlteredResource& answer : decision.answers) {
        if (!done && answer.error.error == ErrorCode::none) {
            answer.error = {ErrorCode::kafka_storage_error, "The metadata could not be written."};
        }
        auto& out = response.responses.emplace_back();
        out.resource_type = static_cast<std::int8_t>(answer.resource.type);
        out.resource_name = wire::String(std::string_view(answer.resource.name));
        out.error_code = answer.error.error;
        out.error_message = std::nullopt;
        if (answer.error.error != ErrorCode::none) {
            out.error_message = wire::String(std::string_view(answer.error.message));
        }
    }
    return response;
}

/// Kafka's answer to a broker resource that is another broker's.
void refuse_other_brokers(const Node& node, Decision<AlteredResource>& decision) {
    const std::string self = std::to_string(node.config().node_id.value());
    for (AlteredResource& answer : decision.answers) {
        const ConfigResource& resource = answer.resource;
        if (resource.type != ConfigResourceType::broker || resource.name.empty() || resource.name == self) continue;
        answer.error = {ErrorCode::invalid_request, "Unexpected broker id, expected " + self + "."};
        std::erase_if(decision.records, [&](const MetadataRecord& record) {
            const auto* config = std::get_if<ConfigRecord>(&record);
            return config != nullptr && config->resource == resource;
        });
    }
}

}  // namespace

wire::AlterConfigsResponse handle(Node& node, const RequestInfo& request, const wire::AlterConfigsRequest& message) {
    std::vector<ResourceConfigs> resources;
    for (const auto& resource : message.resources) {
        ResourceConfigs& out = resources.emplace_back();
        out.resource = resource_of(resource.resource_type, resource.resource_name);
        for (const auto& config : resource.configs) {
            out.configs.emplace_back(config.name.to_string(), std::nullopt);
            if (config.value) out.configs.back().second = config.value->to_string();
        }
    }
    auto decision = alter_configs(node.metadata().image(), resources, message.validate_only, alterable_configs(node));
    refuse_other_brokers(node, decision);
    return carry_out<wire::AlterConfigsResponse>(node, request, std::move(decision));
}

wire::IncrementalAlterConfigsResponse handle(Node& node, const RequestInfo& request,
                                             const wire::IncrementalAlterConfigsRequest& message) {
    std::vector<ResourceChanges> resources;
    for (const auto& resource : message.resources) {
        ResourceChanges& out = resources.emplace_back();
        out.resource = resource_of(resource.resource_type, resource.resource_name);
        for (const auto& config : resource.configs) {
            ConfigChange& change = out.changes.emplace_back();
            change.name = config.name.to_string();
            change.operation = static_cast<ConfigOperation>(config.config_operation);
            if (config.value) change.value = config.value->to_string();
        }
    }
    auto decision =
        incremental_alter_configs(node.metadata().image(), resources, message.validate_only, alterable_configs(node));
    refuse_other_brokers(node, decision);
    return carry_out<wire::IncrementalAlterConfigsResponse>(node, request, std::move(decision));
}

}  // namespace highwater::engine
