#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/epochs.h"
#include "core/base/offset.h"
#include "core/base/producer.h"
#include "core/base/time.h"
#include "core/log/batch_facts.h"
#include "net/wire/record/record_batch.h"
#include "net/wire/record/record_bytes.h"

namespace highwater::wire {

/// What a record of a control batch is for (`ControlRecordType`). Readers ignore types they do not know.
enum class ControlRecordType : std::int16_t {
    abort = 0,
    commit = 1,
    leader_change = 2,
    snapshot_header = 3,
    snapshot_footer = 4,
    kraft_version = 5,
    kraft_voters = 6,
};

/// Key of a control record: int16 version, int16 type. A newer version reads as version 0 does.
struct ControlRecordKey {
    std::int16_t version = 0;
    std::int16_t type = 0;
};

/// nullopt when fewer than 4 bytes are there or the version is negative. The type may be one nobody knows.
[[nodiscard]] std::optional<ControlRecordKey> read_control_key(RecordBytes key);

/// The key's 4 bytes, version 0.
[[nodiscard]] std::array<std::byte, 4> control_key(ControlRecordType type);

/// What a transaction marker's record says: the key's type must be abort or commit, the value int16 version (0 or
/// newer) and int32 coordinator epoch. nullopt for anything else.
[[nodiscard]] std::optional<TransactionMarker> read_transaction_marker(RecordBytes key, RecordBytes value);

/// Bytes of a transaction marker's batch; it occupies one offset.
inline constexpr std::size_t kTransactionMarkerBytes = 78;

/// The batch that ends a transaction: transactional and control, no compression, CreateTime, base sequence -1, one
/// record (KIP-98). Base offset 0 and leader epoch -1: stamp_batch sets them.
[[nodiscard]] std::array<std::byte, kTransactionMarkerBytes> transaction_marker_batch(ProducerId producer_id,
                                                                                      ProducerEpoch producer_epoch,
                                                                                      const TransactionMarker& marker,
                                                                                      Timestamp now);

/// A control batch of KRaft: not transactional, one record whose value is the encoded message of that type without a
/// version prefix (KIP-595, KIP-630).
[[nodiscard]] RecordBuffer kraft_control_batch(ControlRecordType type, RecordBytes message, Offset base_offset,
                                               LeaderEpoch leader_epoch, Timestamp now);

}  // namespace highwater::wire
