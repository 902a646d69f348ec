#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/storage/file_system.h"
#include "core/base/epochs.h"
#include "core/base/offset.h"
#include "core/base/producer.h"
#include "core/base/time.h"

namespace highwater::storage {

/// What Kafka keeps of a producer across a restart: only the last of its five remembered batches.
struct ProducerSnapshotEntry {
    ProducerId id;
    ProducerEpoch epoch;
    struct LastBatch {
        Sequence last_sequence;
        Offset last_offset;
        /// last_offset minus the offset of the batch's first record: also last_sequence minus its first sequence.
        std::int32_t offset_delta = 0;
        friend auto operator<=>(const LastBatch&, const LastBatch&) = default;
    };
    /// nullopt: only markers are known of this producer epoch.
    std::optional<LastBatch> last_batch;
    /// Timestamp of the last batch or marker; nullopt where it was -1.
    std::optional<Timestamp> last_timestamp;
    std::optional<CoordinatorEpoch> coordinator_epoch;
    /// First offset of its open transaction.
    std::optional<Offset> transaction_first_offset;

    friend auto operator<=>(const ProducerSnapshotEntry&, const ProducerSnapshotEntry&) = default;
};

/// State of all producers below `offset` (exclusive), ascending by id.
struct ProducerSnapshot {
    Offset offset;
    std::vector<ProducerSnapshotEntry> producers;
    friend bool operator==(const ProducerSnapshot&, const ProducerSnapshot&) = default;
};

/// The bytes of a `%020d.snapshot` file, version 1.
std::vector<std::byte> encode_producer_snapshot(const std::vector<ProducerSnapshotEntry>& producers);

/// Reads them. Damage: unknown version, wrong CRC, wrong length. `path` only names the file in the error.
IoResult<std::vector<ProducerSnapshotEntry>> decode_producer_snapshot(Bytes content, std::string_view path);

}  // namespace highwater::storage
