#include "model/world/disk.h"

#include <algorithm>
#include <vector>

namespace highwater::model {

void Disk::flushed(std::uint8_t end_offset) {
    while (durable_batches < log.size() && durable_batches < lost_from &&
           log[durable_batches].end_offset() <= end_offset) {
        ++durable_batches;
    }
}

void Disk::cut_to_batches(std::size_t count) {
    log.truncate(std::min<std::size_t>(count, log.size()));
    durable_batches = static_cast<std::uint8_t>(std::min<std::size_t>(durable_batches, log.size()));
}

Result<ReplicaLog> recover(const Disk& disk, Time now) {
    std::vector<EpochEntry> epochs;
    for (const StoredEpoch& entry : disk.epochs) {
        epochs.push_back({LeaderEpoch{entry.epoch}, Offset{entry.start_offset}});
    }
    const LogCheckpoint checkpoint{.log_start_offset = Offset{disk.log_start},
                                   .replay_from = Offset{disk.log_start},
                                   .epochs = epochs,
                                   .producers = {},
                                   .aborted = {}};
    auto log = ReplicaLog::load(checkpoint, now);
    if (!log) return log;
    for (const StoredBatch& stored : disk.log) {
        const BatchFacts facts = facts_of(stored);
        if (auto fits = log->check_replicated(facts); !fits) return refuse(fits.error());
        log->append_replicated(facts, now);
    }
    log->mark_written(log->end_offset());
    log->mark_durable(log->end_offset());
    log->finish_load();
    return log;
}

}  // namespace highwater::model
