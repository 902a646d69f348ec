#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/describe.h"
#include "core/base/epochs.h"
#include "core/base/ids.h"
#include "core/base/producer.h"

// The records of `__cluster_metadata` as values: the only thing that changes a MetadataImage. Names and fields are
// Kafka's (metadata records of 4.3); where the wire says -1 or null for "none", these say nullopt.

namespace highwater {

/// A topic exists. Its partitions follow in PartitionRecords.
struct TopicRecord {
    std::string name;
    TopicId topic_id;

    static constexpr void describe(auto&& field) {
        field("name", &TopicRecord::name);
        field("topic_id", &TopicRecord::topic_id);
    }
};

/// Whether a leader may have lost committed records in an unclean election and has not said otherwise yet.
enum class LeaderRecoveryState : std::int8_t { recovered = 0, recovering = 1 };

/// The whole state of a partition, when it is made.
struct PartitionRecord {
    PartitionId partition_id;
    TopicId topic_id;
    /// In assignment order: the first is the preferred leader.
    std::vector<NodeId> replicas;
    std::vector<NodeId> isr;
    std::vector<NodeId> removing_replicas;
    std::vector<NodeId> adding_replicas;
    std::optional<NodeId> leader;
    LeaderRecoveryState leader_recovery_state = LeaderRecoveryState::recovered;
    LeaderEpoch leader_epoch;
    PartitionEpoch partition_epoch;
    /// Of each replica, in the order of `replicas`. Empty: unassigned.
    std::vector<Uuid> directories;
    /// Not in the ISR, but as good: have every committed record (KIP-966). Only while the ISR is under the minimum.
    std::vector<NodeId> eligible_leader_replicas = {};
    /// Who led last, while nobody does: at most one (KIP-966).
    std::vector<NodeId> last_known_elr = {};

    static constexpr void describe(auto&& field) {
        field("partition_id", &PartitionRecord::partition_id);
        field("topic_id", &PartitionRecord::topic_id);
        field("replicas", &PartitionRecord::replicas);
        field("isr", &PartitionRecord::isr);
        field("removing_replicas", &PartitionRecord::removing_replicas);
        field("adding_replicas", &PartitionRecord::adding_replicas);
        field("leader", &PartitionRecord::leader);
        field("leader_recovery_state", &PartitionRecord::leader_recovery_state);
        field("leader_epoch", &PartitionRecord::leader_epoch);
        field("partition_epoch", &PartitionRecord::partition_epoch);
        field("directories", &PartitionRecord::directories);
        field("eligible_leader_replicas", &PartitionRecord::eligible_leader_replicas);
        field("last_known_elr", &PartitionRecord::last_known_elr);
    }
};

/// What a change says of the leader: -1 on the wire is no_leader. Naming one, even the same, bumps the leader epoch.
struct LeaderChange {
    std::optional<NodeId> leader;

    static constexpr void describe(auto&& field) { field("leader", &LeaderChange::leader); }
};

/// A change of a partition; what is nullopt stays. Every change bumps the partition epoch.
struct PartitionChangeRecord {
    PartitionId partition_id;
    TopicId topic_id;
    std::optional<std::vector<NodeId>> isr;
    std::optional<LeaderChange> leader;
    std::optional<std::vector<NodeId>> replicas;
    std::optional<std::vector<NodeId>> removing_replicas;
    std::optional<std::vector<NodeId>> adding_replicas;
    std::optional<LeaderRecoveryState> leader_recovery_state;
    std::optional<std::vector<Uuid>> directories;
    std::optional<std::vector<NodeId>> eligible_leader_replicas = {};
    std::optional<std::vector<NodeId>> last_known_elr = {};

    static constexpr void describe(auto&& field) {
        field("partition_id", &PartitionChangeRecord::partition_id);
        field("topic_id", &PartitionChangeRecord::topic_id);
        field("isr", &PartitionChangeRecord::isr);
        field("leader", &PartitionChangeRecord::leader);
        field("replicas", &PartitionChangeRecord::replicas);
        field("removing_replicas", &PartitionChangeRecord::removing_replicas);
        field("adding_replicas", &PartitionChangeRecord::adding_replicas);
        field("leader_recovery_state", &PartitionChangeRecord::leader_recovery_state);
        field("directories", &PartitionChangeRecord::directories);
        field("eligible_leader_replicas", &PartitionChangeRecord::eligible_leader_replicas);
        field("last_known_elr", &PartitionChangeRecord::last_known_elr);
    }
};

/// The topic, its partitions and its configs are gone.
struct RemoveTopicRecord {
    TopicId topic_id;

    static constexpr void describe(auto&& field) { field("topic_id", &RemoveTopicRecord::topic_id); }
};

/// The numbers are the wire's.
enum class ConfigResourceType : std::int8_t { unknown = 0, topic = 2, broker = 4, broker_logger = 8, group = 32 };

/// What a setting belongs to. A broker's name is its node id in decimal; empty: the default of all brokers.
struct ConfigResource {
    ConfigResourceType type = ConfigResourceType::unknown;
    std::string name;

