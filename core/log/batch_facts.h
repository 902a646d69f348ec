#pragma once

#include <cstdint>
#include <optional>

#include "core/base/epochs.h"
#include "core/base/offset.h"
#include "core/base/producer.h"
#include "core/base/time.h"

namespace highwater {

/// Who wrote a batch, and where it stands among the batches of that producer in this partition (KIP-98).
struct ProducerStamp {
    ProducerId id;
    ProducerEpoch epoch;
    /// Sequence of the batch's first record. nullopt on a transaction marker, which has none.
    std::optional<Sequence> base_sequence;

    static constexpr void describe(auto&& field) {
        field("id", &ProducerStamp::id);
        field("epoch", &ProducerStamp::epoch);
        field("base_sequence", &ProducerStamp::base_sequence);
    }
    friend auto operator<=>(const ProducerStamp&, const ProducerStamp&) = default;
};

/// What a transaction marker says (a control batch with one record of type abort or commit, KIP-98).
struct TransactionMarker {
    bool commit = false;
    CoordinatorEpoch coordinator_epoch;

    static constexpr void describe(auto&& field) {
        field("commit", &TransactionMarker::commit);
        field("coordinator_epoch", &TransactionMarker::coordinator_epoch);
    }
    friend auto operator<=>(const TransactionMarker&, const TransactionMarker&) = default;
};

/// What the core knows of a record batch: the facts of its header, never its bytes. The driver keeps the bytes.
struct BatchFacts {
    /// Offset of the batch's first record. Of no meaning in a ProduceReceived: there the leader assigns it.
    Offset base_offset;
    /// Offset of the last record minus base_offset. Not negative; kept by compaction, so it may exceed the count - 1.
    std::int32_t last_offset_delta = 0;
    /// Epoch of the leader that appended it. Of no meaning in a ProduceReceived.
    LeaderEpoch leader_epoch;
    std::optional<ProducerStamp> producer;
    bool transactional = false;
    /// Set on transaction markers only.
    std::optional<TransactionMarker> marker;
    /// Latest record time in the batch; nullopt where the header says -1.
    std::optional<Timestamp> max_timestamp;
    /// The whole batch on disk, header included.
    std::uint32_t size_bytes = 0;

    [[nodiscard]] Offset last_offset() const { return base_offset + OffsetDelta{last_offset_delta}; }
    /// Offset after the last one: where the next batch begins.
    [[nodiscard]] Offset end_offset() const { return last_offset().next(); }

    static constexpr void describe(auto&& field) {
        field("base_offset", &BatchFacts::base_offset);
        field("last_offset_delta", &BatchFacts::last_offset_delta);
        field("leader_epoch", &BatchFacts::leader_epoch);
        field("producer", &BatchFacts::producer);
        field("transactional", &BatchFacts::transactional);
        field("marker", &BatchFacts::marker);
        field("max_timestamp", &BatchFacts::max_timestamp);
        field("size_bytes", &BatchFacts::size_bytes);
    }
    friend auto operator<=>(const BatchFacts&, const BatchFacts&) = default;
};

}  // namespace highwater
