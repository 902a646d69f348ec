#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker/engine/moment.h"
#include "broker/storage/log_directory.h"
#include "broker/storage/partition_log.h"
#include "core/base/ids.h"

namespace highwater::engine {

/// The files of `__cluster_metadata-0`: an append-only list of encoded metadata records, in Kafka's format. One node is
/// its own quorum here, so what is synced is committed.
class MetadataLog {
  public:
    /// Called for each record in order; false stops the replay: the record can't be understood.
    using Visit = std::function<bool(Offset offset, std::span<const std::byte> value)>;

    /// Opens or makes it, replays all records through `visit`, and begins a new leader epoch (quorum-state, and the
    /// LeaderChange control record that Kafka's readers expect). Damage: a batch or record that does not decode.
    static storage::IoResult<std::unique_ptr<MetadataLog>> open(storage::FileSystem& files,
                                                                storage::LogDirectory& directory, NodeId self,
                                                                const Visit& visit, Moment now);

    /// Appends the records as one batch and syncs it: durable when it returns. Returns the first one's offset. An error
    /// is final.
    storage::IoResult<Offset> append(const std::vector<std::vector<std::byte>>& values, Moment now);

    /// Its directory's name: `__cluster_metadata`-0.
    static const storage::TopicPartition& name();
    [[nodiscard]] Offset end_offset() const { return log_->log_end(); }
    [[nodiscard]] LeaderEpoch leader_epoch() const { return leader_epoch_; }
    /// Records that were there before this start.
    [[nodiscard]] bool was_empty() const { return was_empty_; }
    [[nodiscard]] const storage::PartitionLog& log() const { return *log_; }
    storage::IoResult<void> close() { return log_->close(); }

  private:
    MetadataLog() = default;
    storage::IoResult<void> replay(const Visit& visit);
    storage::IoResult<void> begin_epoch(storage::FileSystem& files, storage::LogDirectory& directory,
                                        const std::string& path, NodeId self, Moment now);
    storage::IoResult<void> append_batch(std::span<const std::byte> batch, Moment now);

    std::unique_ptr<storage::PartitionLog> log_;
    LeaderEpoch leader_epoch_;
    bool was_empty_ = false;
};

}  // namespace highwater::engine
