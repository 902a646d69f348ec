#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/engine/topic_config.h"
#include "core/base/ids.h"
#include "core/group/group_coordinator.h"
#include "core/metadata/group_configs.h"
#include "core/partition/flush_mode.h"
#include "core/transaction/transaction_coordinator.h"

namespace highwater::engine {

/// `advertised.listeners`: what Metadata tells a client that came in on the listener of that name.
struct AdvertisedListener {
    std::string name;
    std::string host;
    std::uint16_t port = 0;
    /// 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.
    std::int16_t security_protocol = 0;
};

/// A broker key that the operator wrote, as written, for DescribeConfigs.
struct StaticSetting {
    std::string name;
    std::string value;
    /// Its value never leaves the node.
    bool sensitive = false;
};

/// A broker key that is no default of a topic setting: known to DescribeConfigs, read-only over the protocol. The texts
/// are literals.
struct BrokerKey {
    std::string_view name;
    ConfigType type = ConfigType::string;
    std::string_view default_value;
    std::string_view documentation;
    bool sensitive = false;
};

/// What the engine needs to know. Initialisers are Kafka's defaults (4.3) unless the comment says otherwise.
struct EngineConfig {
    NodeId node_id{1};
    /// Empty: the one in meta.properties, or a new one for an empty directory.
    std::string cluster_id;
    std::string rack;
    std::vector<AdvertisedListener> advertised_listeners;
    /// `log.dirs`. The metadata log lives in the first.
    std::vector<std::string> log_dirs;

    /// `flush` (highwater's own key): fsync acknowledges what survives a power loss, replicated is Kafka's rule.
    FlushMode flush_mode = FlushMode::fsync;

    /// The broker's values of the topic settings (`log.*`, `message.max.bytes`, `min.insync.replicas` ...).
    TopicConfig topic_defaults;
    std::int32_t num_partitions = 1;
    std::int32_t default_replication_factor = 1;
    bool auto_create_topics_enable = true;
    bool delete_topic_enable = true;

    std::chrono::milliseconds log_retention_check_interval{300'000};
    /// `log.cleaner.enable`, `log.cleaner.backoff.ms`, `log.cleaner.dedupe.buffer.size` (bytes for the keys of one
    /// pass).
    bool log_cleaner_enable = true;
    std::chrono::milliseconds log_cleaner_backoff{15'000};
    std::int64_t log_cleaner_dedupe_buffer_size = 134'217'728;
    std::chrono::milliseconds log_flush_offset_checkpoint_interval{60'000};
    std::chrono::milliseconds log_flush_start_offset_checkpoint_interval{60'000};
    std::chrono::milliseconds replica_high_watermark_checkpoint_interval{5'000};
    std::chrono::milliseconds producer_id_expiration{86'400'000};

    /// `fetch.max.bytes`: cap of one fetch reply.
    std::int32_t fetch_max_bytes = 57'671'680;
    /// `max.incremental.fetch.session.cache.slots`.
    std::int32_t fetch_session_slots = 1000;
    /// `max.request.partition.size.limit`: partitions in one DescribeTopicPartitions reply.
    std::int32_t max_request_partition_size_limit = 2000;

    /// `group.*` and `offset*.*` that the coordinators go by.
    GroupConfig groups;
    /// What the settings of single groups may be (`group.consumer.min.*`, `group.consumer.max.*`).
    GroupConfigBounds group_bounds;
    /// How `__consumer_offsets` is made when the first client asks for a coordinator.
    struct GroupsTopic {
        std::int32_t partitions = 50;              ///< `offsets.topic.num.partitions`
        std::int32_t segment_bytes = 104'857'600;  ///< `offsets.topic.segment.bytes`
    };
    GroupsTopic groups_topic;
    std::chrono::milliseconds offsets_retention_check_interval{600'000};
    /// `transaction.max.timeout.ms` and `transactional.id.expiration.ms`.
    TransactionConfig transactions;
    /// How `__transaction_state` is made when the first client asks for a transaction coordinator.
    struct TransactionsTopic {
        std::int32_t partitions = 50;              ///< `transaction.state.log.num.partitions`
        std::int32_t segment_bytes = 104'857'600;  ///< `transaction.state.log.segment.bytes`
    };
    TransactionsTopic transactions_topic;
    /// `transaction.remove.expired.transaction.cleanup.interval.ms`.
    std::chrono::milliseconds transactional_id_check_interval{3'600'000};
    /// `transaction.partition.verification.enable`: of version 1; of version 2 there is always a coordinator asked.
    bool verifies_transactions = true;
    /// `group.coordinator.rebalance.protocols` names it.
    bool serves_consumer_protocol = true;

    // Limits that Kafka has no key for.

    /// Unanswered requests of one connection before reading from it pauses.
    std::int32_t max_requests_in_flight = 500;
    /// Fetches that may wait at the same time, all connections together. One more is answered at once with what there
    /// is: nothing is refused, and no long poll holds memory beyond this.
    std::int32_t max_parked_fetches = 20'000;
    /// A produce waits for its acknowledgement at most this long, whatever its timeout says.
    std::chrono::milliseconds max_produce_wait{600'000};
    /// Partitions of one topic, and of all topics together.
    std::int32_t max_partitions_per_topic = 10'000;
    std::int32_t max_partitions = 100'000;

    /// Every broker key the operator set (file or command line), for DescribeConfigs.
    std::vector<StaticSetting> static_settings;
    /// All keys of the node beside the defaults of topic settings, for DescribeConfigs.
    std::vector<BrokerKey> other_keys;
};

}  // namespace highwater::engine
