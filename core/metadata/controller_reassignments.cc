#include "core/metadata/controller_reassignments.h"

#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/metadata/partition_change.h"
#include "core/metadata/replicas.h"

namespace highwater {
namespace {

bool is_ongoing(const PartitionImage& partition) {
    return !partition.adding_replicas.empty() || !partition.removing_replicas.empty();
}

/// The replicas before the reassignment that is under way, or as they are.
std::vector<NodeId> original_replicas(const PartitionImage& partition) {
    return without(partition.replicas, partition.adding_replicas);
}

ControllerError check_target(const MetadataImage& image, const PartitionImage& partition,
                             const std::vector<NodeId>& replicas, bool allow_replication_factor_change) {
    if (replicas.empty()) {
        return {ErrorCode::invalid_replica_assignment,
                "The manual partition assignment includes an empty replica list."};
    }
    if (has_duplicates(replicas)) {
        return {ErrorCode::invalid_replica_assignment, "The manual partition assignment includes a broker twice."};
    }
    for (NodeId node : replicas) {
        if (image.broker(node)) continue;
        return {
            ErrorCode::invalid_replica_assignment,
            fmt::format("The manual partition assignment includes broker {}, but no such broker is registered.", node)};
    }
    const std::size_t factor = original_replicas(partition).size();
    if (!allow_replication_factor_change && replicas.size() != factor) {
        return {ErrorCode::invalid_replication_factor,
                fmt::format("The replication factor is changed from {} to {}", factor, replicas.size())};
    }
    return {};
}

/// From what the partition was to `replicas`. Those that an earlier reassignment was adding and this one does not want
/// go at once: what would have to be undone is always exactly what is being added.
PartitionTarget reassign(const PartitionImage& partition, const std::vector<NodeId>& replicas) {
    const std::vector<NodeId> original = original_replicas(partition);
    PartitionTarget target;
    target.adding_replicas = without(replicas, original);
    target.removing_replicas = without(original, replicas);
    target.replicas = joined(replicas, original);
    target.isr = within(partition.isr, *target.replicas);
    return target;
}

ControllerError decide(const MetadataImage& image, const TopicImage& topic, const PartitionImage& partition,
                       const PartitionToReassign& wanted, bool allow_replication_factor_change,
                       const ReplicationDefaults& defaults, std::vector<MetadataRecord>& records) {
    if (!wanted.replicas && !is_ongoing(partition)) {
        return {ErrorCode::no_reassignment_in_progress, "No partition reassignment is in progress."};
    }
    if (wanted.replicas) {
        auto error = check_target(image, partition, *wanted.replicas, allow_replication_factor_change);
        if (error.error != ErrorCode::none) return error;
    }
    const PartitionTarget target =
        reassign(partition, wanted.replicas ? *wanted.replicas : original_replicas(partition));
    const std::vector<NodeId> candidates = joined(partition.isr, partition.eligible_leader_replicas);
    if (!candidates.empty() && within(candidates, *target.replicas).empty()) {
        return {ErrorCode::invalid_replica_assignment,
                fmt::format("Nobody who is in sync would stay in {}-{}: it would require an unclean leader election.",
                            wanted.topic, wanted.partition)};
    }
    auto change = change_partition(topic.id, wanted.partition, partition, target,
                                   replication_rules(image, topic, defaults), Electorate{.image = &image});
    if (change) records.emplace_back(std::move(*change));
    return {};
}

OngoingReassignment describe_ongoing(const std::string& topic, PartitionId id, const PartitionImage& partition) {
    return {topic, id, partition.replicas, partition.adding_replicas, partition.removing_replicas};
}

}  // namespace

Decision<ReassignedPartition> alter_partition_reassignments(const MetadataImage& image,
                                                            const std::vector<PartitionToReassign>& partitions,
                                                            bool allow_replication_factor_change,
                                                            const ReplicationDefaults& defaults) {
    Decision<ReassignedPartition> decision;
    std::map<std::pair<std::string, PartitionId>, int> count;
    for (const PartitionToReassign& wanted : partitions) ++count[{wanted.topic, wanted.partition}];
    for (const PartitionToReassign& wanted : partitions) {
        ReassignedPartition& answer =
            decision.answers.emplace_back(ReassignedPartition{wanted.topic, wanted.partition, {}});
        const TopicImage* topic = image.topic(wanted.topic);
        const PartitionImage* partition = topic ? image.partition(topic->id, wanted.partition) : nullptr;
        if (!partition) {
            answer.error = {ErrorCode::unknown_topic_or_partition, "This server does not host this topic-partition."};
        } else if (count[{wanted.topic, wanted.partition}] > 1) {
            answer.error = {ErrorCode::invalid_request, "The partition is in the request more than once."};
        } else {
            answer.error =
                decide(image, *topic, *partition, wanted, allow_replication_factor_change, defaults, decision.records);
        }
    }
    return decision;
}

std::vector<OngoingReassignment> list_partition_reassignments(
    const MetadataImage& image, const std::optional<std::vector<NamedPartition>>& partitions) {
    std::set<std::pair<std::string, PartitionId>> wanted;
    if (partitions) {
        for (const NamedPartition& named : *partitions) wanted.emplace(named.topic, named.partition);
    }
    std::vector<OngoingReassignment> ongoing;
    for (const auto& [name, id] : image.topic_names()) {
        for (const auto& [partition, state] : image.topic(id)->partitions) {
            if (!is_ongoing(state) || (partitions && !wanted.contains({name, partition}))) continue;
            ongoing.push_back(describe_ongoing(name, partition, state));
        }
    }
    return ongoing;
}

}  // namespace highwater
