#pragma once

#include "net/wire/schema.h"

namespace highwater::wire {

struct ProducerSnapshot {
    struct ProducerEntry {
        ProducerId producer_id;
        std::int16_t epoch = 0;
        std::int32_t last_sequence = 0;
        std::int64_t last_offset = 0;
        std::int32_t offset_delta = 0;
        std::int64_t timestamp = 0;
        CoordinatorEpoch coordinator_epoch;
        std::int64_t current_txn_first_offset = 0;
        friend bool operator==(const ProducerEntry&, const ProducerEntry&) = default;
    };

    std::uint32_t crc = 0;
    Array<ProducerEntry> producer_entries;
    friend bool operator==(const ProducerSnapshot&, const ProducerSnapshot&) = default;
};

template <>
struct Schema<ProducerSnapshot::ProducerEntry> {
    static constexpr void describe(auto&& field) {
        using T = ProducerSnapshot::ProducerEntry;
        field("ProducerId", &T::producer_id, versions(1, 1));
        field("Epoch", &T::epoch, versions(1, 1));
        field("LastSequence", &T::last_sequence, versions(1, 1));
        field("LastOffset", &T::last_offset, versions(1, 1));
        field("OffsetDelta", &T::offset_delta, versions(1, 1));
        field("Timestamp", &T::timestamp, versions(1, 1));
        field("CoordinatorEpoch", &T::coordinator_epoch, versions(1, 1));
        field("CurrentTxnFirstOffset", &T::current_txn_first_offset, versions(1, 1));
    }
};
static_assert(describes_every_member<ProducerSnapshot::ProducerEntry>);

template <>
struct Schema<ProducerSnapshot> {
    static constexpr MessageInfo message = data_info("ProducerSnapshot", versions(1, 1), kNoVersions);
    static constexpr void describe(auto&& field) {
        using T = ProducerSnapshot;
        field("Crc", &T::crc, versions(1, 1));
        field("ProducerEntries", &T::producer_entries, versions(1, 1));
    }
};
static_assert(describes_every_member<ProducerSnapshot>);

}  // namespace highwater::wire
