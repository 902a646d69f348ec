#include "core/metadata/topic_configs.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace highwater {
namespace {

constexpr std::int64_t kMaxInt32 = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMaxInt64 = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMsPerMinute = 60'000;
constexpr std::int64_t kMsPerHour = 3'600'000;

constexpr std::array<std::string_view, 2> kCleanupPolicies{"compact", "delete"};
constexpr std::array<std::string_view, 6> kCompressionTypes{"uncompressed", "zstd", "lz4",
                                                            "snappy",       "gzip", "producer"};
constexpr std::array<std::string_view, 2> kTimestampTypes{"CreateTime", "LogAppendTime"};

constexpr std::array<ConfigSynonym, 1> one(std::string_view name) {
    return {{{name, 1}}};
}

constexpr auto kCleanupPolicy = one("log.cleanup.policy");
constexpr auto kGzipLevel = one("compression.gzip.level");
constexpr auto kLz4Level = one("compression.lz4.level");
constexpr auto kZstdLevel = one("compression.zstd.level");
constexpr auto kCompressionType = one("compression.type");
constexpr auto kDeleteRetention = one("log.cleaner.delete.retention.ms");
constexpr auto kFileDeleteDelay = one("log.segment.delete.delay.ms");
constexpr auto kFlushMessages = one("log.flush.interval.messages");
constexpr std::array<ConfigSynonym, 2> kFlushMs{{{"log.flush.interval.ms", 1}, {"log.flush.scheduler.interval.ms", 1}}};
constexpr auto kIndexInterval = one("log.index.interval.bytes");
constexpr auto kLocalRetentionBytes = one("log.local.retention.bytes");
constexpr auto kLocalRetentionMs = one("log.local.retention.ms");
constexpr auto kMaxCompactionLag = one("log.cleaner.max.compaction.lag.ms");
constexpr auto kMaxMessageBytes = one("message.max.bytes");
constexpr auto kTimestampAfter = one("log.message.timestamp.after.max.ms");
constexpr auto kTimestampBefore = one("log.message.timestamp.before.max.ms");
constexpr auto kTimestampType = one("log.message.timestamp.type");
constexpr auto kDirtyRatio = one("log.cleaner.min.cleanable.ratio");
constexpr auto kMinCompactionLag = one("log.cleaner.min.compaction.lag.ms");
constexpr auto kMinInsync = one("min.insync.replicas");
constexpr auto kPreallocate = one("log.preallocate");
constexpr auto kRetentionBytes = one("log.retention.bytes");
constexpr std::array<ConfigSynonym, 3> kRetentionMs{
    {{"log.retention.ms", 1}, {"log.retention.minutes", kMsPerMinute}, {"log.retention.hours", kMsPerHour}}};
constexpr auto kSegmentBytes = one("log.segment.bytes");
constexpr auto kSegmentIndexBytes = one("log.index.size.max.bytes");
constexpr std::array<ConfigSynonym, 2> kSegmentJitter{
    {{"log.roll.jitter.ms", 1}, {"log.roll.jitter.hours", kMsPerHour}}};
constexpr std::array<ConfigSynonym, 2> kSegmentMs{{{"log.roll.ms", 1}, {"log.roll.hours", kMsPerHour}}};
constexpr auto kUnclean = one("unclean.leader.election.enable");

constexpr ConfigKey number(std::string_view name, ConfigType type, std::string_view value, std::int64_t minimum,
                           std::int64_t maximum, std::span<const ConfigSynonym> synonyms, std::string_view text) {
    return {.name = name,
            .type = type,
            .default_value = value,
            .rule = ConfigRule::range,
            .minimum = minimum,
            .maximum = maximum,
            .synonyms = synonyms,
            .documentation = text};
}
constexpr ConfigKey int32(std::string_view name, std::string_view value, std::int64_t minimum,
                          std::span<const ConfigSynonym> synonyms, std::string_view text,
                          std::int64_t maximum = kMaxInt32) {
    return number(name, ConfigType::int32, value, minimum, maximum, synonyms, text);
}
constexpr ConfigKey int64(std::string_view name, std::string_view value, std::int64_t minimum,
                          std::span<const ConfigSynonym> synonyms, std::string_view text) {
    return number(name, ConfigType::int64, value, minimum, kMaxInt64, synonyms, text);
}
constexpr ConfigKey boolean(std::string_view name, std::span<const ConfigSynonym> synonyms, std::string_view text) {
    return {.name = name,
            .type = ConfigType::boolean,
            .default_value = "false",
            .synonyms = synonyms,
            .documentation = text};
}
constexpr ConfigKey choice(std::string_view name, ConfigType type, std::string_view value, ConfigRule rule,
                           std::span<const std::string_view> allowed, std::span<const ConfigSynonym> synonyms,
                           std::string_view text) {
    return {.name = name,
            .type = type,
            .default_value = value,
            .rule = rule,
            .allowed = allowed,
            .synonyms = synonyms,
            .documentation = text};
}
constexpr ConfigKey throttled(std::string_view name, std::string_view text) {
    return {.name = name,
            .type = ConfigType::list,
            .default_value = "",
            .rule = ConfigRule::throttled_replicas,
            .documentation = text};
}

// In order of name: find_config() relies on it.
constexpr ConfigKey kTopicConfigs[] = {
    choice("cleanup.policy", ConfigType::list, "delete", ConfigRule::list_of, kCleanupPolicies, kCleanupPolicy,
           "What happens to old records: delete whole segments, compact by key, both, or (empty) keep all."),
    {.name = "compression.gzip.level",
     .type = ConfigType::int32,
     .default_value = "-1",
     .rule = ConfigRule::range_or_minus_one,
     .minimum = 1,
     .maximum = 9,
     .synonyms = kGzipLevel,
     .documentation = "Level when the broker compresses with gzip; -1 is the library's default."},
    int32("compression.lz4.level", "9", 1, kLz4Level, "Level when the broker compresses with lz4.", 17),
    choice("compression.type", ConfigType::string, "producer", ConfigRule::one_of, kCompressionTypes, kCompressionType,
           "Codec of the topic's batches; producer keeps what the producer chose."),
    int32("compression.zstd.level", "3", -131'072, kZstdLevel, "Level when the broker compresses with zstd.", 22),
    int64("delete.retention.ms", "86400000", 0, kDeleteRetention,
          "How long a compacted topic keeps the tombstones of deleted keys."),
    int64("file.delete.delay.ms", "60000", 0, kFileDeleteDelay,
          "How long the files of a deleted segment stay before they are removed."),
    int64("flush.messages", "9223372036854775807", 1, kFlushMessages, "Records after which the log is synced."),
    int64("flush.ms", "9223372036854775807", 0, kFlushMs, "Longest time after which the log is synced."),
    throttled("follower.replication.throttled.replicas",
              "Replicas whose fetching is throttled: partition:broker,... or *."),
    int32("index.interval.bytes", "4096", 0, kIndexInterval, "Log bytes between two entries of the offset index."),
    throttled("leader.replication.throttled.replicas",
              "Replicas whose serving of followers is throttled: partition:broker,... or *."),
    int64("local.retention.bytes", "-2", -2, kLocalRetentionBytes,
          "With tiered storage, the bytes kept locally; -2: as retention.bytes."),
    int64("local.retention.ms", "-2", -2, kLocalRetentionMs,
          "With tiered storage, the time records are kept locally; -2: as retention.ms."),
    int64("max.compaction.lag.ms", "9223372036854775807", 1, kMaxCompactionLag,
          "Longest time a record stays out of reach of compaction."),
    int32("max.message.bytes", "1048588", 0, kMaxMessageBytes, "Largest record batch, in bytes, header included."),
    int64("message.timestamp.after.max.ms", "3600000", 0, kTimestampAfter,
          "How far a record's time may be ahead of the broker's clock (CreateTime)."),
    int64("message.timestamp.before.max.ms", "9223372036854775807", 0, kTimestampBefore,
          "How far a record's time may be behind the broker's clock (CreateTime)."),
    choice("message.timestamp.type", ConfigType::string, "CreateTime", ConfigRule::one_of, kTimestampTypes,
           kTimestampType, "Whose time a record carries: the producer's, or the broker's at the append."),
    number("min.cleanable.dirty.ratio", ConfigType::float64, "0.5", 0, 1, kDirtyRatio,
           "Part of the log that has to be uncompacted before it is compacted."),
    int64("min.compaction.lag.ms", "0", 0, kMinCompactionLag,
          "Shortest time a record stays out of reach of compaction."),
    int32("min.insync.replicas", "1", 1, kMinInsync, "In-sync replicas that acks=all needs."),
    boolean("preallocate", kPreallocate, "Whether segment files are made at full size."),
    boolean("remote.log.copy.disable", {}, "With tiered storage, whether nothing more is copied to it."),
    boolean("remote.log.delete.on.disable", {},
            "Whether the tiered part is deleted when tiered storage is switched off."),
    boolean("remote.storage.enable", {}, "Whether the topic uses tiered storage."),
    int64("retention.bytes", "-1", -1, kRetentionBytes, "Bytes per partition before old segments go; -1: unlimited."),
    int64("retention.ms", "604800000", -1, kRetentionMs, "Time before old segments go; -1: for ever."),
    int32("segment.bytes", "1073741824", 1'048'576, kSegmentBytes, "Size of a segment file."),
    int32("segment.index.bytes", "10485760", 4, kSegmentIndexBytes, "Size of a segment's offset index."),
    int64("segment.jitter.ms", "0", 0, kSegmentJitter, "Random part that is taken off segment.ms."),
    int64("segment.ms", "604800000", 1, kSegmentMs, "Time after which a segment is closed even if it is not full."),
    boolean("unclean.leader.election.enable", kUnclean,
            "Whether a replica that is not in sync may lead as a last resort, losing records."),
};

static_assert(std::ranges::is_sorted(kTopicConfigs, {}, &ConfigKey::name));

std::int64_t value_of(const ConfigValues& values, std::string_view name) {
    const auto found = values.find(name);
    const std::string_view text =
        found == values.end() ? find_config(kTopicConfigs, name)->default_value : std::string_view{found->second};
    return whole_number(text).value_or(0);
}

}  // namespace

ConfigKeys topic_configs() {
    return kTopicConfigs;
}

Result<void, std::string> check_topic_configs(const ConfigValues& values) {
    const std::int64_t min_lag = value_of(values, "min.compaction.lag.ms");
    const std::int64_t max_lag = value_of(values, "max.compaction.lag.ms");
    if (min_lag > max_lag) {
        return refuse(fmt::format(
            "conflict topic config setting min.compaction.lag.ms ({}) > max.compaction.lag.ms ({})", min_lag, max_lag));
    }
    return {};
}

}  // namespace highwater
