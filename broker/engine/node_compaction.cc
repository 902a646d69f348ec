// Compaction: which log is next, and what comes of a pass.
#include <fmt/format.h>

#include "broker/engine/node.h"

namespace highwater::engine {
namespace {

storage::CompactionSettings compaction_settings(const TopicConfig& config) {
    return {.min_dirty_ratio = config.min_cleanable_dirty_ratio,
            .min_lag = std::chrono::milliseconds{config.min_compaction_lag_ms},
            .max_lag = std::chrono::milliseconds{config.max_compaction_lag_ms},
            .delete_retention = std::chrono::milliseconds{config.delete_retention_ms}};
}

std::string text_of(const Partition& partition) {
    return fmt::format("{}-{}", partition.identity().name.topic, partition.identity().name.partition);
}

}  // namespace

Partition* Node::most_in_need_of_compaction(Moment now) {
    Partition* most = nullptr;
    double most_ratio = 0;
    for (auto& [name, topic] : topics_.by_name()) {
        if (!topic.config.has_policy("compact")) continue;
        for (const auto& partition : topic.partitions) {
            if (partition->log() == nullptr || partition->replica().is_offline()) continue;
            if (uncompactable_.contains(partition->identity().number)) continue;
            const auto need = partition->log()->compaction_need(compaction_settings(topic.config), now.wall,
                                                                partition->replica().log().last_stable_offset());
            if (!need.is_due || (most != nullptr && need.dirty_ratio <= most_ratio)) continue;
            most = partition.get();
            most_ratio = need.dirty_ratio;
        }
    }
    return most;
}

void Node::start_compaction(Moment now) {
    if (compaction_ || !config_.log_cleaner_enable) return;
    Partition* const partition = most_in_need_of_compaction(now);
    if (partition == nullptr) return;
    // Before a batch is taken out it is on disk that this log may have gaps.
    const auto& name = partition->identity().name;
    storage::LogDirectory& directory = partition->directory();
    if (!directory.clean_end(name)) {
        directory.set_clean_end(name, partition->log()->clean_end());
        if (const auto written = directory.write_clean_ends(); !written) return fail(directory, written.error());
    }
    compaction_ = std::make_shared<const storage::CompactionPlan>(
        partition->log()->plan_compaction(compaction_settings(topics_.find(name.topic)->config), now.wall,
                                          partition->replica().log().last_stable_offset(),
                                          static_cast<std::uint64_t>(config_.log_cleaner_dedupe_buffer_size)));
    outbox_->start_compaction(CompactionJob(partition->identity().number, compaction_));
}

void Node::compaction_completed(CompactionOutcome outcome, Moment now) {
    latest_ = now;
    if (outcome.plan != compaction_) return;
    compaction_.reset();
    Partition* const partition = find(outcome.partition_number);
    // Deleted meanwhile, or gone with its disk: what was written goes with the directory.
    if (partition == nullptr || partition->log() == nullptr || partition->replica().is_offline()) return;
    if (!outcome.result) {
        const storage::IoError& error = outcome.result.error();
        if (error.error_number == ECANCELED) return;
        // Retention may have taken a segment that the pass was about to read.
        if (error.is_not_found()) return;
        if (error.is_damage()) uncompactable_.insert(outcome.partition_number);
        return outbox_->compaction_failed(text_of(*partition), error.text(), error.is_damage());
    }
    storage::CompactionResult told = outcome.result->summary();
    storage::LogDirectory& directory = partition->directory();
    const auto done = partition->log()->compaction_completed(*outcome.plan, std::move(*outcome.result), now.wall);
    if (!done) return fail(directory, done.error());
    if (!*done) return;
    directory.set_clean_end(partition->identity().name, partition->log()->clean_end());
    if (const auto written = directory.write_clean_ends(); !written) return fail(directory, written.error());
    outbox_->compacted(text_of(*partition), told);
    start_compaction(now);
}

}  // namespace highwater::engine
