#include "core/metadata/leader_and_isr.h"

#include <optional>
#include <set>
#include <string>

#include "core/metadata/partition_change.h"
#include "core/metadata/replicas.h"

namespace highwater {
namespace {

/// One change for each partition for which `target_of(partition)` gives a target.
std::vector<MetadataRecord> change_partitions(const MetadataImage& image, const ReplicationDefaults& defaults,
                                              const Electorate& electorate, const auto& target_of) {
    std::vector<MetadataRecord> records;
    for (const auto& [id, topic] : image.topics()) {
        std::optional<ReplicationRules> rules;
        for (const auto& [partition, state] : topic.partitions) {
            const std::optional<PartitionTarget> target = target_of(state);
            if (!target) continue;
            if (!rules) rules = replication_rules(image, topic, defaults);
            auto change = change_partition(id, partition, state, *target, *rules, electorate);
            if (change) records.emplace_back(std::move(*change));
        }
    }
    return records;
}

}  // namespace

std::vector<MetadataRecord> leader_and_isr_without(const MetadataImage& image, NodeId broker,
                                                   const ReplicationDefaults& defaults) {
    const Electorate electorate{.image = &image, .leaving = broker};
    return change_partitions(image, defaults, electorate, [&](const PartitionImage& partition) {
        std::optional<PartitionTarget> target;
        if (contains(partition.isr, broker)) target = PartitionTarget{.isr = without(partition.isr, broker)};
        return target;
    });
}

std::vector<MetadataRecord> leader_and_isr_after_unclean_shutdown(const MetadataImage& image, NodeId broker,
                                                                  const ReplicationDefaults& defaults) {
    const Electorate electorate{.image = &image, .leaving = broker};
    return change_partitions(image, defaults, electorate, [&](const PartitionImage& partition) {
        std::optional<PartitionTarget> target;
        if (contains(partition.isr, broker) || contains(partition.eligible_leader_replicas, broker)) {
            target = PartitionTarget{.isr = without(partition.isr, broker), .unclean_shutdown = broker};
        }
        return target;
    });
}

std::vector<MetadataRecord> leader_and_isr_after_unfencing(const MetadataImage& image, NodeId broker,
                                                           const ReplicationDefaults& defaults) {
    const Electorate electorate{.image = &image, .unfencing = broker};
    return change_partitions(image, defaults, electorate, [&](const PartitionImage& partition) {
        std::optional<PartitionTarget> target;
        if (!partition.leader && contains(partition.replicas, broker)) target.emplace();
        return target;
    });
}

namespace {

/// The settings of a resource once the records are written.
ConfigValues configs_after(const MetadataImage& image, const std::vector<MetadataRecord>& configs,
                           const ConfigResource& resource) {
    ConfigValues values = image.configs(resource);
    for (const MetadataRecord& record : configs) {
        const auto* config = std::get_if<ConfigRecord>(&record);
        if (!config || config->resource != resource) continue;
        if (config->value) {
            values.insert_or_assign(config->name, *config->value);
        } else {
            values.erase(config->name);
        }
    }
    return values;
}

}  // namespace

std::vector<MetadataRecord> leader_and_isr_after_configs(const MetadataImage& image,
                                                         const std::vector<MetadataRecord>& configs,
                                                         const ReplicationDefaults& defaults) {
    const ConfigResource all_brokers{ConfigResourceType::broker, {}};
    std::set<std::string, std::less<>> changed;
    bool all_changed = false;
    for (const MetadataRecord& record : configs) {
        const auto* config = std::get_if<ConfigRecord>(&record);
        if (!config || (config->name != kMinInsyncReplicas && config->name != kUncleanLeaderElection)) continue;
        if (config->resource.type == ConfigResourceType::topic) changed.insert(config->resource.name);
        all_changed |= config->resource == all_brokers;
    }
    std::vector<MetadataRecord> records;
    if (changed.empty() && !all_changed) return records;
    const ConfigValues broker_configs = configs_after(image, configs, all_brokers);
    const Electorate electorate{.image = &image};
    for (const auto& [id, topic] : image.topics()) {
        if (!all_changed && !changed.contains(topic.name)) continue;
        const ConfigValues topic_configs = configs_after(image, configs, {ConfigResourceType::topic, topic.name});
        const ReplicationRules rules = replication_rules(image, topic_configs, broker_configs, defaults);
        for (const auto& [partition, state] : topic.partitions) {
            auto change = change_partition(id, partition, state, {}, rules, electorate);
            if (change) records.emplace_back(std::move(*change));
        }
    }
    return records;
}

}  // namespace highwater
