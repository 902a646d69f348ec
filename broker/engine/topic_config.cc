#include "broker/engine/topic_config.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "core/base/invariant.h"
#include "core/metadata/topic_configs.h"

namespace highwater::engine {

namespace {

using C = TopicConfig;

// In order of name, as topic_configs().
constexpr std::array<TopicSetting, 33> kMembers{{
    {"cleanup.policy", &C::cleanup_policy},
    {"compression.gzip.level", &C::compression_gzip_level},
    {"compression.lz4.level", &C::compression_lz4_level},
    {"compression.type", &C::compression_type},
    {"compression.zstd.level", &C::compression_zstd_level},
    {"delete.retention.ms", &C::delete_retention_ms},
    {"file.delete.delay.ms", &C::file_delete_delay_ms},
    {"flush.messages", &C::flush_messages},
    {"flush.ms", &C::flush_ms},
    {"follower.replication.throttled.replicas", &C::follower_replication_throttled_replicas},
    {"index.interval.bytes", &C::index_interval_bytes},
    {"leader.replication.throttled.replicas", &C::leader_replication_throttled_replicas},
    {"local.retention.bytes", &C::local_retention_bytes},
    {"local.retention.ms", &C::local_retention_ms},
    {"max.compaction.lag.ms", &C::max_compaction_lag_ms},
    {"max.message.bytes", &C::max_message_bytes},
    {"message.timestamp.after.max.ms", &C::message_timestamp_after_max_ms},
    {"message.timestamp.before.max.ms", &C::message_timestamp_before_max_ms},
    {"message.timestamp.type", &C::message_timestamp_type},
    {"min.cleanable.dirty.ratio", &C::min_cleanable_dirty_ratio},
    {"min.compaction.lag.ms", &C::min_compaction_lag_ms},
    {"min.insync.replicas", &C::min_insync_replicas},
    {"preallocate", &C::preallocate},
    {"remote.log.copy.disable", &C::remote_log_copy_disable},
    {"remote.log.delete.on.disable", &C::remote_log_delete_on_disable},
    {"remote.storage.enable", &C::remote_storage_enable},
    {"retention.bytes", &C::retention_bytes},
    {"retention.ms", &C::retention_ms},
    {"segment.bytes", &C::segment_bytes},
    {"segment.index.bytes", &C::segment_index_bytes},
    {"segment.jitter.ms", &C::segment_jitter_ms},
    {"segment.ms", &C::segment_ms},
    {"unclean.leader.election.enable", &C::unclean_leader_election_enable},
}};

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// The texts have passed check_config().

template <class Number>
void assign(Number& member, std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    std::from_chars(text.data(), text.data() + text.size(), member);
}
void assign(bool& member, std::string_view text) {
    member = text.front() == 't' || text.front() == 'T';
}
void assign(std::string& member, std::string_view text) {
    member = text;
}

}  // namespace

std::span<const TopicSetting> topic_settings() {
    static const auto settings = [] {
        auto filled = kMembers;
        for (TopicSetting& setting : filled) {
            setting.key = find_config(topic_configs(), setting.name);
            HIGHWATER_INVARIANT(setting.key != nullptr, "no topic config is called {}", setting.name);
        }
        return filled;
    }();
    return settings;
}

const TopicSetting* find_topic_setting(std::string_view topic_key) {
    const auto settings = topic_settings();
    const auto found = std::ranges::lower_bound(settings, topic_key, {}, &TopicSetting::name);
    return found != settings.end() && found->name == topic_key ? &*found : nullptr;
}

const TopicSetting* find_topic_setting_of_broker(std::string_view broker_key) {
    if (broker_key.empty()) return nullptr;
    const auto settings = topic_settings();
    const auto found = std::ranges::find(settings, broker_key, &TopicSetting::broker_name);
    return found != settings.end() ? &*found : nullptr;
}

Result<void, std::string> set_value(TopicConfig& config, const TopicSetting& setting, std::string_view value) {
    if (auto valid = check_config(*setting.key, value); !valid) return valid;
    if (setting.key->type == ConfigType::list) {
        const auto elements = split_list(value);
        config.*std::get<std::string TopicConfig::*>(setting.member) = join_list(elements);
    } else {
        std::visit([&](auto member) { assign(config.*member, trimmed(value)); }, setting.member);
    }
    return {};
}

std::string text_of(const TopicConfig& config, const TopicSetting& setting) {
    return std::visit([&](auto member) { return fmt::format("{}", config.*member); }, setting.member);
}

}  // namespace highwater::engine
