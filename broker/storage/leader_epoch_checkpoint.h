#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/storage/io_error.h"
#include "core/base/epochs.h"
#include "core/base/offset.h"

namespace highwater::storage {

/// Where a leader epoch's records begin (inclusive).
struct EpochEntry {
    LeaderEpoch epoch;
    Offset start_offset;
    friend auto operator<=>(const EpochEntry&, const EpochEntry&) = default;
};

/// The history of leader epochs, strictly ascending in both members (Kafka's LeaderEpochFileCache without the file).
class EpochHistory {
  public:
    EpochHistory() = default;
    /// Keeps the longest strictly ascending reading of `entries`: each one is assigned in turn.
    explicit EpochHistory(const std::vector<EpochEntry>& entries);

    /// Adds the entry, and removes those with an epoch or a start not below it. False when nothing changed: the newest
    /// entry already has this epoch, or a later one.
    bool assign(EpochEntry entry);
    /// Removes entries that start at or above `end_offset`. True when that changed something.
    bool truncate_end(Offset end_offset);
    /// The newest entry that starts at or below `start_offset` now starts there; older ones are gone.
    bool truncate_start(Offset start_offset);

    [[nodiscard]] const std::vector<EpochEntry>& entries() const { return entries_; }

  private:
    std::vector<EpochEntry> entries_;
};

/// Text of a `leader-epoch-checkpoint` file.
std::string encode_leader_epochs(const std::vector<EpochEntry>& entries);
/// Reads it; damage when it is no such text.
IoResult<std::vector<EpochEntry>> decode_leader_epochs(std::string_view text, std::string_view path);

}  // namespace highwater::storage
