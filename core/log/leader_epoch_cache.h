#pragma once

#include <optional>
#include <span>

#include "core/base/describe.h"
#include "core/base/epochs.h"
#include "core/base/offset.h"
#include "core/base/small_vector.h"

namespace highwater {

/// The offset at which a leader epoch began: the log end offset at the election of its leader.
struct EpochEntry {
    LeaderEpoch epoch;
    Offset start_offset;

    static constexpr void describe(auto&& field) {
        field("epoch", &EpochEntry::epoch);
        field("start_offset", &EpochEntry::start_offset);
    }
    friend auto operator<=>(const EpochEntry&, const EpochEntry&) = default;
};

/// Where an epoch ended: the answer of OffsetForLeaderEpoch. `epoch` is the largest known epoch that is not above the
/// one asked for; `end_offset` is exclusive.
struct EpochEndOffset {
    LeaderEpoch epoch;
    Offset end_offset;

    static constexpr void describe(auto&& field) {
        field("epoch", &EpochEndOffset::epoch);
        field("end_offset", &EpochEndOffset::end_offset);
    }
    friend auto operator<=>(const EpochEndOffset&, const EpochEndOffset&) = default;
};

/// Which leader epoch wrote which part of a log (KIP-101). Entries rise strictly in epoch and in start offset; entry i
/// covers [its start offset, the next entry's start offset), the last one reaches to the log end offset.
class LeaderEpochCache {
  public:
    LeaderEpochCache() = default;

    /// Records that `epoch` starts at `start_offset`. Entries with an epoch >= `epoch` or a start >= `start_offset` are
    /// removed first: those leaderships wrote nothing that is still here (KIP-101). An entry for the latest epoch that
    /// exists already is kept as it is. Returns whether the cache changed.
    bool assign(LeaderEpoch epoch, Offset start_offset);

    /// The log now ends at `end_offset` (exclusive): entries that start at or above it are removed (KAFKA-10706: also
    /// one that starts exactly there).
    void truncate_from_end(Offset end_offset);

    /// The log now starts at `start_offset` (inclusive): the newest entry that starts at or below it is moved to it,
    /// older ones are removed.
    void truncate_from_start(Offset start_offset);

    /// Where `requested` ended in a log that ends at `log_end_offset`. The latest epoch ends at the log end; an epoch
    /// below all known ones is answered with itself and the start of the lowest; nullopt when the cache is empty or
    /// `requested` is above all known ones (KIP-101, KIP-279).
    [[nodiscard]] std::optional<EpochEndOffset> end_offset_for(LeaderEpoch requested, Offset log_end_offset) const;

    /// The epoch that covers `offset`, also at or above the log end. nullopt when `offset` is below the first entry.
    [[nodiscard]] std::optional<LeaderEpoch> epoch_at(Offset offset) const;

    /// The latest entry; nullopt when nothing was ever written with an epoch.
    [[nodiscard]] std::optional<EpochEntry> latest() const;

    /// All entries, oldest first: the content of the leader-epoch-checkpoint.
    [[nodiscard]] std::span<const EpochEntry> entries() const { return {entries_.data(), entries_.size()}; }

    static constexpr void describe(auto&& field) { field("entries", &LeaderEpochCache::entries_); }

  private:
    SmallVector<EpochEntry, 4> entries_;
};

}  // namespace highwater
