#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "model/abstract/replication.h"

namespace highwater::model {

// What the rules of the abstract model ask of a state. A replica is named by its number, an ISR is one bit a replica.

constexpr bool contains(std::uint32_t isr, std::size_t replica) {
    return (isr >> replica & 1) != 0;
}
constexpr std::uint32_t only(std::size_t replica) {
    return std::uint32_t{1} << replica;
}

inline std::uint32_t log_end(const ReplicationState& state, std::size_t replica) {
    return ReplicaWord::LogEnd::get(state.replicas[replica]);
}
inline std::uint32_t high_watermark(const ReplicationState& state, std::size_t replica) {
    return ReplicaWord::HighWatermark::get(state.replicas[replica]);
}
inline std::uint32_t epochs_seen(const ReplicationState& state, std::size_t replica) {
    return ReplicaWord::EpochsSeen::get(state.replicas[replica]);
}
/// It accepts writes and fetches, whether or not the controller has another leader by now.
inline bool presumes_leadership(const ReplicationState& state, std::size_t replica) {
    return ReplicaWord::leader(state.replicas[replica]) == replica;
}
/// The quorum's leader, in the quorum's epoch.
inline bool is_true_leader(const ReplicationState& state, std::size_t replica) {
    const std::uint32_t quorum = ControllerWord::Quorum::get(state.controller);
    return LeaderAndIsr::leader(quorum) == replica && presumes_leadership(state, replica) &&
           epochs_seen(state, replica) == ControllerWord::EpochsUsed::get(state.controller);
}

inline bool same_epoch_at(const ReplicationState& state, std::size_t a, std::size_t b, std::uint32_t offset) {
    return ReplicaWord::epoch_of(ReplicaWord::record_at(state.replicas[a], offset)) ==
           ReplicaWord::epoch_of(ReplicaWord::record_at(state.replicas[b], offset));
}

/// Whether, by this fencing, the follower has what the leader has below `end`.
inline bool has_caught_up(const ReplicationState& state, std::size_t leader, std::size_t follower, std::uint32_t end,
                          Fencing fencing) {
    if (ReplicaWord::leader(state.replicas[follower]) != leader || end > log_end(state, follower)) return false;
    switch (fencing) {
        case Fencing::leader_id:
            return end <= log_end(state, leader);
        case Fencing::record_epoch:
            return presumes_leadership(state, leader) &&
                   (end == 0 || (end <= log_end(state, leader) && same_epoch_at(state, leader, follower, end - 1)));
        case Fencing::leader_epoch:
            return presumes_leadership(state, leader) && epochs_seen(state, leader) == epochs_seen(state, follower);
    }
    return false;
}

/// One past the last offset at which both have the same record.
inline std::uint32_t end_of_agreement(const ReplicationState& state, std::size_t a, std::size_t b) {
    std::uint32_t end = std::min(log_end(state, a), log_end(state, b));
    while (end > 0 &&
           ReplicaWord::record_at(state.replicas[a], end - 1) != ReplicaWord::record_at(state.replicas[b], end - 1))
        --end;
    return end;
}

/// A fetch would show that the follower's log is not a beginning of the leader's.
inline bool shows_difference(const ReplicationState& state, std::size_t leader, std::size_t follower) {
    const std::uint32_t end = log_end(state, follower);
    if (end > log_end(state, leader)) return true;
    return end > 0 && !same_epoch_at(state, leader, follower, end - 1);
}

/// KIP-101: the end offset that the leader answers for the epoch of the follower's last record.
inline std::uint32_t end_offset_for_epoch(const ReplicationState& state, std::size_t leader, std::size_t follower,
                                          std::uint32_t epoch) {
    const std::uint32_t word = state.replicas[leader];
    const std::uint32_t end = log_end(state, leader);
    if (end == 0) return high_watermark(state, follower);
    if (ReplicaWord::epoch_of(ReplicaWord::record_at(word, end - 1)) == epoch) return end;
    for (std::uint32_t offset = 0; offset < end; ++offset) {
        if (ReplicaWord::epoch_of(ReplicaWord::record_at(word, offset)) > epoch) return offset;
    }
    return high_watermark(state, follower);
}

/// The high watermark reached what this leader wrote, or everything that it has.
inline bool high_watermark_reached_epoch(const ReplicationState& state, std::size_t leader) {
    const std::uint32_t mark = high_watermark(state, leader);
    if (mark >= log_end(state, leader)) return mark == log_end(state, leader);
    return ReplicaWord::epoch_of(ReplicaWord::record_at(state.replicas[leader], mark)) + 1 ==
           epochs_seen(state, leader);
}

inline bool same_records_below(const ReplicationState& state, std::size_t a, std::size_t b, std::uint32_t end) {
    return end <= log_end(state, a) && end <= log_end(state, b) &&
           ReplicaWord::records_below(state.replicas[a], end) == ReplicaWord::records_below(state.replicas[b], end);
}

inline bool logs_match(const ReplicationState& state, std::size_t a, std::size_t b) {
    for (std::uint32_t end = std::min(log_end(state, a), log_end(state, b)); end > 0; --end) {
        if (same_epoch_at(state, a, b, end - 1)) return same_records_below(state, a, b, end);
    }
    return true;
}

}  // namespace highwater::model
