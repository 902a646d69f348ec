#include "core/metadata/replication_rules.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace highwater {
namespace {

/// KAFKA-15021: from here on (3.6-IV0) a shrink of the ISR alone is no new leader epoch.
constexpr std::int16_t kNoBumpOnShrinkSince = 12;
constexpr std::string_view kMetadataVersion = "metadata.version";

const std::string* find(std::string_view name, const ConfigValues& topic_configs, const ConfigValues& broker_configs) {
    if (const auto own = topic_configs.find(name); own != topic_configs.end()) return &own->second;
    if (const auto all = broker_configs.find(name); all != broker_configs.end()) return &all->second;
    return nullptr;
}

std::optional<std::int32_t> number(const std::string& text) {
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 1) return std::nullopt;
    return value;
}

std::optional<bool> boolean(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}

std::int16_t level(const MetadataImage& image, std::string_view feature, std::int16_t otherwise) {
    const auto found = image.features().find(feature);
    return found == image.features().end() ? otherwise : found->second;
}

}  // namespace

ReplicationRules replication_rules(const MetadataImage& image, const ConfigValues& topic_configs,
                                   const ConfigValues& broker_configs, const ReplicationDefaults& defaults) {
    ReplicationRules rules;
    rules.min_insync_replicas = defaults.min_insync_replicas;
    rules.unclean_leader_election = defaults.unclean_leader_election_enable;
    if (const std::string* text = find(kMinInsyncReplicas, topic_configs, broker_configs)) {
        rules.min_insync_replicas = number(*text).value_or(defaults.min_insync_replicas);
    }
    if (const std::string* text = find(kUncleanLeaderElection, topic_configs, broker_configs)) {
        rules.unclean_leader_election = boolean(*text).value_or(defaults.unclean_leader_election_enable);
    }
    rules.eligible_leader_replicas = level(image, kEligibleLeaderReplicasFeature, 0) > 0;
    rules.leader_epoch_bump_on_isr_shrink = level(image, kMetadataVersion, kNoBumpOnShrinkSince) < kNoBumpOnShrinkSince;
    return rules;
}

ReplicationRules replication_rules(const MetadataImage& image, const TopicImage& topic,
                                   const ReplicationDefaults& defaults) {
    return replication_rules(image, image.configs({ConfigResourceType::topic, topic.name}),
                             image.configs({ConfigResourceType::broker, {}}), defaults);
}

std::size_t effective_min_insync_replicas(const ReplicationRules& rules, std::size_t replica_count) {
    const auto wanted = static_cast<std::size_t>(std::max(rules.min_insync_replicas, 1));
    return std::max<std::size_t>(std::min(wanted, replica_count), 1);
}

}  // namespace highwater
