#include "core/metadata/controller_elections.h"

#include <map>
#include <utility>

#include "core/metadata/partition_change.h"

namespace highwater {
namespace {

bool is_needed(ElectionType type, const PartitionImage& partition) {
    if (type == ElectionType::unclean) return !partition.leader;
    return partition.leader != partition.replicas.front();
}

/// The change that makes the preferred replica the leader; nullopt: it cannot lead, or does.
std::optional<PartitionChangeRecord> elect_preferred(const MetadataImage& image, const TopicImage& topic,
                                                     PartitionId id, const PartitionImage& partition,
                                                     const ReplicationDefaults& defaults) {
    PartitionTarget target;
    target.election = Election::preferred;
    auto change = change_partition(topic.id, id, partition, target, replication_rules(image, topic, defaults),
                                   Electorate{.image = &image});
    if (!change || !change->leader || change->leader->leader != partition.replicas.front()) return std::nullopt;
    return change;
}

std::optional<PartitionChangeRecord> elect_unclean(const MetadataImage& image, const TopicImage& topic, PartitionId id,
                                                   const PartitionImage& partition,
                                                   const ReplicationDefaults& defaults) {
    PartitionTarget target;
    target.election = Election::unclean;
    auto change = change_partition(topic.id, id, partition, target, replication_rules(image, topic, defaults),
                                   Electorate{.image = &image});
    if (!change || !change->leader || !change->leader->leader) return std::nullopt;
    return change;
}

ControllerError hold(const MetadataImage& image, ElectionType type, const TopicImage& topic, PartitionId id,
                     const PartitionImage& partition, const ReplicationDefaults& defaults,
                     std::vector<MetadataRecord>& records) {
    if (!is_needed(type, partition)) {
        return {ErrorCode::election_not_needed, "Leader election not needed for topic partition."};
    }
    auto change = type == ElectionType::preferred ? elect_preferred(image, topic, id, partition, defaults)
                                                  : elect_unclean(image, topic, id, partition, defaults);
    if (change) {
        records.emplace_back(std::move(*change));
        return {};
    }
    if (type == ElectionType::preferred) {
        return {ErrorCode::preferred_leader_not_available, "The preferred leader was not available."};
    }
    return {ErrorCode::eligible_leaders_not_available, "Eligible topic partition leaders are not available."};
}

}  // namespace

Decision<PartitionElection> elect_leaders(const MetadataImage& image, ElectionType type,
                                          const std::optional<std::vector<NamedPartition>>& partitions,
                                          const ReplicationDefaults& defaults) {
    Decision<PartitionElection> decision;
    if (!partitions) {
        for (const auto& [name, topic_id] : image.topic_names()) {
            const TopicImage& topic = *image.topic(topic_id);
            for (const auto& [id, partition] : topic.partitions) {
                ControllerError error = hold(image, type, topic, id, partition, defaults, decision.records);
                if (error.error == ErrorCode::election_not_needed) continue;
                decision.answers.push_back({name, id, std::move(error)});
            }
        }
        return decision;
    }
    std::map<std::pair<std::string, PartitionId>, int> count;
    for (const NamedPartition& named : *partitions) ++count[{named.topic, named.partition}];
    for (const NamedPartition& named : *partitions) {
        PartitionElection& answer = decision.answers.emplace_back(PartitionElection{named.topic, named.partition, {}});
        const TopicImage* topic = image.topic(named.topic);
        const PartitionImage* partition = topic ? image.partition(topic->id, named.partition) : nullptr;
        if (!partition) {
            answer.error = {ErrorCode::unknown_topic_or_partition, "This server does not host this topic-partition."};
        } else if (count[{named.topic, named.partition}] > 1) {
            answer.error = {ErrorCode::invalid_request, "The partition is in the request more than once."};
        } else if (type != ElectionType::preferred && type != ElectionType::unclean) {
            answer.error = {ErrorCode::invalid_request, "Unknown election type."};
        } else {
            answer.error = hold(image, type, *topic, named.partition, *partition, defaults, decision.records);
        }
    }
    return decision;
}

std::vector<MetadataRecord> balance_preferred_leaders(const MetadataImage& image, std::size_t max_changes,
                                                      const ReplicationDefaults& defaults) {
    std::vector<MetadataRecord> records;
    for (const auto& [topic_id, topic] : image.topics()) {
        for (const auto& [id, partition] : topic.partitions) {
            if (records.size() >= max_changes) return records;
            if (!is_needed(ElectionType::preferred, partition)) continue;
            auto change = elect_preferred(image, topic, id, partition, defaults);
            if (change) records.emplace_back(std::move(*change));
        }
    }
    return records;
}

std::vector<MetadataRecord> elect_unclean_leaders(const MetadataImage& image, std::size_t max_changes,
                                                  const ReplicationDefaults& defaults) {
    std::vector<MetadataRecord> records;
    for (const auto& [topic_id, topic] : image.topics()) {
        if (!replication_rules(image, topic, defaults).unclean_leader_election) continue;
        for (const auto& [id, partition] : topic.partitions) {
            if (records.size() >= max_changes) return records;
            if (partition.leader) continue;
            auto change = elect_unclean(image, topic, id, partition, defaults);
            if (change) records.emplace_back(std::move(*change));
        }
    }
    return records;
}

}  // namespace highwater
