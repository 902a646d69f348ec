#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "broker/client/cluster.h"
#include "core/base/offset.h"
#include "core/base/time.h"
#include "net/wire/record/compression/decompressor.h"
#include "net/wire/record/record.h"

namespace highwater::client {

/// A record as it was read; spans live during the visit.
struct ConsumedRecord {
    PartitionId partition;
    Offset offset;
    Timestamp timestamp;
    wire::TimestampType timestamp_type = wire::TimestampType::create_time;
    std::optional<wire::RecordBytes> key;
    std::optional<wire::RecordBytes> value;
    const wire::RecordView* view = nullptr;
};

struct ConsumerSettings {
    std::chrono::milliseconds max_wait{500};
    std::int32_t max_bytes = 50 * 1024 * 1024;
    std::int32_t partition_max_bytes = 1024 * 1024;
    /// Largest a single batch may become when it is decompressed.
    std::size_t max_batch_bytes = 512UL * 1024 * 1024;
    bool check_crcs = true;
};

/// Reads partitions of one topic from given offsets, without a group.
class Consumer {
  public:
    Consumer(Cluster& cluster, std::string topic, ConsumerSettings settings)
        : cluster_(cluster), topic_(std::move(topic)), settings_(settings) {}

    /// Finds the topic. Error: there is none.
    Result<void, std::string> start();
    [[nodiscard]] const TopicInfo& topic() const { return info_; }

    /// ListOffsets: -1 the end, -2 the beginning, or the first record of that time and later.
    Result<Offset, std::string> offset_at(PartitionId partition, std::int64_t timestamp);
    void seek(PartitionId partition, Offset offset) { positions_[partition] = offset; }

    /// One Fetch from each leader; calls `visit` for each record until it says false, and moves the positions on.
    /// Returns the number of records. Control records are left out.
    Result<std::size_t, std::string> poll(const std::function<bool(const ConsumedRecord&)>& visit);

  private:
    Result<bool, std::string> visit_batches(PartitionId partition, wire::RecordBytes records,
                                            const std::function<bool(const ConsumedRecord&)>& visit,
                                            std::size_t& count);
    [[nodiscard]] NodeId leader_of(PartitionId partition) const;

    Cluster& cluster_;
    std::string topic_;
    ConsumerSettings settings_;
    TopicInfo info_;
    std::map<PartitionId, Offset> positions_;
    wire::Decompressor decompressor_;
    wire::RecordBuffer scratch_;
};

}  // namespace highwater::client
