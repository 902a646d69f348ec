#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/metadata/image.h"

namespace highwater {

/// What the controller's node is configured to do where the metadata says nothing.
struct ReplicationDefaults {
    std::int32_t min_insync_replicas = 1;         ///< `min.insync.replicas`, at least 1
    bool unclean_leader_election_enable = false;  ///< `unclean.leader.election.enable`
};

/// What the controller's decisions about the partitions of one topic depend on, besides brokers and partitions.
struct ReplicationRules {
    /// At least 1; not yet clamped to the number of replicas.
    std::int32_t min_insync_replicas = 1;
    /// A replica that may lack committed records may be elected where no other can be.
    bool unclean_leader_election = false;
    /// KIP-966: the feature `eligible.leader.replicas.version` is finalized.
    bool eligible_leader_replicas = false;
    /// Before metadata.version 12 (3.6) a replica that left the ISR was kept out by a new leader epoch (KAFKA-15021).
    bool leader_epoch_bump_on_isr_shrink = false;

    static constexpr void describe(auto&& field) {
        field("min_insync_replicas", &ReplicationRules::min_insync_replicas);
        field("unclean_leader_election", &ReplicationRules::unclean_leader_election);
        field("eligible_leader_replicas", &ReplicationRules::eligible_leader_replicas);
        field("leader_epoch_bump_on_isr_shrink", &ReplicationRules::leader_epoch_bump_on_isr_shrink);
    }
};

inline constexpr std::string_view kEligibleLeaderReplicasFeature = "eligible.leader.replicas.version";
inline constexpr std::string_view kMinInsyncReplicas = "min.insync.replicas";
inline constexpr std::string_view kUncleanLeaderElection = "unclean.leader.election.enable";

/// The rules of the topic: its own setting, else the default of all brokers in the metadata, else `defaults`. A single
/// broker's own setting does not count: with eligible leader replicas there is one value for the cluster (KIP-966).
[[nodiscard]] ReplicationRules replication_rules(const MetadataImage& image, const TopicImage& topic,
                                                 const ReplicationDefaults& defaults);

/// The same for a topic with these settings of its own, in a cluster with these defaults of all brokers.
[[nodiscard]] ReplicationRules replication_rules(const MetadataImage& image, const ConfigValues& topic_configs,
                                                 const ConfigValues& broker_configs,
                                                 const ReplicationDefaults& defaults);

/// How many replicas must be in sync for a write to be committed: min.insync.replicas, at most all of them, at least 1
/// (KIP-966).
[[nodiscard]] std::size_t effective_min_insync_replicas(const ReplicationRules& rules, std::size_t replica_count);

}  // namespace highwater
