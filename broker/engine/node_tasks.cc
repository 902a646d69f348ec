// What the node does by the clock: retention, checkpoints, removal of deleted files.
#include <array>

#include "broker/engine/node.h"

namespace highwater::engine {

namespace {

storage::RetentionSettings retention_of(const TopicConfig& config) {
    storage::RetentionSettings retention;
    if (!config.has_policy("delete")) return retention;
    if (config.retention_bytes >= 0) retention.bytes = static_cast<std::uint64_t>(config.retention_bytes);
    if (config.retention_ms >= 0) retention.time = std::chrono::milliseconds{config.retention_ms};
    return retention;
}

}  // namespace

storage::LogSettings Node::log_settings(const TopicConfig& config, Random& random) {
    storage::LogSettings settings;
    settings.segment_bytes = static_cast<std::uint64_t>(config.segment_bytes);
    settings.compacted = config.has_policy("compact");
    // KIP-354: what lies in the segment that is written is not compacted, so that must not last longer than the lag.
    settings.segment_time = std::chrono::milliseconds{
        settings.compacted ? std::min(config.segment_ms, config.max_compaction_lag_ms) : config.segment_ms};
    if (config.segment_jitter_ms > 0) {
        const auto bound = static_cast<std::uint64_t>(std::min(config.segment_jitter_ms, config.segment_ms));
        settings.segment_jitter = std::chrono::milliseconds{static_cast<std::int64_t>(random.next() % (bound + 1))};
    }
    settings.segment_index_bytes = static_cast<std::uint32_t>(config.segment_index_bytes);
    settings.index_interval_bytes = static_cast<std::uint32_t>(config.index_interval_bytes);
    settings.preallocate = config.preallocate;
    return settings;
}

Partition::FlushLimits Node::flush_limits(const TopicConfig& config) {
    constexpr std::int64_t kLongestMs = std::chrono::duration_cast<std::chrono::milliseconds>(Duration::max()).count();
    return {.messages = config.flush_messages,
            .time = std::chrono::milliseconds{std::min(config.flush_ms, kLongestMs)}};
}

std::chrono::milliseconds Node::interval_of(Task task) const {
    constexpr std::chrono::milliseconds kLeast{10};  // an interval of 0 would never let go of the event loop
    switch (task) {
        case Task::retention:
            return std::max(kLeast, config_.log_retention_check_interval);
        case Task::recovery_points:
            return std::max(kLeast, config_.log_flush_offset_checkpoint_interval);
        case Task::high_watermarks:
            return std::max(kLeast, config_.replica_high_watermark_checkpoint_interval);
        case Task::log_starts:
            return std::max(kLeast, config_.log_flush_start_offset_checkpoint_interval);
        case Task::compaction:
            return std::max(kLeast, config_.log_cleaner_backoff);
        case Task::group_offsets:
            return std::max(kLeast, config_.offsets_retention_check_interval);
        case Task::transactional_ids:
            return std::max(kLeast, config_.transactional_id_check_interval);
        case Task::deleted_files:
            break;
    }
    return std::clamp(std::chrono::milliseconds{config_.topic_defaults.file_delete_delay_ms}, kLeast * 100,
                      std::chrono::milliseconds{60'000});
}

void Node::start_tasks(Moment now) {
    for (const Task task : {Task::retention, Task::recovery_points, Task::high_watermarks, Task::log_starts,
                            Task::deleted_files, Task::compaction, Task::group_offsets, Task::transactional_ids}) {
        timers_.set(now.time + interval_of(task),
                    {.kind = TimerId::Kind::task, .first = static_cast<std::uint64_t>(task), .second = 0});
    }
}

void Node::run(Task task, Moment now) {
    switch (task) {
        case Task::retention:
            apply_retention(now);
            break;
        case Task::recovery_points:
        case Task::high_watermarks:
        case Task::log_starts:
            write_checkpoints(task, now);
            break;
        case Task::deleted_files:
            remove_deleted_files(now);
            break;
        case Task::compaction:
            start_compaction(now);
            break;
        case Task::group_offsets:
            groups_.expire_offsets(now);
            settle(now);
            break;
        case Task::transactional_ids:
            transactions_.expire_ids(now);
            settle(now);
            break;
    }
    timers_.set(now.time + interval_of(task),
                {.kind = TimerId::Kind::task, .first = static_cast<std::uint64_t>(task), .second = 0});
}

void Node::apply_retention(Moment now) {
    const std::optional<Timestamp> wall = retention_clock_.admit(now.time, now.wall);
    for (auto& [name, topic] : topics_.by_name()) {
        storage::RetentionSettings retention = retention_of(topic.config);
        if (!wall) retention.time.reset();  // the wall clock jumped: only sizes count for now
        for (const auto& partition : topic.partitions) {
            storage::PartitionLog* log = partition->log();
            if (log == nullptr || partition->replica().is_offline()) continue;
            const std::chrono::milliseconds expiration = config_.producer_id_expiration;
            log->expire_producers(Timestamp{now.wall.value() - expiration.count()});
            if (!retention.bytes && !retention.time) continue;
            const Offset offset =
                log->retention_offset(retention, wall.value_or(now.wall), partition->replica().high_watermark());
            if (offset > log->log_start()) partition->step(RetentionReached{offset}, now);
        }
    }
    settle(now);
}

void Node::write_checkpoints(Task task, Moment now) {
    for (auto& [name, topic] : topics_.by_name()) {
        for (const auto& partition : topic.partitions) {
            if (partition->replica().is_offline()) continue;
            // In Kafka's flush mode nothing else would ever move the recovery point of a quiet segment.
            if (task == Task::recovery_points) partition->flush_if_due(now, true);
            if (task == Task::high_watermarks) partition->checkpoint_high_watermark();
            if (task == Task::recovery_points) partition->checkpoint_recovery_point();
            if (task == Task::log_starts) partition->checkpoint_log_start();
        }
    }
    for (const auto& directory : directories_) {
        if (is_offline(*directory)) continue;
        storage::IoResult<void> written;
        if (task == Task::high_watermarks) written = directory->write_high_watermarks();
        if (task == Task::recovery_points) {
            if (directory == directories_.front()) {
                directory->set_recovery_point(MetadataLog::name(), metadata_->log().log().recovery_point());
            }
            written = directory->write_recovery_points();
        }
        if (task == Task::log_starts) written = directory->write_log_starts();
        if (!written) fail(*directory, written.error());
    }
}

void Node::remove_deleted_files(Moment now) {
    for (const auto& directory : directories_) {
        if (is_offline(*directory)) continue;
        if (const auto removed = directory->remove_deleted(); !removed) fail(*directory, removed.error());
    }
    for (auto& [name, topic] : topics_.by_name()) {
        const Timestamp renamed_before{now.wall.value() - topic.config.file_delete_delay_ms};
        for (const auto& partition : topic.partitions) {
            if (partition->log() == nullptr || partition->replica().is_offline()) continue;
            if (const auto removed = partition->log()->remove_deleted_files(renamed_before); !removed) {
                fail(partition->directory(), removed.error());
            }
        }
    }
}

}  // namespace highwater::engine
