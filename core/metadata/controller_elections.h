#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/metadata/controller.h"
#include "core/metadata/replication_rules.h"

namespace highwater {

/// What ElectLeaders asks for; the numbers are the wire's (KIP-460).
enum class ElectionType : std::int8_t { preferred = 0, unclean = 1 };

struct NamedPartition {
    std::string topic;
    PartitionId partition;
};

struct PartitionElection {
    std::string topic;
    PartitionId partition;
    ControllerError error;
};

/// ElectLeaders (KIP-183, KIP-460). nullopt: all partitions, and those that need no election are left out of the
/// answer. An unclean election is held whatever the topic's setting says: the administrator asks for it. Per partition:
/// UNKNOWN_TOPIC_OR_PARTITION; INVALID_REQUEST (the partition twice, an unknown type); ELECTION_NOT_NEEDED (preferred:
/// the first replica leads; unclean: there is a leader); PREFERRED_LEADER_NOT_AVAILABLE (the first replica is not in
/// the ISR or not active); ELIGIBLE_LEADERS_NOT_AVAILABLE (no replica is active).
[[nodiscard]] Decision<PartitionElection> elect_leaders(const MetadataImage& image, ElectionType type,
                                                        const std::optional<std::vector<NamedPartition>>& partitions,
                                                        const ReplicationDefaults& defaults);

/// Gives partitions back to their preferred leaders where these may lead, at most `max_changes` of them
/// (`auto.leader.rebalance.enable`; the caller asks every `leader.imbalance.check.interval.seconds`).
[[nodiscard]] std::vector<MetadataRecord> balance_preferred_leaders(const MetadataImage& image, std::size_t max_changes,
                                                                    const ReplicationDefaults& defaults);

/// Looks for leaders for partitions that have none and whose topic allows unclean elections, at most `max_changes` of
/// them (the caller asks every 5 minutes, as Kafka's controller).
[[nodiscard]] std::vector<MetadataRecord> elect_unclean_leaders(const MetadataImage& image, std::size_t max_changes,
                                                                const ReplicationDefaults& defaults);

}  // namespace highwater