    static constexpr void describe(auto&& field) {
        field("type", &ConfigResource::type);
        field("name", &ConfigResource::name);
    }
    friend auto operator<=>(const ConfigResource&, const ConfigResource&) = default;
};

/// A setting has a value; nullopt: it has none any more.
struct ConfigRecord {
    ConfigResource resource;
    std::string name;
    std::optional<std::string> value;

    static constexpr void describe(auto&& field) {
        field("resource", &ConfigRecord::resource);
        field("name", &ConfigRecord::name);
        field("value", &ConfigRecord::value);
    }
};

/// Producer ids below `next_producer_id` are given away, the last block of them to this broker.
struct ProducerIdsRecord {
    NodeId broker_id;
    BrokerEpoch broker_epoch;
    ProducerId next_producer_id;

    static constexpr void describe(auto&& field) {
        field("broker_id", &ProducerIdsRecord::broker_id);
        field("broker_epoch", &ProducerIdsRecord::broker_epoch);
        field("next_producer_id", &ProducerIdsRecord::next_producer_id);
    }
};

/// Where a broker listens.
struct BrokerEndpoint {
    std::string name;
    std::string host;
    std::uint16_t port = 0;
    std::int16_t security_protocol = 0;

    static constexpr void describe(auto&& field) {
        field("name", &BrokerEndpoint::name);
        field("host", &BrokerEndpoint::host);
        field("port", &BrokerEndpoint::port);
        field("security_protocol", &BrokerEndpoint::security_protocol);
    }
};

/// The versions of a feature that a broker supports, both inclusive.
struct BrokerFeature {
    std::string name;
    std::int16_t min_supported_version = 0;
    std::int16_t max_supported_version = 0;

    static constexpr void describe(auto&& field) {
        field("name", &BrokerFeature::name);
        field("min_supported_version", &BrokerFeature::min_supported_version);
        field("max_supported_version", &BrokerFeature::max_supported_version);
    }
};

/// A broker is known. The record's offset is its broker epoch.
struct RegisterBrokerRecord {
    NodeId broker_id;
    Uuid incarnation_id;
    BrokerEpoch broker_epoch;
    std::vector<BrokerEndpoint> end_points;
    std::vector<BrokerFeature> features;
    std::optional<std::string> rack;
    bool fenced = true;
    bool in_controlled_shutdown = false;
    std::vector<Uuid> log_dirs;

    static constexpr void describe(auto&& field) {
        field("broker_id", &RegisterBrokerRecord::broker_id);
        field("incarnation_id", &RegisterBrokerRecord::incarnation_id);
        field("broker_epoch", &RegisterBrokerRecord::broker_epoch);
        field("end_points", &RegisterBrokerRecord::end_points);
        field("features", &RegisterBrokerRecord::features);
        field("rack", &RegisterBrokerRecord::rack);
        field("fenced", &RegisterBrokerRecord::fenced);
        field("in_controlled_shutdown", &RegisterBrokerRecord::in_controlled_shutdown);
        field("log_dirs", &RegisterBrokerRecord::log_dirs);
    }
};

struct UnregisterBrokerRecord {
    NodeId broker_id;
    BrokerEpoch broker_epoch;

    static constexpr void describe(auto&& field) {
        field("broker_id", &UnregisterBrokerRecord::broker_id);
        field("broker_epoch", &UnregisterBrokerRecord::broker_epoch);
    }
};

/// What is nullopt stays.
struct BrokerRegistrationChangeRecord {
    NodeId broker_id;
    BrokerEpoch broker_epoch;
    std::optional<bool> fenced;
    std::optional<bool> in_controlled_shutdown;

    static constexpr void describe(auto&& field) {
        field("broker_id", &BrokerRegistrationChangeRecord::broker_id);
        field("broker_epoch", &BrokerRegistrationChangeRecord::broker_epoch);
        field("fenced", &BrokerRegistrationChangeRecord::fenced);
        field("in_controlled_shutdown", &BrokerRegistrationChangeRecord::in_controlled_shutdown);
    }
};

/// A feature is finalized at this level; level 0: it is off.
struct FeatureLevelRecord {
    std::string name;
    std::int16_t feature_level = 0;

    static constexpr void describe(auto&& field) {
        field("name", &FeatureLevelRecord::name);
        field("feature_level", &FeatureLevelRecord::feature_level);
    }
};

struct NoOpRecord {
    static constexpr void describe(auto&&) {}
};

using MetadataRecord = std::variant<TopicRecord, PartitionRecord, PartitionChangeRecord, RemoveTopicRecord,
                                    ConfigRecord, ProducerIdsRecord, RegisterBrokerRecord, UnregisterBrokerRecord,
                                    BrokerRegistrationChangeRecord, FeatureLevelRecord, NoOpRecord>;

}  // namespace highwater
