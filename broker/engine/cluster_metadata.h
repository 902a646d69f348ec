#pragma once

#include <cstdint>
#include <memory>
#include <set>

#include "broker/engine/metadata_log.h"
#include "broker/engine/metadata_records.h"
#include "core/metadata/image.h"

namespace highwater::engine {

/// The metadata of the cluster as this node, its only controller, keeps it: an image and the log that it is the fold
/// of.
class ClusterMetadata {
  public:
    /// Kafka's number of the record formats that are written: 4.3-IV0 (`metadata.version`).
    static constexpr std::int16_t kMetadataVersion = 30;
    static constexpr std::int16_t kOldestMetadataVersion = 7;
    static constexpr const char* kMetadataVersionFeature = "metadata.version";
    /// Groups of the consumer protocol (KIP-848).
    static constexpr std::int16_t kGroupVersion = 1;
    static constexpr const char* kGroupVersionFeature = "group.version";
    /// Each transaction ends with its producer epoch (KIP-890).
    static constexpr std::int16_t kTransactionVersion = kTransactionV2.value();
    static constexpr const char* kTransactionVersionFeature = "transaction.version";

    /// Opens the log (made if missing) and replays it.
    static storage::IoResult<std::unique_ptr<ClusterMetadata>> open(storage::FileSystem& files,
                                                                    storage::LogDirectory& directory, NodeId self,
                                                                    Moment now);

    [[nodiscard]] const MetadataImage& image() const { return image_; }
    [[nodiscard]] const MetadataLog& log() const { return *log_; }
    /// Of the last record: what brokers give as the epoch of the finalized features.
    [[nodiscard]] Offset last_offset() const { return Offset{log_->end_offset().value() - 1}; }
    /// Topics that the log says were deleted, of those that were there when it was opened.
    [[nodiscard]] const std::set<TopicId>& deleted_topics() const { return deleted_topics_; }
    /// Of this node's latest registration.
    [[nodiscard]] BrokerEpoch broker_epoch() const;

    /// Makes the records durable, then applies them. Requires: none contradicts the image.
    storage::IoResult<void> commit(const MetadataRecords& records, Moment now);

    storage::IoResult<void> close() { return log_->close(); }

  private:
    ClusterMetadata() = default;

    NodeId self_;
    MetadataImage image_;
    std::set<TopicId> deleted_topics_;
    std::unique_ptr<MetadataLog> log_;
};

}  // namespace highwater::engine
