#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.h"
#include "core/metadata/config_def.h"

namespace highwater::engine {

/// The effective settings of a topic (Kafka's topic configs, facts of 4.3). The initialisers are Kafka's defaults. The
/// broker's own values (`log.*`) are one of these in EngineConfig; a topic's overrides are applied over a copy.
struct TopicConfig {
    static constexpr std::int64_t kForever = -1;
    static constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

    std::string cleanup_policy = "delete";      ///< delete, compact, "compact,delete" in any order, or empty
    std::string compression_type = "producer";  ///< producer, uncompressed, gzip, snappy, lz4, zstd
    std::int32_t compression_gzip_level = -1;
    std::int32_t compression_lz4_level = 9;
    std::int32_t compression_zstd_level = 3;
    std::int64_t delete_retention_ms = 86'400'000;
    std::int64_t file_delete_delay_ms = 60'000;
    std::int64_t flush_messages = kMax;
    std::int64_t flush_ms = kMax;
    std::string follower_replication_throttled_replicas;
    std::int32_t index_interval_bytes = 4096;
    std::string leader_replication_throttled_replicas;
    std::int64_t local_retention_bytes = -2;
    std::int64_t local_retention_ms = -2;
    std::int64_t max_compaction_lag_ms = kMax;
    std::int32_t max_message_bytes = 1'048'588;  ///< largest record batch, header included
    std::int64_t message_timestamp_after_max_ms = 3'600'000;
    std::int64_t message_timestamp_before_max_ms = kMax;
    std::string message_timestamp_type = "CreateTime";
    double min_cleanable_dirty_ratio = 0.5;
    std::int64_t min_compaction_lag_ms = 0;
    std::int32_t min_insync_replicas = 1;
    bool preallocate = false;
    bool remote_log_copy_disable = false;
    bool remote_log_delete_on_disable = false;
    bool remote_storage_enable = false;
    std::int64_t retention_bytes = kForever;  ///< per partition; -1: unlimited
    std::int64_t retention_ms = 604'800'000;  ///< -1: forever
    std::int32_t segment_bytes = 1'073'741'824;
    std::int32_t segment_index_bytes = 10'485'760;
    std::int64_t segment_jitter_ms = 0;
    std::int64_t segment_ms = 604'800'000;
    bool unclean_leader_election_enable = false;

    /// Whether `cleanup.policy` names it.
    [[nodiscard]] bool has_policy(std::string_view policy) const {
        return cleanup_policy.find(policy) != std::string::npos;
    }

    friend bool operator==(const TopicConfig&, const TopicConfig&) = default;
};

/// One topic setting: what is known of it (core/metadata), and its place in TopicConfig.
struct TopicSetting {
    using Member = std::variant<bool TopicConfig::*, std::int32_t TopicConfig::*, std::int64_t TopicConfig::*,
                                double TopicConfig::*, std::string TopicConfig::*>;
    std::string_view name;
    Member member;
    const ConfigKey* key = nullptr;

    /// The broker's key for the default ("log.retention.ms" for "retention.ms"); empty where there is none.
    [[nodiscard]] std::string_view broker_name() const {
        return key->synonyms.empty() ? std::string_view{} : key->synonyms.front().name;
    }
};

/// All topic settings, by name.
std::span<const TopicSetting> topic_settings();
/// nullptr: no topic setting has that name.
const TopicSetting* find_topic_setting(std::string_view topic_key);
/// The setting whose broker default the key sets, e.g. "log.segment.bytes". Keys that convert units
/// ("log.retention.hours") are the configuration reader's business. nullptr: none.
const TopicSetting* find_topic_setting_of_broker(std::string_view broker_key);

/// Parses and checks `value` and puts it into `config`; the error is a sentence for the client or the operator.
Result<void, std::string> set_value(TopicConfig& config, const TopicSetting& setting, std::string_view value);
/// The value in Kafka's text form.
std::string text_of(const TopicConfig& config, const TopicSetting& setting);

}  // namespace highwater::engine
