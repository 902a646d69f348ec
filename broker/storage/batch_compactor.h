#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "broker/storage/key_offsets.h"
#include "core/base/offset.h"
#include "core/base/time.h"
#include "net/wire/record/compression/compressor.h"
#include "net/wire/record/compression/decompressor.h"
#include "net/wire/record/record_batch.h"
#include "net/wire/record/record_bytes.h"

namespace highwater::storage {

/// What compaction knows of a batch besides its bytes.
struct BatchToCompact {
    /// No reader needs what is in it: records of an aborted transaction, a marker without data (TransactionRetention).
    bool is_needless = false;
    /// It stays, if need be without records: a producer's retries are recognised by it, or it says how far a segment
    /// reaches.
    bool must_stay = false;
};

/// Decides batch by batch what a pass of compaction leaves. Offsets, producer and sequence of what stays do not change.
class BatchCompactor {
  public:
    struct Rules {
        /// Below it `latest` has every key (exclusive); what is at or above it stays.
        Offset mapped_end;
        /// When tombstones and markers that this pass meets first may go (KIP-534).
        Timestamp delete_horizon;
        /// Those whose horizon is at or before it go now.
        Timestamp now;
        /// Decompressed bytes of a batch, inclusive.
        std::size_t max_decompressed_bytes = 0;
    };

    /// `latest` outlives this.
    BatchCompactor(const KeyOffsets& latest, const Rules& rules) : latest_(&latest), rules_(rules) {}

    /// The bytes that stay, which are the batch's own or valid until the next call; empty when the batch goes.
    /// The defect says why its records cannot be read.
    [[nodiscard]] Result<wire::RecordBytes, wire::RecordDefect> compact(const wire::BatchView& batch,
                                                                        const BatchToCompact& known);

  private:
    [[nodiscard]] bool is_latest(Offset offset, Bytes key) const;
    [[nodiscard]] wire::RecordBytes without_records(const wire::BatchView& batch);
    [[nodiscard]] wire::RecordBytes compact_marker(const wire::BatchView& batch, const BatchToCompact& known);

    const KeyOffsets* latest_;
    Rules rules_;
    wire::Compressor compressor_;
    wire::Decompressor decompressor_;
    wire::RecordBuffer clear_;
    wire::RecordBuffer rewritten_;
};

}  // namespace highwater::storage
