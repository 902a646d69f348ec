#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error_code.h"
#include "core/base/ids.h"
#include "core/metadata/config_def.h"
#include "core/metadata/image.h"
#include "core/metadata/records.h"

// The controller's decisions: from a request and the image to records and a reply. Nothing here changes anything; the
// caller writes the records and then applies them, and only that does (docs/design: coordinators, records are the
// truth). A reply may be sent once its records are durable.

namespace highwater {

/// What is refused, with a sentence for the client; error none: granted.
struct ControllerError {
    ErrorCode error = ErrorCode::none;
    std::string message;

    static constexpr void describe(auto&& field) {
        field("error", &ControllerError::error);
        field("message", &ControllerError::message);
    }
};

/// Records to write, in one batch, and the answer to each part of the request, in its order.
template <class Answer>
struct Decision {
    std::vector<MetadataRecord> records;
    std::vector<Answer> answers;
};

/// What the controller's node is configured to allow.
struct ControllerLimits {
    std::int32_t default_partitions = 1;          ///< `num.partitions`
    std::int16_t default_replication_factor = 1;  ///< `default.replication.factor`
    /// Most partitions that one request may make (Kafka: 10,000).
    std::int32_t max_partitions_per_request = 10'000;
    bool allow_topic_deletion = true;  ///< `delete.topic.enable`
};

/// A setting in a request; nullopt is the wire's null.
using RequestedConfig = std::pair<std::string, std::optional<std::string>>;

/// The replicas that a client wants for a partition, in assignment order.
struct RequestedAssignment {
    PartitionId partition;
    std::vector<NodeId> replicas;
};

struct TopicToCreate {
    std::string name;
    /// Drawn at random by the caller. Must be neither zero nor one of Kafka's reserved ids.
    TopicId id;
    /// -1: the default. Must be -1 when there are assignments; so must replication_factor.
    std::int32_t partition_count = -1;
    std::int16_t replication_factor = -1;
    std::vector<RequestedAssignment> assignments;
    std::vector<RequestedConfig> configs;
    /// Drawn at random by the caller: which broker gets the first partition.
    std::uint64_t placement = 0;
};

struct CreatedTopic {
    std::string name;
    ControllerError error;
    TopicId id;
    std::int32_t partition_count = -1;
    std::int16_t replication_factor = -1;
};

/// CreateTopics. Per topic: INVALID_TOPIC_EXCEPTION (bad name, or one that collides in '.' and '_'), INVALID_REQUEST
/// (a name twice, or counts besides assignments), TOPIC_ALREADY_EXISTS, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR,
/// INVALID_REPLICA_ASSIGNMENT, INVALID_CONFIG, POLICY_VIOLATION (too many partitions: nothing is created).
/// With `validate_only` there are answers but no records.
[[nodiscard]] Decision<CreatedTopic> create_topics(const MetadataImage& image, const std::vector<TopicToCreate>& topics,
                                                   bool validate_only, const ControllerLimits& limits);

/// Named by name or by id, not both.
struct TopicToDelete {
    std::optional<std::string> name;
    std::optional<TopicId> id;
};

struct DeletedTopic {
    std::optional<std::string> name;
    std::optional<TopicId> id;
    ControllerError error;
};

/// DeleteTopics. Per topic: UNKNOWN_TOPIC_OR_PARTITION (by name), UNKNOWN_TOPIC_ID (by id), INVALID_REQUEST (neither,
/// both, or the topic twice), TOPIC_DELETION_DISABLED.
[[nodiscard]] Decision<DeletedTopic> delete_topics(const MetadataImage& image, const std::vector<TopicToDelete>& topics,
                                                   const ControllerLimits& limits);

struct PartitionsToCreate {
    std::string topic;
    /// How many the topic is to have in all.
    std::int32_t count = 0;
    /// One per new partition in order of index, or none.
    std::vector<std::vector<NodeId>> assignments;
    std::uint64_t placement = 0;
};

struct CreatedPartitions {
    std::string topic;
    ControllerError error;
};

/// CreatePartitions. Per topic: UNKNOWN_TOPIC_OR_PARTITION, INVALID_PARTITIONS (not more than there are),
/// INVALID_REPLICA_ASSIGNMENT, INVALID_REQUEST (a topic twice), POLICY_VIOLATION.
[[nodiscard]] Decision<CreatedPartitions> create_partitions(const MetadataImage& image,
                                                            const std::vector<PartitionsToCreate>& topics,
                                                            bool validate_only, const ControllerLimits& limits);

/// The settings that may be altered, by kind of resource.
struct AlterableConfigs {
    ConfigKeys topic;
    ConfigKeys broker;
    ConfigKeys group = {};
};

/// What IncrementalAlterConfigs does to a setting; the numbers are the wire's.
enum class ConfigOperation : std::int8_t { set = 0, remove = 1, append = 2, subtract = 3 };

struct ConfigChange {
    std::string name;
    ConfigOperation operation = ConfigOperation::set;
    std::optional<std::string> value;
};

struct ResourceChanges {
    ConfigResource resource;
    std::vector<ConfigChange> changes;
};

struct AlteredResource {
    ConfigResource resource;
    ControllerError error;
};

/// IncrementalAlterConfigs (KIP-339): all changes of a resource or none. Per resource: INVALID_REQUEST (kind of
/// resource, a setting or resource twice, no value where one is needed, a read-only setting, an unknown operation),
/// INVALID_CONFIG (unknown setting, bad value, append or subtract of what is no list), UNKNOWN_TOPIC_OR_PARTITION.
[[nodiscard]] Decision<AlteredResource> incremental_alter_configs(const MetadataImage& image,
                                                                  const std::vector<ResourceChanges>& resources,
                                                                  bool validate_only,
                                                                  const AlterableConfigs& alterable);

struct ResourceConfigs {
    ConfigResource resource;
    std::vector<RequestedConfig> configs;
};

/// AlterConfigs, the old one: the resource has these settings and no other. Errors as above.
[[nodiscard]] Decision<AlteredResource> alter_configs(const MetadataImage& image,
                                                      const std::vector<ResourceConfigs>& resources, bool validate_only,
                                                      const AlterableConfigs& alterable);

/// Producer ids come in blocks of this many (KIP-730).
inline constexpr std::int64_t kProducerIdBlockSize = 1000;

/// [first, first + count)
struct ProducerIdBlock {
    ErrorCode error = ErrorCode::none;
    ProducerId first;
    std::int64_t count = 0;

    static constexpr void describe(auto&& field) {
        field("error", &ProducerIdBlock::error);
        field("first", &ProducerIdBlock::first);
        field("count", &ProducerIdBlock::count);
    }
};

/// AllocateProducerIds: the next block, for that broker. BROKER_ID_NOT_REGISTERED, STALE_BROKER_EPOCH, and
/// UNKNOWN_SERVER_ERROR when all 2^63 are given away. Always one answer.
[[nodiscard]] Decision<ProducerIdBlock> allocate_producer_ids(const MetadataImage& image, NodeId broker,
                                                              BrokerEpoch broker_epoch);

}  // namespace highwater
