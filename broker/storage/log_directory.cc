#include "broker/storage/log_directory.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "broker/storage/segment_files.h"
#include "broker/storage/text_checkpoint.h"

namespace highwater::storage {

namespace {

constexpr std::string_view kMetaPropertiesFile = "meta.properties";
constexpr std::string_view kCleanShutdownFile = ".kafka_cleanshutdown";
constexpr std::string_view kLockFile = ".lock";
constexpr std::string_view kDeleteSuffix = "-delete";
constexpr std::uint64_t kLargestPropertiesBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kLargestCheckpointBytes = std::uint64_t{256} << 20;
/// File names are at most this long on every file system that Kafka runs on.
constexpr std::size_t kLongestName = 255;

std::string directory_name(const TopicPartition& topic_partition) {
    return fmt::format("{}-{}", topic_partition.topic, topic_partition.partition);
}

/// nullopt when the name is not `<topic>-<partition>`.
std::optional<TopicPartition> topic_partition_of(std::string_view name) {
    const auto dash = name.rfind('-');
    if (dash == std::string_view::npos || dash == 0) return std::nullopt;
    std::int64_t partition = 0;
    const std::string_view digits = name.substr(dash + 1);
    if (!parse_number(digits, partition) || partition > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
    if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
    const std::string_view topic = name.substr(0, dash);
    const auto is_legal = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    };
    if (!std::ranges::all_of(topic, is_legal)) return std::nullopt;
    return TopicPartition{std::string(topic), PartitionId{static_cast<std::int32_t>(partition)}};
}

/// `<topic>-<partition>.<32 hex>-delete`, as Kafka names what it is about to remove.
bool is_delete_directory(std::string_view name) {
    if (!name.ends_with(kDeleteSuffix)) return false;
    name.remove_suffix(kDeleteSuffix.size());
    constexpr std::size_t kHexDigits = 32;
    if (name.size() <= kHexDigits + 1) return false;
    const std::string_view hex = name.substr(name.size() - kHexDigits);
    return name[name.size() - kHexDigits - 1] == '.' &&
           hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

IoResult<TopicId> decode_partition_metadata(std::string_view text, std::string_view path) {
    constexpr std::string_view kBefore = "version: 0\ntopic_id: ";
    if (!text.starts_with(kBefore)) return damaged(path, "no version 0 partition.metadata");
    text.remove_prefix(kBefore.size());
    while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    const auto id = uuid_from_text(text);
    if (!id) return damaged(path, fmt::format("topic id \"{}\"", text));
    return TopicId{*id};
}

}  // namespace

IoResult<std::unique_ptr<LogDirectory>> LogDirectory::open(FileSystem& files, std::string path,
                                                           const LogDirectoryOptions& options, Timestamp now) {
    const auto refused = [&](int error_number, std::string_view name, std::string detail) {
        return refuse(IoError{.error_number = error_number,
                              .operation = "open",
                              .path = join(path, name),
                              .detail = std::move(detail),
                              .held_by = {}});
    };
    const auto existed = files.exists(path);
    if (!existed) return refuse(existed.error());
    if (!*existed) {
        if (auto created = files.create_directories(path); !created) return refuse(created.error());
    }
    std::unique_ptr<LogDirectory> directory(new LogDirectory(files, path));
    auto lock = files.lock(join(path, kLockFile));
    if (!lock) return refuse(lock.error());
    directory->lock_ = std::move(*lock);

    const std::string properties_path = join(path, kMetaPropertiesFile);
    const auto text = read_text(files, properties_path, kLargestPropertiesBytes);
    if (!text && !text.error().is_not_found()) return refuse(text.error());
    if (text) {
        const auto stored = decode_meta_properties(*text, properties_path);
        if (!stored) return refuse(stored.error());
        directory->meta_ = *stored;
    }
    MetaProperties& meta = directory->meta_;
    if (meta.node_id && *meta.node_id != options.node_id) {
        return refused(
            EPERM, kMetaPropertiesFile,
            fmt::format("the directory belongs to node {}, this is node {}", *meta.node_id, options.node_id));
    }
    if (meta.cluster_id && !options.cluster_id.empty() && *meta.cluster_id != options.cluster_id) {
        return refused(
            EPERM, kMetaPropertiesFile,
            fmt::format("the directory belongs to cluster {}, this is {}", *meta.cluster_id, options.cluster_id));
    }
    const MetaProperties before = meta;
    meta.node_id = options.node_id;
    if (!meta.cluster_id) {
        if (options.cluster_id.empty()) return refused(EINVAL, kMetaPropertiesFile, "no cluster id known");
        meta.cluster_id = options.cluster_id;
    }
    if (!meta.directory_id) meta.directory_id = options.new_directory_id;
    if (meta != before) {
        if (auto written = replace_file(files, properties_path, encode_meta_properties(meta, now)); !written)
            return refuse(written.error());
    }

    for (Checkpoint* checkpoint : directory->checkpoints_) directory->load(*checkpoint);

    const std::string clean_path = join(path, kCleanShutdownFile);
    const auto clean = read_text(files, clean_path, kLargestPropertiesBytes);
    if (!clean && !clean.error().is_not_found()) return refuse(clean.error());
    if (clean) {
        // Whatever it says, it is there. Kafka before 3.8 left it empty.
        const auto json = nlohmann::json::parse(*clean, nullptr, false);
        if (json.is_object() && json.contains("brokerEpoch") && json["brokerEpoch"].is_number_integer())
            directory->clean_broker_epoch_ = json["brokerEpoch"].get<std::int64_t>();
        directory->was_clean_ = true;
        // It must be gone before anything is written, or the next start would trust what a crash left.
        if (auto removed = files.remove(clean_path); !removed) return refuse(removed.error());
        if (auto synced = files.sync_directory(path); !synced) return refuse(synced.error());
    }
    return directory;
}

IoResult<std::vector<PartitionDirectory>> LogDirectory::partitions() {
    const auto entries = files_->list(path_);
    if (!entries) return refuse(entries.error());
    std::vector<PartitionDirectory> found;
    for (const DirectoryEntry& entry : *entries) {
        if (!entry.is_directory) continue;
        auto topic_partition = topic_partition_of(entry.name);
        if (!topic_partition) continue;
        PartitionDirectory directory{
            .topic_partition = std::move(*topic_partition), .path = join(path_, entry.name), .topic_id = {}};
        const std::string metadata_path = join(directory.path, kPartitionMetadataFile);
        const auto text = read_text(*files_, metadata_path, kLargestPropertiesBytes);
        if (text) {
            // A damaged one reads as missing: the cluster's metadata knows the id.
            if (const auto id = decode_partition_metadata(*text, metadata_path)) directory.topic_id = *id;
        } else if (!text.error().is_not_found()) {
            return refuse(text.error());
        }
        found.push_back(std::move(directory));
    }
    return found;
}

IoResult<PartitionDirectory> LogDirectory::create_partition(const TopicPartition& topic_partition,
                                                            const TopicId& topic_id) {
    PartitionDirectory directory{
        .topic_partition = topic_partition, .path = join(path_, directory_name(topic_partition)), .topic_id = topic_id};
    if (auto created = files_->create_directories(directory.path); !created) return refuse(created.error());
    const std::string metadata_path = join(directory.path, kPartitionMetadataFile);
    const auto text = read_text(*files_, metadata_path, kLargestPropertiesBytes);
    if (!text && !text.error().is_not_found()) return refuse(text.error());
    if (text) {
        if (const auto stored = decode_partition_metadata(*text, metadata_path)) {
            if (*stored == topic_id) return directory;
            return refuse(IoError{.error_number = EEXIST,
                                  .operation = "create",
                                  .path = directory.path,
                                  .detail = fmt::format("it belongs to topic id {}", *stored),
                                  .held_by = {}});
        }
    }
    // Torn by a crash, it reads as missing and is written again, so it needs no sync of its own.
    const std::string content = fmt::format("version: 0\ntopic_id: {}", static_cast<const Uuid&>(topic_id));
    auto file = files_->open(metadata_path, OpenMode::replace);
    if (!file) return refuse(file.error());
    const std::array<Bytes, 1> pieces{std::as_bytes(std::span(content.data(), content.size()))};
    if (auto written = (*file)->write_at(0, pieces); !written) return refuse(written.error());
    return directory;
}

IoResult<PartitionLog::Opened> LogDirectory::open_log(const PartitionDirectory& directory, const LogSettings& settings,
                                                      Timestamp now) {
    const TopicPartition& topic_partition = directory.topic_partition;
    return PartitionLog::open(*files_,
                              {.path = directory.path,
                               .settings = settings,
                               .clean_shutdown = was_clean_,
                               .recovery_point = recovery_point(topic_partition).value_or(Offset{0}),
                               .log_start = log_start(topic_partition),
                               .clean_end = clean_end(topic_partition),
                               .high_watermark = high_watermark(topic_partition),
                               .lower_recovery_point = [this, topic_partition](Offset offset) -> IoResult<void> {
                                   const auto stored = recovery_point(topic_partition);
                                   if (!stored || *stored <= offset) return {};
                                   set_recovery_point(topic_partition, offset);
                                   return write_recovery_points();
                               }},
                              now);
}

IoResult<std::string> LogDirectory::delete_partition(const PartitionDirectory& directory, const Uuid& unique) {
    std::string hex;
    for (const std::uint8_t byte : unique.bytes) hex += fmt::format("{:02x}", byte);
    const std::string suffix = fmt::format(".{}{}", hex, kDeleteSuffix);
    const std::string name = directory_name(directory.topic_partition).substr(0, kLongestName - suffix.size()) + suffix;
    const std::string target = join(path_, name);
    // The checkpoints first: were they to outlive the directory, they would speak of a new topic of that name.
    set_recovery_point(directory.topic_partition, std::nullopt);
    set_high_watermark(directory.topic_partition, std::nullopt);
    set_log_start(directory.topic_partition, std::nullopt);
    set_clean_end(directory.topic_partition, std::nullopt);
    for (Checkpoint* checkpoint : checkpoints_) {
        if (auto written = write(*checkpoint); !written) return refuse(written.error());
    }
    if (auto renamed = files_->rename(directory.path, target); !renamed) return refuse(renamed.error());
    if (auto synced = files_->sync_directory(path_); !synced) return refuse(synced.error());
    return target;
}

IoResult<void> LogDirectory::remove_deleted() {
    const auto entries = files_->list(path_);
    if (!entries) return refuse(entries.error());
    for (const DirectoryEntry& entry : *entries) {
        if (!entry.is_directory || !is_delete_directory(entry.name)) continue;
        if (auto removed = files_->remove_all(join(path_, entry.name)); !removed) return removed;
    }
    return {};
}

// Checkpoints.

namespace {

std::optional<Offset> find(const OffsetCheckpoint& offsets, const TopicPartition& topic_partition) {
    const auto found = offsets.find(topic_partition);
    return found == offsets.end() ? std::nullopt : std::optional(found->second);
}

/// True when that changed something.
bool put(OffsetCheckpoint& offsets, const TopicPartition& topic_partition, std::optional<Offset> offset) {
    if (find(offsets, topic_partition) == offset) return false;
    if (offset)
        offsets.insert_or_assign(topic_partition, *offset);
    else
        offsets.erase(topic_partition);
    return true;
}

}  // namespace

void LogDirectory::load(Checkpoint& checkpoint) {
    const std::string path = join(path_, checkpoint.file_name);
    const auto text = read_text(*files_, path, kLargestCheckpointBytes);
    if (!text) return;
    const auto entries = decode_text_checkpoint(*text, 3, path);
    if (!entries) return;
    for (const auto& fields : *entries) {
        std::int64_t partition = 0;
        std::int64_t offset = 0;
        if (!parse_number(fields[1], partition) || partition > std::numeric_limits<std::int32_t>::max() ||
            !parse_number(fields[2], offset)) {
            checkpoint.offsets.clear();
            return;
        }
        checkpoint.offsets.insert_or_assign({std::string(fields[0]), PartitionId{static_cast<std::int32_t>(partition)}},
                                            Offset{offset});
    }
}

IoResult<void> LogDirectory::write(Checkpoint& checkpoint) {
    if (!checkpoint.changed) return {};
    std::vector<std::string> lines;
    lines.reserve(checkpoint.offsets.size());
    for (const auto& [topic_partition, offset] : checkpoint.offsets)
        lines.push_back(fmt::format("{} {} {}", topic_partition.topic, topic_partition.partition, offset));
    auto written = replace_file(*files_, join(path_, checkpoint.file_name), encode_text_checkpoint(lines));
    if (written) checkpoint.changed = false;
    return written;
}

std::optional<Offset> LogDirectory::recovery_point(const TopicPartition& topic_partition) const {
    return find(recovery_points_.offsets, topic_partition);
}
std::optional<Offset> LogDirectory::high_watermark(const TopicPartition& topic_partition) const {
    return find(high_watermarks_.offsets, topic_partition);
}
std::optional<Offset> LogDirectory::log_start(const TopicPartition& topic_partition) const {
    return find(log_starts_.offsets, topic_partition);
}
std::optional<Offset> LogDirectory::clean_end(const TopicPartition& topic_partition) const {
    return find(clean_ends_.offsets, topic_partition);
}
void LogDirectory::set_clean_end(const TopicPartition& topic_partition, std::optional<Offset> offset) {
    clean_ends_.changed |= put(clean_ends_.offsets, topic_partition, offset);
}
void LogDirectory::set_recovery_point(const TopicPartition& topic_partition, std::optional<Offset> offset) {
    recovery_points_.changed |= put(recovery_points_.offsets, topic_partition, offset);
}
void LogDirectory::set_high_watermark(const TopicPartition& topic_partition, std::optional<Offset> offset) {
    high_watermarks_.changed |= put(high_watermarks_.offsets, topic_partition, offset);
}
void LogDirectory::set_log_start(const TopicPartition& topic_partition, std::optional<Offset> offset) {
    log_starts_.changed |= put(log_starts_.offsets, topic_partition, offset);
}
IoResult<void> LogDirectory::write_recovery_points() {
    return write(recovery_points_);
}
IoResult<void> LogDirectory::write_high_watermarks() {
    return write(high_watermarks_);
}
IoResult<void> LogDirectory::write_log_starts() {
    return write(log_starts_);
}
IoResult<void> LogDirectory::write_clean_ends() {
    return write(clean_ends_);
}

IoResult<void> LogDirectory::write_clean_shutdown(std::int64_t broker_epoch) {
    return replace_file(*files_, join(path_, kCleanShutdownFile),
                        fmt::format(R"({{"version":0,"brokerEpoch":{}}})", broker_epoch));
}

}  // namespace highwater::storage
