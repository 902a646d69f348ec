#include "broker/engine/topic_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace highwater::engine {

namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();
constexpr double kAny = std::numeric_limits<double>::infinity();

using C = TopicConfig;
using T = ConfigType;

constexpr std::string_view kCodecs = "uncompressed,zstd,lz4,snappy,gzip,producer";

// Limits and types: Kafka 4.3, LogConfig.
constexpr std::array<TopicSetting, 33> kSettings{{
    {"cleanup.policy", "log.cleanup.policy", T::list, &C::cleanup_policy, kNone, kAny, "delete,compact",
     "What happens to old data: delete removes whole segments by age and size, compact keeps the last record of each "
     "key. Both may be given; none keeps everything."},
    {"compression.gzip.level", "compression.gzip.level", T::int32, &C::compression_gzip_level, -1, 9, "",
     "Level used when the broker compresses with gzip; -1 is the library's default."},
    {"compression.lz4.level", "compression.lz4.level", T::int32, &C::compression_lz4_level, 1, 17, "",
     "Level used when the broker compresses with lz4."},
    {"compression.type", "compression.type", T::string, &C::compression_type, kNone, kAny, kCodecs,
     "Codec of the stored batches; producer keeps what the client chose."},
    {"compression.zstd.level", "compression.zstd.level", T::int32, &C::compression_zstd_level, -131072, 22, "",
     "Level used when the broker compresses with zstd."},
    {"delete.retention.ms", "log.cleaner.delete.retention.ms", T::int64, &C::delete_retention_ms, 0, kAny, "",
     "How long a compacted topic keeps the marker of a deleted key, in milliseconds."},
    {"file.delete.delay.ms", "log.segment.delete.delay.ms", T::int64, &C::file_delete_delay_ms, 0, kAny, "",
     "Time between renaming a file for deletion and removing it, in milliseconds."},
    {"flush.messages", "log.flush.interval.messages", T::int64, &C::flush_messages, 1, kAny, "",
     "Records after which the log is flushed in the replicated flush mode."},
    {"flush.ms", "log.flush.interval.ms", T::int64, &C::flush_ms, 0, kAny, "",
     "Milliseconds after which the log is flushed in the replicated flush mode."},
    {"follower.replication.throttled.replicas", "", T::list, &C::follower_replication_throttled_replicas, kNone, kAny,
     "", "Replicas whose replication is throttled on the follower's side, as partition:broker or *."},
    {"index.interval.bytes", "log.index.interval.bytes", T::int32, &C::index_interval_bytes, 0, kAny, "",
     "Log bytes between two entries of the offset index."},
    {"leader.replication.throttled.replicas", "", T::list, &C::leader_replication_throttled_replicas, kNone, kAny, "",
     "Replicas whose replication is throttled on the leader's side, as partition:broker or *."},
    {"local.retention.bytes", "log.local.retention.bytes", T::int64, &C::local_retention_bytes, -2, kAny, "",
     "Local bytes kept of a tiered partition; -2 means retention.bytes."},
    {"local.retention.ms", "log.local.retention.ms", T::int64, &C::local_retention_ms, -2, kAny, "",
     "Local milliseconds kept of a tiered partition; -2 means retention.ms."},
    {"max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms", T::int64, &C::max_compaction_lag_ms, 1, kAny, "",
     "Longest time a record stays out of compaction, in milliseconds."},
    {"max.message.bytes", "message.max.bytes", T::int32, &C::max_message_bytes, 0, kAny, "",
     "Largest record batch that is accepted, after compression, in bytes."},
    {"message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms", T::int64,
     &C::message_timestamp_after_max_ms, 0, kAny, "",
     "How far a record's timestamp may lie after the broker's clock, in milliseconds."},
    {"message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms", T::int64,
     &C::message_timestamp_before_max_ms, 0, kAny, "",
     "How far a record's timestamp may lie before the broker's clock, in milliseconds."},
    {"message.timestamp.type", "log.message.timestamp.type", T::string, &C::message_timestamp_type, kNone, kAny,
     "CreateTime,LogAppendTime", "Whether a record carries the producer's time or the time of the append."},
    {"min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio", T::float64, &C::min_cleanable_dirty_ratio, 0, 1,
     "", "Share of the log that must be uncompacted before compaction starts."},
    {"min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms", T::int64, &C::min_compaction_lag_ms, 0, kAny, "",
     "Shortest time a record stays out of compaction, in milliseconds."},
    {"min.insync.replicas", "min.insync.replicas", T::int32, &C::min_insync_replicas, 1, kAny, "",
     "In-sync replicas that a write with acks=all needs."},
    {"preallocate", "log.preallocate", T::boolean, &C::preallocate, kNone, kAny, "",
     "Whether a new segment file takes its full size at once."},
    {"remote.log.copy.disable", "", T::boolean, &C::remote_log_copy_disable, kNone, kAny, "",
     "Whether a tiered topic stops copying to remote storage."},
    {"remote.log.delete.on.disable", "", T::boolean, &C::remote_log_delete_on_disable, kNone, kAny, "",
     "Whether disabling tiered storage deletes the remote data."},
    {"remote.storage.enable", "", T::boolean, &C::remote_storage_enable, kNone, kAny, "",
     "Whether the topic uses tiered storage."},
    {"retention.bytes", "log.retention.bytes", T::int64, &C::retention_bytes, -1, kAny, "",
     "Bytes of a partition above which its oldest segments go; -1 is no limit."},
    {"retention.ms", "log.retention.ms", T::int64, &C::retention_ms, -1, kAny, "",
     "Age in milliseconds above which a segment goes; -1 is no limit."},
    {"segment.bytes", "log.segment.bytes", T::int32, &C::segment_bytes, 1024 * 1024, kAny, "",
     "Size of a segment file, in bytes."},
    {"segment.index.bytes", "log.index.size.max.bytes", T::int32, &C::segment_index_bytes, 4, kAny, "",
     "Largest size of an offset or time index, in bytes."},
    {"segment.jitter.ms", "log.roll.jitter.ms", T::int64, &C::segment_jitter_ms, 0, kAny, "",
     "Largest random time taken off segment.ms, in milliseconds."},
    {"segment.ms", "log.roll.ms", T::int64, &C::segment_ms, 1, kAny, "",
     "Age in milliseconds after which a segment is closed although it is not full."},
    {"unclean.leader.election.enable", "unclean.leader.election.enable", T::boolean, &C::unclean_leader_election_enable,
     kNone, kAny, "", "Whether a replica outside the in-sync set may become leader, losing data."},
}};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_allowed(std::string_view allowed, std::string_view value) {
    while (!allowed.empty()) {
        const auto comma = allowed.find(',');
        if (allowed.substr(0, comma) == value) return true;
        if (comma == std::string_view::npos) return false;
        allowed.remove_prefix(comma + 1);
    }
    return false;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// The value as it may be shown in a message: long ones are cut.
std::string_view shown(std::string_view value) {
    return value.substr(0, 100);
}

std::string invalid(const TopicSetting& setting, std::string_view value, std::string_view why) {
    return fmt::format("Invalid value {} for configuration {}: {}", shown(value), setting.name, why);
}

template <class Number>
Result<void, std::string> set_number(Number& member, const TopicSetting& setting, std::string_view text) {
    const std::optional<Number> number = parse_number<Number>(text);
    if (!number) {
        return refuse(invalid(setting, text, fmt::format("Not a number of type {}", kafka_name(setting.type))));
    }
    if constexpr (std::is_floating_point_v<Number>) {
        if (std::isnan(*number)) return refuse(invalid(setting, text, "Not a number"));
    }
    if (static_cast<double>(*number) < setting.minimum) {
        return refuse(invalid(setting, text, fmt::format("Value must be at least {}", setting.minimum)));
    }
    if (static_cast<double>(*number) > setting.maximum) {
        return refuse(invalid(setting, text, fmt::format("Value must be no more than {}", setting.maximum)));
    }
    member = *number;
    return {};
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

Result<void, std::string> set_member(bool& member, const TopicSetting& setting, std::string_view text) {
    if (equal_ignoring_case(text, "true")) {
        member = true;
    } else if (equal_ignoring_case(text, "false")) {
        member = false;
    } else {
        return refuse(invalid(setting, text, "Expected value to be either true or false"));
    }
    return {};
}
Result<void, std::string> set_member(std::int32_t& member, const TopicSetting& setting, std::string_view text) {
    return set_number(member, setting, text);
}
Result<void, std::string> set_member(std::int64_t& member, const TopicSetting& setting, std::string_view text) {
    return set_number(member, setting, text);
}
Result<void, std::string> set_member(double& member, const TopicSetting& setting, std::string_view text) {
    return set_number(member, setting, text);
}
Result<void, std::string> set_member(std::string& member, const TopicSetting& setting, std::string_view text) {
    if (text.size() > kMaxConfigValueBytes) return refuse(invalid(setting, text, "Value is too long"));
    if (setting.type != ConfigType::list) {
        if (!setting.allowed.empty() && !is_allowed(setting.allowed, text)) {
            return refuse(invalid(setting, text, fmt::format("String must be one of: {}", setting.allowed)));
        }
        member = text;
        return {};
    }
    std::string joined;
    for (std::string_view rest = text; !rest.empty();) {
        const auto comma = rest.find(',');
        const std::string_view item = trimmed(rest.substr(0, comma));
        if (!setting.allowed.empty() && !is_allowed(setting.allowed, item)) {
            return refuse(invalid(setting, text, fmt::format("String must be one of: {}", setting.allowed)));
        }
        if (!joined.empty()) joined += ',';
        joined += item;
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    member = std::move(joined);
    return {};
}

}  // namespace

std::span<const TopicSetting> topic_settings() {
    return kSettings;
}

const TopicSetting* find_topic_setting(std::string_view topic_key) {
    const auto found = std::ranges::lower_bound(kSettings, topic_key, {}, &TopicSetting::name);
    return found != kSettings.end() && found->name == topic_key ? &*found : nullptr;
}

const TopicSetting* find_topic_setting_of_broker(std::string_view broker_key) {
    if (broker_key.empty()) return nullptr;
    const auto found = std::ranges::find(kSettings, broker_key, &TopicSetting::broker_name);
    return found != kSettings.end() ? &*found : nullptr;
}

Result<void, std::string> set_value(TopicConfig& config, const TopicSetting& setting, std::string_view value) {
    return std::visit([&](auto member) { return set_member(config.*member, setting, trimmed(value)); }, setting.member);
}

std::string text_of(const TopicConfig& config, const TopicSetting& setting) {
    return std::visit([&](auto member) { return fmt::format("{}", config.*member); }, setting.member);
}

}  // namespace highwater::engine
