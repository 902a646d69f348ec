#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/storage/io_error.h"
#include "core/base/epochs.h"
#include "core/base/ids.h"

namespace highwater::storage {

/// `quorum-state` in `__cluster_metadata-0`: one line of JSON (Kafka's QuorumStateData, version 1; 0 is read as well).
struct QuorumState {
    std::optional<NodeId> leader_id;
    LeaderEpoch leader_epoch;
    std::optional<NodeId> voted_id;
    /// Zero when there was no vote, or when the file is of version 0.
    Uuid voted_directory_id;
    friend bool operator==(const QuorumState&, const QuorumState&) = default;
};

std::string encode_quorum_state(const QuorumState& state);
/// Damage: no JSON, an unknown data_version, a missing member.
IoResult<QuorumState> decode_quorum_state(std::string_view text, std::string_view path);

}  // namespace highwater::storage
