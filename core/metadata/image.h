#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/describe.h"
#include "core/base/error_code.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/metadata/records.h"

namespace highwater {

/// A partition as the cluster knows it.
struct PartitionImage {
    std::vector<NodeId> replicas;  ///< in assignment order
    std::vector<NodeId> isr;
    std::vector<NodeId> removing_replicas;
    std::vector<NodeId> adding_replicas;
    std::optional<NodeId> leader;
    LeaderRecoveryState leader_recovery_state = LeaderRecoveryState::recovered;
    LeaderEpoch leader_epoch;
    PartitionEpoch partition_epoch;
    std::vector<Uuid> directories;
    std::vector<NodeId> eligible_leader_replicas = {};
    std::vector<NodeId> last_known_elr = {};

    static constexpr void describe(auto&& field) {
        field("replicas", &PartitionImage::replicas);
        field("isr", &PartitionImage::isr);
        field("removing_replicas", &PartitionImage::removing_replicas);
        field("adding_replicas", &PartitionImage::adding_replicas);
        field("leader", &PartitionImage::leader);
        field("leader_recovery_state", &PartitionImage::leader_recovery_state);
        field("leader_epoch", &PartitionImage::leader_epoch);
        field("partition_epoch", &PartitionImage::partition_epoch);
        field("directories", &PartitionImage::directories);
        field("eligible_leader_replicas", &PartitionImage::eligible_leader_replicas);
        field("last_known_elr", &PartitionImage::last_known_elr);
    }
};

/// Makes of `partition` what `change` says of it. Every change is a new partition epoch; one that names a leader, even
/// the present one, is a new leader epoch too.
void apply_change(PartitionImage& partition, const PartitionChangeRecord& change);

struct TopicImage {
    std::string name;
    TopicId id;
    std::map<PartitionId, PartitionImage> partitions;

    static constexpr void describe(auto&& field) {
        field("name", &TopicImage::name);
        field("id", &TopicImage::id);
        field("partitions", &TopicImage::partitions);
    }
};

struct BrokerImage {
    Uuid incarnation_id;
    BrokerEpoch epoch;
    std::vector<BrokerEndpoint> end_points;
    std::vector<BrokerFeature> features;
    std::optional<std::string> rack;
    bool fenced = true;
    bool in_controlled_shutdown = false;
    std::vector<Uuid> log_dirs;

    static constexpr void describe(auto&& field) {
        field("incarnation_id", &BrokerImage::incarnation_id);
        field("epoch", &BrokerImage::epoch);
        field("end_points", &BrokerImage::end_points);
        field("features", &BrokerImage::features);
        field("rack", &BrokerImage::rack);
        field("fenced", &BrokerImage::fenced);
        field("in_controlled_shutdown", &BrokerImage::in_controlled_shutdown);
        field("log_dirs", &BrokerImage::log_dirs);
    }
};

using ConfigValues = std::map<std::string, std::string, std::less<>>;

/// What the metadata log says, folded: topics, configs, brokers, features, producer ids. A value. Equal logs give equal
/// images, live or replayed.
class MetadataImage {
  public:
    /// Takes one record; a refused one changes nothing. Errors: what it names is unknown (UNKNOWN_TOPIC_ID,
    /// UNKNOWN_TOPIC_OR_PARTITION, BROKER_ID_NOT_REGISTERED), it is there already (TOPIC_ALREADY_EXISTS), its broker
    /// epoch is not the broker's (STALE_BROKER_EPOCH), or its producer ids go back (INVALID_REQUEST). A metadata log
    /// that gives an error is damaged.
    Result<void> apply(const MetadataRecord& record);

    /// In order of id. See topic_names() for the order of names.
    [[nodiscard]] const std::map<TopicId, TopicImage>& topics() const { return topics_; }
    [[nodiscard]] const std::map<std::string, TopicId, std::less<>>& topic_names() const { return topic_names_; }
    /// nullptr: unknown. Valid until the next apply().
    [[nodiscard]] const TopicImage* topic(std::string_view name) const;
    [[nodiscard]] const TopicImage* topic(const TopicId& id) const;
    [[nodiscard]] const PartitionImage* partition(const TopicId& id, PartitionId partition) const;
    /// A topic whose name differs from `name` at most in '.' and '_' and that is not `name` itself: their metrics would
    /// have one name (Kafka refuses such a pair). nullopt when there is none.
    [[nodiscard]] std::optional<std::string> colliding_topic(std::string_view name) const;

    /// What is set for the resource itself, without defaults. Empty when nothing is.
    [[nodiscard]] const ConfigValues& configs(const ConfigResource& resource) const;
    [[nodiscard]] const std::map<ConfigResource, ConfigValues>& configs() const { return configs_; }

    [[nodiscard]] const std::map<NodeId, BrokerImage>& brokers() const { return brokers_; }
    /// nullptr: not registered.
    [[nodiscard]] const BrokerImage* broker(NodeId id) const;
    [[nodiscard]] const std::map<std::string, std::int16_t, std::less<>>& features() const { return features_; }
    /// The first producer id that was never given away.
    [[nodiscard]] ProducerId next_producer_id() const { return next_producer_id_; }

    static constexpr void describe(auto&& field) {
        field("topics", &MetadataImage::topics_);
        field("configs", &MetadataImage::configs_);
        field("brokers", &MetadataImage::brokers_);
        field("features", &MetadataImage::features_);
        field("next_producer_id", &MetadataImage::next_producer_id_);
    }

  private:
    Result<void> take(const TopicRecord& record);
    Result<void> take(const PartitionRecord& record);
    Result<void> take(const PartitionChangeRecord& record);
    Result<void> take(const RemoveTopicRecord& record);
    Result<void> take(const ConfigRecord& record);
    Result<void> take(const ProducerIdsRecord& record);
    Result<void> take(const RegisterBrokerRecord& record);
    Result<void> take(const UnregisterBrokerRecord& record);
    Result<void> take(const BrokerRegistrationChangeRecord& record);
    Result<void> take(const FeatureLevelRecord& record);
    Result<void> take(const NoOpRecord& record);

    std::map<TopicId, TopicImage> topics_;
    std::map<std::string, TopicId, std::less<>> topic_names_;               // index of topics_
    std::multimap<std::string, std::string, std::less<>> collision_names_;  // index: name with '.' as '_', to name
    std::map<ConfigResource, ConfigValues> configs_;
    std::map<NodeId, BrokerImage> brokers_;
    std::map<std::string, std::int16_t, std::less<>> features_;
    ProducerId next_producer_id_;
};

}  // namespace highwater
