// The follower's side of Replica: what a fetch from the leader brought.
#include <algorithm>

#include "core/partition/high_watermark.h"
#include "core/partition/replica.h"
#include "core/partition/truncation.h"

namespace highwater {

namespace {

/// DeleteRecords may have put the leader's log start into a batch, which then is the first that the leader gives.
bool reaches_across_log_start(const ReplicaLog& log, const BatchFacts& batch) {
    const bool log_is_empty = log.start_offset() == log.end_offset();
    if (!log_is_empty || batch.base_offset.value() < 0 || batch.base_offset >= log.start_offset()) return false;
    return ReplicaLog{batch.base_offset}.check_replicated(batch) && batch.end_offset() > log.start_offset();
}

}  // namespace

bool Replica::is_about_this_log(LeaderEpoch leader_epoch, Offset fetch_offset) const {
    return is_follower() && leader_epoch_ == leader_epoch && fetch_offset == log_.end_offset();
}

void Replica::on(Time now, const LeaderAnswered& input, Effects& effects) {
    if (!is_about_this_log(input.leader_epoch, input.fetch_offset)) return;
    if (input.diverging) {
        // Nothing else of the answer counts: the high watermark is about records that this log does not have.
        std::get<Follower>(role_).leader_high_watermark = Offset{0};
        truncate(truncation_offset(log_, *input.diverging), effects);
        answer_fetches(effects);
        return;
    }
    for (const BatchFacts& batch : input.batches) {
        // KAFKA-18723: a batch of a newer epoch than the fetch's was not this leader's to give.
        if (batch.leader_epoch > *leader_epoch_) break;
        if (reaches_across_log_start(log_, batch)) {
            append_across_log_start(batch, now, effects);
            continue;
        }
        if (!log_.check_replicated(batch)) break;
        start_append(log_.append_replicated(batch, now), std::nullopt, effects);
    }
    std::get<Follower>(role_).leader_high_watermark = input.high_watermark;
    follow_high_watermark(effects);
    // Before anybody reads up to the new high watermark: what lies below the leader's log start is deleted.
    raise_log_start(std::min(input.log_start_offset, log_.high_watermark()), effects);
    answer_fetches(effects);
}

/// The log begins again where the batch does; what can be read of it begins where it began before.
void Replica::append_across_log_start(const BatchFacts& batch, Time now, Effects& effects) {
    const Offset log_start = log_.start_offset();
    log_.restart_at(batch.base_offset);
    cut_what_is_under_way(batch.base_offset);
    effects.push_back(TruncateFullyAndStartAt{batch.base_offset});
    start_append(log_.append_replicated(batch, now), std::nullopt, effects);
    log_.raise_high_watermark(log_start);
    raise_log_start(log_start, effects);
}

/// Where the logs share offsets, the next fetch finds with its epoch where they part; a longer log has nothing to ask
/// with before it is cut. Where they share none, nothing of this one is left: to begin again at the leader's end, as
/// Kafka does below its own log start, would leave out what the leader still has.
void Replica::on(Time, const FetchOutOfRange& input, Effects& effects) {
    const bool makes_sense =
        input.leader_log_start_offset.value() >= 0 && input.leader_log_start_offset <= input.leader_log_end_offset;
    if (!makes_sense || !is_about_this_log(input.leader_epoch, input.fetch_offset)) return;
    std::get<Follower>(role_).leader_high_watermark = Offset{0};
    const bool shares_offsets =
        input.leader_log_start_offset < log_.end_offset() && input.leader_log_end_offset >= log_.start_offset();
    if (!shares_offsets) {
        truncate_fully_and_start_at(input.leader_log_start_offset, effects);
    } else if (input.leader_log_end_offset < log_.end_offset()) {
        truncate(input.leader_log_end_offset, effects);
    }
    answer_fetches(effects);
}

void Replica::follow_high_watermark(Effects& effects) {
    const Offset before = log_.high_watermark();
    log_.raise_high_watermark(std::min(std::get<Follower>(role_).leader_high_watermark, held_offset(mode_, log_)));
    if (log_.high_watermark() > before) effects.push_back(HighWatermarkAdvanced{log_.high_watermark()});
}

}  // namespace highwater
