// IncrementalAlterConfigs, AlterConfigs.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/metadata/controller.h"
#include "core/metadata/group_configs.h"
#include "core/metadata/topic_configs.h"

namespace highwater {
namespace {

ControllerError granted() {
    return {};
}

bool is_node_id(std::string_view text) {
    std::int32_t id = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    return error == std::errc{} && end == text.data() + text.size() && id >= 0;
}

ControllerError check_resource(const MetadataImage& image, const ConfigResource& resource) {
    switch (resource.type) {
        case ConfigResourceType::topic:
            if (image.topic(resource.name)) return granted();
            return {ErrorCode::unknown_topic_or_partition, "This server does not host this topic-partition."};
        case ConfigResourceType::broker:
            if (resource.name.empty() || is_node_id(resource.name)) return granted();
            return {ErrorCode::invalid_request, fmt::format("'{}' is not a broker id.", resource.name)};
        case ConfigResourceType::group:  // the group need not be there yet
            if (!resource.name.empty()) return granted();
            return {ErrorCode::invalid_request, "Default group resources are not allowed."};
        default:
            return {ErrorCode::invalid_request,
                    fmt::format("Unsupported resource type {}.", static_cast<int>(resource.type))};
    }
}

ConfigKeys keys_of(const ConfigResource& resource, const AlterableConfigs& alterable) {
    switch (resource.type) {
        case ConfigResourceType::topic:
            return alterable.topic;
        case ConfigResourceType::group:
            return alterable.group;
        default:
            return alterable.broker;
    }
}

/// The value of a list after append or subtract; Kafka keeps the order and adds nothing twice.
std::string changed_list(std::string_view present, std::string_view operand, ConfigOperation operation) {
    std::vector<std::string_view> elements = split_list(present);
    for (std::string_view element : split_list(operand)) {
        const auto found = std::find(elements.begin(), elements.end(), element);
        if (operation == ConfigOperation::append && found == elements.end()) elements.push_back(element);
        if (operation == ConfigOperation::subtract && found != elements.end()) elements.erase(found);
    }
    return join_list(elements);
}

/// Does one change to `values`, or says why not.
ControllerError change(ConfigKeys keys, const ConfigChange& wanted, ConfigValues& values) {
    const ConfigKey* key = find_config(keys, wanted.name);
    if (!key) return {ErrorCode::invalid_config, fmt::format("Unknown config name: {}", wanted.name)};
    if (key->read_only) {
        return {ErrorCode::invalid_request, fmt::format("Cannot update the read-only config {}.", wanted.name)};
    }
    if (wanted.operation == ConfigOperation::remove) {
        values.erase(wanted.name);
        return granted();
    }
    if (!wanted.value) {
        return {ErrorCode::invalid_request, fmt::format("Null value not supported for: {}", wanted.name)};
    }
    std::string value = *wanted.value;
    if (wanted.operation == ConfigOperation::append || wanted.operation == ConfigOperation::subtract) {
        if (key->type != ConfigType::list) {
            return {ErrorCode::invalid_config,
                    fmt::format("Can't append or subtract on config {}, which is no list.", wanted.name)};
        }
        const auto present = values.find(wanted.name);
        value = changed_list(present == values.end() ? key->default_value : std::string_view{present->second}, value,
                             wanted.operation);
    } else if (wanted.operation != ConfigOperation::set) {
        return {ErrorCode::invalid_request, fmt::format("Unknown operation {}.", static_cast<int>(wanted.operation))};
    }
    if (const auto good = check_config(*key, value); !good) return {ErrorCode::invalid_config, good.error()};
    values.insert_or_assign(wanted.name, std::move(value));
    return granted();
}

void record_difference(const ConfigResource& resource, const ConfigValues& before, const ConfigValues& after,
                       std::vector<MetadataRecord>& records) {
    for (const auto& [name, value] : before) {
        if (!after.contains(name)) records.emplace_back(ConfigRecord{resource, name, std::nullopt});
    }
    for (const auto& [name, value] : after) {
        const auto old = before.find(name);
        if (old == before.end() || old->second != value) records.emplace_back(ConfigRecord{resource, name, value});
    }
}

/// The settings of the resource after all changes, or why not; nothing is done by halves.
ControllerError changed_configs(const ConfigResource& resource, const std::vector<ConfigChange>& changes,
                                const AlterableConfigs& alterable, ConfigValues& values) {
    std::set<std::string_view> seen;
    for (const ConfigChange& wanted : changes) {
        if (!seen.insert(wanted.name).second) {
            return {ErrorCode::invalid_request, fmt::format("Duplicate config name: {}", wanted.name)};
        }
        auto error = change(keys_of(resource, alterable), wanted, values);
        if (error.error != ErrorCode::none) return error;
    }
    if (resource.type == ConfigResourceType::topic) {
        if (const auto good = check_topic_configs(values); !good) return {ErrorCode::invalid_config, good.error()};
    }
    if (resource.type == ConfigResourceType::group) {
        if (const auto good = check_group_configs(values); !good) return {ErrorCode::invalid_config, good.error()};
    }
    return granted();
}

std::map<ConfigResource, int> count_resources(const auto& resources) {
    std::map<ConfigResource, int> counts;
    for (const auto& item : resources) ++counts[item.resource];
    return counts;
}

}  // namespace

Decision<AlteredResource> incremental_alter_configs(const MetadataImage& image,
                                                    const std::vector<ResourceChanges>& resources, bool validate_only,
                                                    const AlterableConfigs& alterable) {
    Decision<AlteredResource> decision;
    const auto counts = count_resources(resources);
    for (const ResourceChanges& wanted : resources) {
        AlteredResource& answer = decision.answers.emplace_back(AlteredResource{wanted.resource, {}});
        if (counts.at(wanted.resource) > 1) {
            answer.error = {ErrorCode::invalid_request, "The resource is in the request more than once."};
            continue;
        }
        const ConfigValues& before = image.configs(wanted.resource);
        ConfigValues after = before;
        answer.error = check_resource(image, wanted.resource);
        if (answer.error.error == ErrorCode::none) {
            answer.error = changed_configs(wanted.resource, wanted.changes, alterable, after);
        }
        if (answer.error.error != ErrorCode::none || validate_only) continue;
        record_difference(wanted.resource, before, after, decision.records);
    }
    return decision;
}

Decision<AlteredResource> alter_configs(const MetadataImage& image, const std::vector<ResourceConfigs>& resources,
                                        bool validate_only, const AlterableConfigs& alterable) {
    Decision<AlteredResource> decision;
    const auto counts = count_resources(resources);
    for (const ResourceConfigs& wanted : resources) {
        AlteredResource& answer = decision.answers.emplace_back(AlteredResource{wanted.resource, {}});
        if (counts.at(wanted.resource) > 1) {
            answer.error = {ErrorCode::invalid_request, "The resource is in the request more than once."};
            continue;
        }
        std::vector<ConfigChange> changes;
        for (const auto& [name, value] : wanted.configs) changes.push_back({name, ConfigOperation::set, value});
        ConfigValues after;
        answer.error = check_resource(image, wanted.resource);
        if (answer.error.error == ErrorCode::none) {
            answer.error = changed_configs(wanted.resource, changes, alterable, after);
        }
        if (answer.error.error != ErrorCode::none || validate_only) continue;
        record_difference(wanted.resource, image.configs(wanted.resource), after, decision.records);
    }
    return decision;
}

}  // namespace highwater
