#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/storage/file_system.h"
#include "broker/storage/meta_properties.h"
#include "broker/storage/partition_log.h"
#include "core/base/ids.h"
#include "core/base/offset.h"

namespace highwater::storage {

/// A partition by the name of its topic, as directories and checkpoints name it.
struct TopicPartition {
    std::string topic;
    PartitionId partition;
    friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

/// A `<topic>-<partition>` directory.
struct PartitionDirectory {
    TopicPartition topic_partition;
    std::string path;
    /// From partition.metadata; nullopt when the file is missing.
    std::optional<TopicId> topic_id;
};

/// The checkpoints of offsets per partition that this class keeps. Wrong or unreadable ones read as empty.
using OffsetCheckpoint = std::map<TopicPartition, Offset>;

struct LogDirectoryOptions {
    /// Of this node. A directory of another node or cluster is refused.
    NodeId node_id;
    /// Empty: accept what meta.properties says. Needed when the directory is empty.
    std::string cluster_id;
    /// Used when meta.properties has none yet.
    Uuid new_directory_id;
};

/// One entry of `log.dirs`: its lock, its identity, its checkpoints and its partitions. One thread owns it.
class LogDirectory {
  public:
    /// Locks the directory (made if missing), checks or writes meta.properties, reads the checkpoints, notes and
    /// removes
    /// `.kafka_cleanshutdown`. Errors: EAGAIN with held_by (in use), EPERM with detail (it belongs to another node or
    /// cluster), damage (meta.properties can't be read), or what the disk said. An empty cluster_id in `options` with
    /// no meta.properties: EINVAL, nothing is written.
    static IoResult<std::unique_ptr<LogDirectory>> open(FileSystem& files, std::string path,
                                                        const LogDirectoryOptions& options, Timestamp now);
    LogDirectory(const LogDirectory&) = delete;
    LogDirectory& operator=(const LogDirectory&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const MetaProperties& meta() const { return meta_; }
    /// The last process stopped cleanly: logs need no scan.
    [[nodiscard]] bool was_clean() const { return was_clean_; }
    /// Broker epoch that the clean stop wrote down, if it did (KIP-966).
    [[nodiscard]] std::optional<std::int64_t> clean_broker_epoch() const { return clean_broker_epoch_; }

    /// The partitions found, `__cluster_metadata-0` among them. Directories being deleted (`-delete`) are not: see
    /// remove_deleted. `-stray` and `-future` ones and other names are left alone.
    IoResult<std::vector<PartitionDirectory>> partitions();

    /// Makes the partition's directory with its partition.metadata. Durable with the first flush of its log. EEXIST
    /// when there is one with another topic id.
    IoResult<PartitionDirectory> create_partition(const TopicPartition& topic_partition, const TopicId& topic_id);

    /// Opens the log of a partition of this directory with what the checkpoints say of it.
    IoResult<PartitionLog::Opened> open_log(const PartitionDirectory& directory, const LogSettings& settings,
                                            Timestamp now);

    /// Renames the directory to `<topic>-<partition>.<32hex>-delete` and forgets its checkpoint entries; durable when
    /// it returns. `unique` is a fresh random id. Returns the new path, for PartitionLog::moved_to.
    IoResult<std::string> delete_partition(const PartitionDirectory& directory, const Uuid& unique);
    /// Removes directories renamed by delete_partition, now or before a restart.
    IoResult<void> remove_deleted();

    /// Nothing when the checkpoint does not name the partition.
    [[nodiscard]] std::optional<Offset> recovery_point(const TopicPartition& topic_partition) const;
    [[nodiscard]] std::optional<Offset> high_watermark(const TopicPartition& topic_partition) const;
    [[nodiscard]] std::optional<Offset> log_start(const TopicPartition& topic_partition) const;

    /// Below it the log was compacted; nothing when it never was.
    [[nodiscard]] std::optional<Offset> clean_end(const TopicPartition& topic_partition) const;

    /// Changes of the maps behind the checkpoint files; write_* puts them on disk, durable when it returns, and
    /// does nothing when nothing changed. nullopt removes the entry.
    void set_recovery_point(const TopicPartition& topic_partition, std::optional<Offset> offset);
    void set_high_watermark(const TopicPartition& topic_partition, std::optional<Offset> offset);
    void set_log_start(const TopicPartition& topic_partition, std::optional<Offset> offset);
    void set_clean_end(const TopicPartition& topic_partition, std::optional<Offset> offset);
    IoResult<void> write_recovery_points();
    IoResult<void> write_high_watermarks();
    IoResult<void> write_log_starts();
    IoResult<void> write_clean_ends();

    /// The last act of a clean stop, after every log is closed and the checkpoints are written.
    IoResult<void> write_clean_shutdown(std::int64_t broker_epoch);

    [[nodiscard]] IoResult<DiskSpace> space() const { return files_->space(path_); }

  private:
    struct Checkpoint {
        std::string file_name;
        OffsetCheckpoint offsets;
        bool changed = false;
    };

    LogDirectory(FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}
    void load(Checkpoint& checkpoint);
    IoResult<void> write(Checkpoint& checkpoint);

    FileSystem* files_;
    std::string path_;
    std::unique_ptr<FileLock> lock_;
    MetaProperties meta_;
    bool was_clean_ = false;
    std::optional<std::int64_t> clean_broker_epoch_;
    Checkpoint recovery_points_{.file_name = "recovery-point-offset-checkpoint", .offsets = {}};
    Checkpoint high_watermarks_{.file_name = "replication-offset-checkpoint", .offsets = {}};
    Checkpoint log_starts_{.file_name = "log-start-offset-checkpoint", .offsets = {}};
    Checkpoint clean_ends_{.file_name = "cleaner-offset-checkpoint", .offsets = {}};
    std::array<Checkpoint*, 4> checkpoints_{&recovery_points_, &high_watermarks_, &log_starts_, &clean_ends_};
};

}  // namespace highwater::storage
