// How a node starts: directories, metadata, registration, partitions.
#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "broker/engine/node.h"
#include "broker/storage/log_loading.h"
#include "core/metadata/topic_configs.h"

namespace highwater::engine {

namespace {

StartError start_error(StartError::Kind kind, std::string message) {
    return {.kind = kind, .message = std::move(message)};
}

StartError start_error(const storage::IoError& error) {
    if (error.held_by) return start_error(StartError::Kind::directory_in_use, error.text());
    if (error.error_number == EPERM && !error.detail.empty()) {
        return start_error(StartError::Kind::wrong_directory, error.text());
    }
    return start_error(StartError::Kind::storage, error.text());
}

}  // namespace

Result<std::unique_ptr<Node>, StartError> Node::start(EngineConfig config, storage::FileSystem& files, Outbox& outbox,
                                                      RandomSeed seed, Moment now) {
    if (config.log_dirs.empty()) {
        return refuse(start_error(StartError::Kind::configuration, "log.dirs names no directory"));
    }
    if (config.node_id.value() < 0) {
        return refuse(start_error(StartError::Kind::configuration, "node.id is negative"));
    }
    std::unique_ptr<Node> node(new Node(std::move(config), files, outbox, seed));
    node->latest_ = now;
    node->make_broker_config_keys();
    node->group_config_keys_ = group_configs(node->config_.group_bounds);
    if (auto done = node->open_directories(now); !done) return refuse(done.error());
    if (auto done = node->open_metadata(now); !done) return refuse(done.error());
    if (auto done = node->register_broker(now); !done) return refuse(done.error());
    if (auto done = node->open_partitions(now); !done) return refuse(done.error());
    node->start_tasks(now);
    // What was decided before goes on at once.
    if (!node->markers_to_send_.empty()) node->verification_wake_wanted(now.time);
    return node;
}

void Node::make_broker_config_keys() {
    for (const ConfigKey& key : topic_configs()) {
        for (std::size_t i = 0; i < key.synonyms.size(); ++i) {
            ConfigKey broker_key = key;
            broker_key.name = key.synonyms[i].name;
            broker_key.read_only = i > 0;  // units other than the canonical one are for the file
            broker_config_keys_.push_back(broker_key);
        }
    }
    for (const BrokerKey& key : config_.other_keys) {
        broker_config_keys_.push_back({.name = key.name,
                                       .type = key.type,
                                       .default_value = key.default_value,
                                       .documentation = key.documentation,
                                       .read_only = true,
                                       .sensitive = key.sensitive});
    }
    std::ranges::sort(broker_config_keys_, {}, &ConfigKey::name);
    const auto twice = std::ranges::unique(broker_config_keys_, {}, &ConfigKey::name);
    broker_config_keys_.erase(twice.begin(), twice.end());
}

// The cluster id is the configured one, or what a directory says, or a new one: so directories that say something come
// first, and empty ones are given what the others agree on.
Result<void, StartError> Node::open_directories(Moment now) {
    std::string cluster_id = config_.cluster_id;
    directories_.resize(config_.log_dirs.size());
    std::vector<std::size_t> empty;
    const auto open = [&](std::size_t i) {
        return storage::LogDirectory::open(
            *files_, config_.log_dirs[i],
            {.node_id = config_.node_id, .cluster_id = cluster_id, .new_directory_id = random_.uuid()}, now.wall);
    };
    for (std::size_t i = 0; i < config_.log_dirs.size(); ++i) {
        auto opened = open(i);
        if (!opened && opened.error().error_number == EINVAL && cluster_id.empty()) {
            empty.push_back(i);
            continue;
        }
        if (!opened) return refuse(start_error(opened.error()));
        directories_[i] = *std::move(opened);
        if (directories_[i]->meta().cluster_id) cluster_id = *directories_[i]->meta().cluster_id;
    }
    if (cluster_id.empty()) cluster_id = to_text(random_.uuid());
    for (const std::size_t i : empty) {
        auto opened = open(i);
        if (!opened) return refuse(start_error(opened.error()));
        directories_[i] = *std::move(opened);
    }
    config_.cluster_id = cluster_id;
    return {};
}

Result<void, StartError> Node::open_metadata(Moment now) {
    auto opened = ClusterMetadata::open(*files_, *directories_.front(), config_.node_id, now);
    if (!opened) {
        return refuse(
            start_error(opened.error().is_damage() ? StartError::Kind::corrupt_metadata : StartError::Kind::storage,
                        opened.error().text()));
    }
    metadata_ = *std::move(opened);
    return {};
}

Result<void, StartError> Node::register_broker(Moment now) {
    const bool is_new = metadata_->image().features().empty();
    if (is_new) {
        for (const auto& directory : directories_) {
            const auto found = directory->partitions();
            if (!found) return refuse(start_error(found.error()));
            for (const storage::PartitionDirectory& partition : *found) {
                if (partition.topic_partition == MetadataLog::name()) continue;
                return refuse(start_error(StartError::Kind::wrong_directory,
                                          fmt::format("{} holds records, but {} has no metadata that names its topic",
                                                      partition.path, directories_.front()->path())));
            }
        }
    }
    MetadataRecords records;
    if (is_new) {
        records.push_back(FeatureLevelRecord{.name = ClusterMetadata::kMetadataVersionFeature,
                                             .feature_level = ClusterMetadata::kMetadataVersion});
    }
    // Of an older release: there is nothing that would have to be changed for it.
    if (!metadata_->image().features().contains(ClusterMetadata::kGroupVersionFeature)) {
        records.push_back(FeatureLevelRecord{.name = ClusterMetadata::kGroupVersionFeature,
                                             .feature_level = ClusterMetadata::kGroupVersion});
    }
    if (!metadata_->image().features().contains(ClusterMetadata::kTransactionVersionFeature)) {
        records.push_back(FeatureLevelRecord{.name = ClusterMetadata::kTransactionVersionFeature,
                                             .feature_level = ClusterMetadata::kTransactionVersion});
    }
    RegisterBrokerRecord registration{
        .broker_id = config_.node_id,
        .incarnation_id = random_.uuid(),
        .broker_epoch = BrokerEpoch{metadata_->log().end_offset().value() + static_cast<std::int64_t>(records.size())},
        .end_points = {},
        .features = {{.name = ClusterMetadata::kMetadataVersionFeature,
                      .min_supported_version = ClusterMetadata::kOldestMetadataVersion,
                      .max_supported_version = ClusterMetadata::kMetadataVersion},
                     {.name = ClusterMetadata::kGroupVersionFeature,
                      .min_supported_version = 0,
                      .max_supported_version = ClusterMetadata::kGroupVersion},
                     {.name = ClusterMetadata::kTransactionVersionFeature,
                      .min_supported_version = 0,
                      .max_supported_version = ClusterMetadata::kTransactionVersion}},
        .rack = std::nullopt,
        .fenced = false,
        .in_controlled_shutdown = false,
        .log_dirs = {}};
    if (!config_.rack.empty()) registration.rack = config_.rack;
    for (const AdvertisedListener& listener : config_.advertised_listeners) {
        registration.end_points.push_back({.name = listener.name,
                                           .host = listener.host,
                                           .port = listener.port,
                                           .security_protocol = listener.security_protocol});
    }
    for (const auto& directory : directories_) {
        registration.log_dirs.push_back(directory->meta().directory_id.value_or(Uuid{}));
    }
    records.push_back(registration);
    // After a crash records that nobody was told of may be gone: a new leader epoch lets clients see that (KIP-320).
    const bool was_clean = std::ranges::all_of(directories_, [](const auto& each) { return each->was_clean(); });
    if (!was_clean) {
        for (const auto& [id, topic] : metadata_->image().topics()) {
            for (const auto& [partition, state] : topic.partitions) {
                PartitionChangeRecord change;
                change.partition_id = partition;
                change.topic_id = id;
                change.leader = LeaderChange{config_.node_id};
                records.push_back(change);
            }
        }
    }
    if (const auto done = metadata_->commit(records, now); !done) return refuse(start_error(done.error()));
    return {};
}

Result<void, StartError> Node::open_partitions(Moment now) {
    struct Found {
        storage::LogDirectory* directory;
        storage::PartitionDirectory partition;
    };
    std::map<std::pair<TopicId, PartitionId>, Found> found;
    for (const auto& directory : directories_) {
        auto partitions = directory->partitions();
        if (!partitions) return refuse(start_error(partitions.error()));
        for (storage::PartitionDirectory& partition : *partitions) {
            const auto& name = partition.topic_partition;
            if (name == MetadataLog::name()) continue;
            const TopicImage* topic = metadata_->image().topic(std::string_view(name.topic));
            // A crash may lose partition.metadata of a directory whose first record it lost too.
            const bool is_ours = topic != nullptr && topic->partitions.contains(name.partition) &&
                                 (!partition.topic_id || *partition.topic_id == topic->id);
            if (!is_ours) {
                if (auto gone = put_aside(*directory, partition); !gone) return refuse(start_error(gone.error()));
                continue;
            }
            if (!partition.topic_id) {
                auto named = directory->create_partition(name, topic->id);
                if (!named) return refuse(start_error(named.error()));
                partition = *std::move(named);
            }
            const std::pair key(topic->id, name.partition);
            if (!found.emplace(key, Found{directory.get(), partition}).second) {
                return refuse(start_error(StartError::Kind::storage,
                                          fmt::format("{}-{} is in two of the log.dirs", name.topic, name.partition)));
            }
        }
    }
    for (const auto& [resource, values] : metadata_->image().configs()) {
        if (resource.type == ConfigResourceType::group) configure_group(resource.name, now);
    }
    for (const auto& [name, id] : metadata_->image().topic_names()) {
        Topic& topic = topics_.add(id, name);
        configure(topic, now);
        const TopicImage* image = metadata_->image().topic(id);
        for (const auto& [partition, state] : image->partitions) {
            const auto on_disk = found.find({id, partition});
            const bool is_on_disk = on_disk != found.end();
            const auto added =
                add_partition(topic, is_on_disk ? *on_disk->second.directory : directory_for_new_partition(),
                              is_on_disk ? &on_disk->second.partition : nullptr, now);
            if (!added) return refuse(start_error(added.error()));
        }
    }
    return {};
}

// A directory of no topic that the metadata knows. If the metadata says that its topic was deleted, the crash came
// before the rename. Otherwise something is wrong that nobody here can judge: as Kafka does, the directory gets a name
// that is left alone.
storage::IoResult<void> Node::put_aside(storage::LogDirectory& directory,
                                        const storage::PartitionDirectory& partition) {
    if (partition.topic_id && metadata_->deleted_topics().contains(*partition.topic_id)) {
        const auto gone = directory.delete_partition(partition, random_.uuid());
        if (!gone) return refuse(gone.error());
        return {};
    }
    std::string hex;
    for (const std::uint8_t byte : random_.uuid().bytes) hex += fmt::format("{:02x}", byte);
    if (auto done = files_->rename(partition.path, fmt::format("{}.{}-stray", partition.path, hex)); !done) return done;
    return files_->sync_directory(directory.path());
}

/// The directory with the fewest partitions, as Kafka chooses; of equals the first.
storage::LogDirectory& Node::directory_for_new_partition() {
    if (directories_.size() == 1) return *directories_.front();
    std::vector<std::size_t> counts(directories_.size());
    for (const auto& [number, partition] : partitions_) {
        const auto at =
            std::ranges::find(directories_, &partition->directory(), [](const auto& each) { return each.get(); });
        ++counts[static_cast<std::size_t>(at - directories_.begin())];
    }
    std::size_t best = 0;
    for (std::size_t i = 1; i < counts.size(); ++i) {
        const bool is_better = counts[i] < counts[best] || is_offline(*directories_[best]);
        if (is_better && !is_offline(*directories_[i])) best = i;
    }
    return *directories_[best];
}

void Node::add_partitions(Topic& topic, Moment now) {
    const TopicImage* image = metadata_->image().topic(topic.id);
    while (topic.partitions.size() < image->partitions.size()) {
        const auto added = add_partition(topic, directory_for_new_partition(), nullptr, now);
        HIGHWATER_INVARIANT(added.has_value(), "a partition without files can't fail to open");
    }
}

storage::IoResult<void> Node::add_partition(Topic& topic, storage::LogDirectory& directory,
                                            const storage::PartitionDirectory* on_disk, Moment now) {
    Partition::Identity identity{
        .number = next_partition_number_++,
        .topic_id = topic.id,
        .name = {.topic = topic.name, .partition = PartitionId{static_cast<std::int32_t>(topic.partitions.size())}}};
    const ProducerLimits limits{.expiration = config_.producer_id_expiration};
    std::unique_ptr<storage::PartitionLog> files;
    ReplicaLog log(Offset{0}, limits);
    std::optional<Offset> high_watermark;
    if (on_disk != nullptr) {
        auto opened = directory.open_log(*on_disk, log_settings(topic.config, random_), now.wall);
        if (!opened) return refuse(opened.error());
        high_watermark = directory.high_watermark(identity.name);
        auto loaded = storage::load_replica_log(*opened->log, opened->state, high_watermark, limits, now.time);
        if (!loaded) return refuse(loaded.error());
        files = std::move(opened->log);
        log = *std::move(loaded);
    }
    Replica replica(config_.node_id, config_.flush_mode, std::move(log), high_watermark.value_or(Offset{0}),
                    topic.config.min_insync_replicas);
    PartitionHost& host = *this;  // make_unique has no access to the private base
    topic.partitions.push_back(
        std::make_unique<Partition>(std::move(identity), host, directory, std::move(files), std::move(replica)));
    Partition& partition = *topic.partitions.back();
    partitions_.emplace(partition.identity().number, &partition);
    partition.set_flush_limits(flush_limits(topic.config));
    lead(partition, now);
    return {};
}

void Node::lead(Partition& partition, Moment now) {
    const PartitionImage* image =
        metadata_->image().partition(partition.identity().topic_id, partition.identity().name.partition);
    HIGHWATER_INVARIANT(image != nullptr, "{} has no image", partition.identity().name.topic);
    BecomeLeader input{
        .leader_epoch = image->leader_epoch, .partition_epoch = image->partition_epoch, .replicas = {}, .isr = {}};
    for (const NodeId node : image->replicas) input.replicas.push_back(node);
    for (const NodeId node : image->isr) input.isr.push_back(node);
    partition.step(input, now);
    const TopicImage* topic = metadata_->image().topic(partition.identity().topic_id);
    const auto partitions = static_cast<std::int32_t>(topic->partitions.size());
    groups_.topic_changed(partition.identity().name.topic, {partition.identity().topic_id, partitions});
    if (partition.identity().name.topic == kGroupsTopic) groups_.elected(partition, partitions, now);
    if (partition.identity().name.topic == kTransactionsTopic) transactions_.elected(partition, partitions, now);
}

}  // namespace highwater::engine
