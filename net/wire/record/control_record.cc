#include "net/wire/record/control_record.h"

#include <algorithm>

#include "core/base/invariant.h"
#include "net/wire/record/record_batch_builder.h"

namespace highwater::wire {

std::optional<ControlRecordKey> read_control_key(RecordBytes key) {
    if (key.size() < 4) return std::nullopt;
    const ControlRecordKey result{load_big_endian<std::int16_t>(key.data()),
                                  load_big_endian<std::int16_t>(key.data() + 2)};
    if (result.version < 0) return std::nullopt;
    return result;
}

std::array<std::byte, 4> control_key(ControlRecordType type) {
    std::array<std::byte, 4> key{};
    store_big_endian(key.data() + 2, static_cast<std::int16_t>(type));
    return key;
}

std::optional<TransactionMarker> read_transaction_marker(RecordBytes key, RecordBytes value) {
    const auto parsed = read_control_key(key);
    if (!parsed) return std::nullopt;
    const bool commit = parsed->type == static_cast<std::int16_t>(ControlRecordType::commit);
    if (!commit && parsed->type != static_cast<std::int16_t>(ControlRecordType::abort)) return std::nullopt;
    if (value.size() < 6 || load_big_endian<std::int16_t>(value.data()) < 0) return std::nullopt;
    return TransactionMarker{commit, CoordinatorEpoch{load_big_endian<std::int32_t>(value.data() + 2)}};
}

std::array<std::byte, kTransactionMarkerBytes> transaction_marker_batch(ProducerId producer_id,
                                                                        ProducerEpoch producer_epoch,
                                                                        const TransactionMarker& marker,
                                                                        Timestamp now) {
    const auto key = control_key(marker.commit ? ControlRecordType::commit : ControlRecordType::abort);
    std::array<std::byte, 6> value{};
    store_big_endian(value.data() + 2, marker.coordinator_epoch.value());
    RecordBatchBuilder builder({
        .producer = ProducerStamp{producer_id, producer_epoch, std::nullopt},
        .transactional = true,
        .control = true,
    });
    builder.add({.key = key, .value = value, .timestamp = now});
    const RecordBuffer batch = builder.finish();
    HIGHWATER_INVARIANT(batch.size() == kTransactionMarkerBytes, "marker of {} bytes", batch.size());
    std::array<std::byte, kTransactionMarkerBytes> bytes{};
    std::ranges::copy(batch, bytes.begin());
    return bytes;
}

RecordBuffer kraft_control_batch(ControlRecordType type, RecordBytes message, Offset base_offset,
                                 LeaderEpoch leader_epoch, Timestamp now) {
    const auto key = control_key(type);
    RecordBatchBuilder builder({.control = true, .base_offset = base_offset, .leader_epoch = leader_epoch});
    builder.add({.key = key, .value = message, .timestamp = now});
    return builder.finish();
}

}  // namespace highwater::wire
