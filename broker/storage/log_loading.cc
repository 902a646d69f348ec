#include "broker/storage/log_loading.h"

#include <algorithm>
#include <limits>

namespace highwater::storage {

IoResult<ReplicaLog> load_replica_log(const PartitionLog& log, const OpenedState& state,
                                      std::optional<Offset> high_watermark, ProducerLimits limits, Time now) {
    auto loaded = ReplicaLog::load(state.checkpoint(), now, limits);
    if (!loaded) return damaged(log.path(), "the checkpoints contradict each other");
    const auto replayed = log.replay(state.snapshot.offset, [&](const BatchFacts& batch) {
        if (batch.base_offset < state.snapshot.offset) return;
        loaded->append_replicated(batch, now);
        if (high_watermark) loaded->raise_high_watermark(std::min(*high_watermark, batch.end_offset()));
    });
    if (!replayed) return refuse(replayed.error());
    // A damaged range at the end has no batch that could be replayed, but its offsets were given away.
    while (loaded->end_offset() < state.log_end) {
        constexpr std::int64_t kMostOffsets = std::numeric_limits<std::int32_t>::max();
        BatchFacts hole;
        hole.base_offset = loaded->end_offset();
        hole.last_offset_delta =
            static_cast<std::int32_t>(std::min((state.log_end - loaded->end_offset()).value() - 1, kMostOffsets));
        hole.leader_epoch = loaded->epochs().latest() ? loaded->epochs().latest()->epoch : LeaderEpoch{0};
        loaded->append_replicated(hole, now);
    }
    if (loaded->end_offset() > state.log_end) return damaged(log.path(), "replay goes beyond the files' end");
    loaded->mark_written(state.log_end);
    loaded->mark_durable(state.log_end);
    if (high_watermark) loaded->raise_high_watermark(*high_watermark);
    loaded->finish_load();
    return *std::move(loaded);
}

}  // namespace highwater::storage
