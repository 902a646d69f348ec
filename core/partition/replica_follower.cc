// The follower's side of Replica: what a fetch from the leader brought.
#include <algorithm>

#include "core/partition/high_watermark.h"
#include "core/partition/replica.h"
#include "core/partition/truncation.h"

namespace highwater {

void Replica::on(Time now, const LeaderAnswered& input, Effects& effects) {
    // KAFKA-13207: an answer that belongs to another epoch or another position is not about this log any more.
    const bool is_current =
        is_follower() && leader_epoch_ == input.leader_epoch && input.fetch_offset == log_.end_offset();
    if (!is_current) return;
    if (input.diverging) {
        // Nothing else of the answer counts: the high watermark is about records that this log does not have.
        std::get<Follower>(role_).leader_high_watermark = Offset{0};
        truncate(truncation_offset(log_, *input.diverging), effects);
        return;
    }
    for (const BatchFacts& batch : input.batches) {
        // KAFKA-18723: a batch of a newer epoch than the fetch's was not this leader's to give.
        if (batch.leader_epoch > *leader_epoch_ || !log_.check_replicated(batch)) break;
        start_append(log_.append_replicated(batch, now), std::nullopt, effects);
    }
    std::get<Follower>(role_).leader_high_watermark = input.high_watermark;
    follow_high_watermark(effects);
    raise_log_start(std::min(input.log_start_offset, log_.high_watermark()), effects);
}

void Replica::follow_high_watermark(Effects& effects) {
    const Offset before = log_.high_watermark();
    log_.raise_high_watermark(std::min(std::get<Follower>(role_).leader_high_watermark, held_offset(mode_, log_)));
    if (log_.high_watermark() > before) effects.push_back(HighWatermarkAdvanced{log_.high_watermark()});
}

}  // namespace highwater
