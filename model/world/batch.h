#pragma once

#include <cstdint>
#include <string>

#include "core/base/epochs.h"
#include "core/base/offset.h"
#include "core/log/batch_facts.h"

namespace highwater::model {

/// The largest scope: producers, and batches of each.
inline constexpr std::size_t kMaxProducers = 3;
inline constexpr std::size_t kMaxBatches = 8;

/// Which batch it is, by what is in it: no two batches that clients send for the first time are the same, and a retry
/// is the same as its original. Properties compare these, never sequences or offsets.
struct BatchId {
    std::uint8_t producer = 0;
    std::uint8_t index = 0;

    /// A number below kMaxProducers * kMaxBatches.
    [[nodiscard]] std::size_t number() const { return producer * kMaxBatches + index; }
    /// Every second batch has two records, so that offsets and sequences do not run in step with batches.
    [[nodiscard]] std::uint8_t records() const { return static_cast<std::uint8_t>(1 + index % 2); }

    friend bool operator==(const BatchId&, const BatchId&) = default;
};

/// The batch that number() gives this number.
[[nodiscard]] BatchId batch_of(std::size_t number);

/// "p1#2": the third batch of producer 1.
std::string to_text(BatchId batch);

/// A batch in a log, as the AppendBatch said. Offsets and epochs of a scope fit in a byte.
struct StoredBatch {
    BatchId id;
    std::uint8_t base_offset = 0;
    std::uint8_t leader_epoch = 0;
    /// Producer epoch and base sequence as appended.
    std::uint8_t producer_epoch = 0;
    std::uint8_t base_sequence = 0;

    [[nodiscard]] std::uint8_t end_offset() const { return static_cast<std::uint8_t>(base_offset + id.records()); }
    friend bool operator==(const StoredBatch&, const StoredBatch&) = default;
};

/// Producer ids in the model: 1000, 1001, ...
[[nodiscard]] ProducerId producer_id_of(std::uint8_t producer);

/// The facts of a batch with this content, stamped by its producer; base offset and leader epoch are zero.
[[nodiscard]] BatchFacts facts_of(BatchId id, std::uint8_t producer_epoch, std::uint8_t base_sequence);
/// The same, as it stands in a log.
[[nodiscard]] BatchFacts facts_of(const StoredBatch& stored);

/// `value` as a byte. Stops the run when the scope has outgrown the model's small numbers.
[[nodiscard]] std::uint8_t narrow(std::int64_t value);

}  // namespace highwater::model
