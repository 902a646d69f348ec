#include "core/metadata/image.h"

#include "core/metadata/topic_name.h"

namespace highwater {

void apply_change(PartitionImage& partition, const PartitionChangeRecord& change) {
    if (change.isr) partition.isr = *change.isr;
    if (change.replicas) partition.replicas = *change.replicas;
    if (change.removing_replicas) partition.removing_replicas = *change.removing_replicas;
    if (change.adding_replicas) partition.adding_replicas = *change.adding_replicas;
    if (change.leader_recovery_state) partition.leader_recovery_state = *change.leader_recovery_state;
    if (change.directories) partition.directories = *change.directories;
    if (change.eligible_leader_replicas) partition.eligible_leader_replicas = *change.eligible_leader_replicas;
    if (change.last_known_elr) partition.last_known_elr = *change.last_known_elr;
    if (change.leader) {
        partition.leader = change.leader->leader;
        partition.leader_epoch = LeaderEpoch{partition.leader_epoch.value() + 1};
    }
    partition.partition_epoch = PartitionEpoch{partition.partition_epoch.value() + 1};
}

Result<void> MetadataImage::apply(const MetadataRecord& record) {
    return std::visit([this](const auto& r) { return take(r); }, record);
}

const TopicImage* MetadataImage::topic(std::string_view name) const {
    const auto found = topic_names_.find(name);
    return found == topic_names_.end() ? nullptr : topic(found->second);
}

const TopicImage* MetadataImage::topic(const TopicId& id) const {
    const auto found = topics_.find(id);
    return found == topics_.end() ? nullptr : &found->second;
}

const PartitionImage* MetadataImage::partition(const TopicId& id, PartitionId partition) const {
    const TopicImage* found = topic(id);
    if (!found) return nullptr;
    const auto at = found->partitions.find(partition);
    return at == found->partitions.end() ? nullptr : &at->second;
}

std::optional<std::string> MetadataImage::colliding_topic(std::string_view name) const {
    const auto [first, last] = collision_names_.equal_range(collision_name(name));
    for (auto at = first; at != last; ++at) {
        if (at->second != name) return at->second;
    }
    return std::nullopt;
}

const ConfigValues& MetadataImage::configs(const ConfigResource& resource) const {
    static const ConfigValues kNone;
    const auto found = configs_.find(resource);
    return found == configs_.end() ? kNone : found->second;
}

const BrokerImage* MetadataImage::broker(NodeId id) const {
    const auto found = brokers_.find(id);
    return found == brokers_.end() ? nullptr : &found->second;
}

Result<void> MetadataImage::take(const TopicRecord& record) {
    if (topics_.contains(record.topic_id) || topic_names_.contains(record.name)) {
        return refuse(ErrorCode::topic_already_exists);
    }
    topics_.emplace(record.topic_id, TopicImage{record.name, record.topic_id, {}});
    topic_names_.emplace(record.name, record.topic_id);
    collision_names_.emplace(collision_name(record.name), record.name);
    return {};
}

Result<void> MetadataImage::take(const PartitionRecord& record) {
    const auto found = topics_.find(record.topic_id);
    if (found == topics_.end()) return refuse(ErrorCode::unknown_topic_id);
    found->second.partitions.insert_or_assign(
        record.partition_id,
        PartitionImage{record.replicas, record.isr, record.removing_replicas, record.adding_replicas, record.leader,
                       record.leader_recovery_state, record.leader_epoch, record.partition_epoch, record.directories,
                       record.eligible_leader_replicas, record.last_known_elr});
    return {};
}

Result<void> MetadataImage::take(const PartitionChangeRecord& record) {
    const auto topic = topics_.find(record.topic_id);
    if (topic == topics_.end()) return refuse(ErrorCode::unknown_topic_id);
    const auto found = topic->second.partitions.find(record.partition_id);
    if (found == topic->second.partitions.end()) return refuse(ErrorCode::unknown_topic_or_partition);
    apply_change(found->second, record);
    return {};
}

Result<void> MetadataImage::take(const RemoveTopicRecord& record) {
    const auto found = topics_.find(record.topic_id);
    if (found == topics_.end()) return refuse(ErrorCode::unknown_topic_id);
    const std::string name = found->second.name;
    configs_.erase(ConfigResource{ConfigResourceType::topic, name});
    const auto [first, last] = collision_names_.equal_range(collision_name(name));
    for (auto at = first; at != last; ++at) {
        if (at->second != name) continue;
        collision_names_.erase(at);
        break;
    }
    topic_names_.erase(name);
    topics_.erase(found);
    return {};
}

Result<void> MetadataImage::take(const ConfigRecord& record) {
    if (record.value) {
        configs_[record.resource].insert_or_assign(record.name, *record.value);
        return {};
    }
    const auto found = configs_.find(record.resource);
    if (found == configs_.end()) return {};
    found->second.erase(record.name);
    if (found->second.empty()) configs_.erase(found);  // as if nothing had ever been set: one state, one form
    return {};
}

Result<void> MetadataImage::take(const ProducerIdsRecord& record) {
    if (record.next_producer_id < next_producer_id_) return refuse(ErrorCode::invalid_request);
    next_producer_id_ = record.next_producer_id;
    return {};
}

Result<void> MetadataImage::take(const RegisterBrokerRecord& record) {
    brokers_.insert_or_assign(
        record.broker_id, BrokerImage{record.incarnation_id, record.broker_epoch, record.end_points, record.features,
                                      record.rack, record.fenced, record.in_controlled_shutdown, record.log_dirs});
    return {};
}

Result<void> MetadataImage::take(const UnregisterBrokerRecord& record) {
    const auto found = brokers_.find(record.broker_id);
    if (found == brokers_.end()) return refuse(ErrorCode::broker_id_not_registered);
    if (found->second.epoch != record.broker_epoch) return refuse(ErrorCode::stale_broker_epoch);
    brokers_.erase(found);
    return {};
}

Result<void> MetadataImage::take(const BrokerRegistrationChangeRecord& record) {
    const auto found = brokers_.find(record.broker_id);
    if (found == brokers_.end()) return refuse(ErrorCode::broker_id_not_registered);
    if (found->second.epoch != record.broker_epoch) return refuse(ErrorCode::stale_broker_epoch);
    if (record.fenced) found->second.fenced = *record.fenced;
    if (record.in_controlled_shutdown) found->second.in_controlled_shutdown = *record.in_controlled_shutdown;
    return {};
}

Result<void> MetadataImage::take(const FeatureLevelRecord& record) {
    if (record.feature_level == 0) {
        features_.erase(record.name);
    } else {
        features_.insert_or_assign(record.name, record.feature_level);
    }
    return {};
}

Result<void> MetadataImage::take(const NoOpRecord&) {
    return {};
}

}  // namespace highwater
