#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "model/transaction/action.h"

namespace highwater::model::transaction {

inline constexpr std::size_t kMaxProducers = 2;
/// That transactions write to. Each has a broker of its own.
inline constexpr std::size_t kPartitions = 2;
/// Of each producer: the largest scope.
inline constexpr std::size_t kMaxTransactions = 4;

/// How often each disturbance may still happen.
using Budgets = std::array<std::uint8_t, kDisturbances>;

class TransactionWorld;

/// Changes to the world itself (never to the core): the controls that show that the harness would notice.
struct Controls {
    /// O8: what was under way when a coordinator went is in the log; what was committed is lost with it, too.
    bool failover_keeps_everything = false;
    bool failover_loses_everything = false;
    /// O9: nobody is told that a deadline has passed.
    bool deadlines_do_not_fire = false;
    /// O11: a run that has come to rest is not judged.
    bool rest_is_not_judged = false;
    /// C1: consumers of committed records do not drop the aborted ones.
    bool consumers_take_aborted_records = false;
    /// C1: a broker answers that a marker is written, and has not written it.
    bool markers_are_not_written = false;

    friend bool operator==(const Controls&, const Controls&) = default;
};

/// The bounds of an exploration. Budgets count disturbances only; delivery, retry and restart are free.
struct Scope {
    using World = TransactionWorld;

    std::uint8_t producers = 1;
    /// They are instances of one transactional id; otherwise each has its own.
    bool one_transactional_id = false;
    /// `transaction.version` that they speak, 1 or 2.
    std::uint8_t version = 2;
    /// A transaction has a record in each of so many partitions.
    std::uint8_t partitions = kPartitions;
    /// The last partition is one of `__consumer_offsets`: a transaction commits an offset there.
    bool commits_offsets = false;
    /// Each producer begins so many transactions, all its processes together.
    std::uint8_t transactions = 1;
    /// The epoch at which ids stand before their first InitProducerId; 0: they are not known.
    std::uint16_t first_epoch = 0;
    /// Producers that are up at first have initialised before anything else happens.
    bool settled = true;
    /// Producers that are down at first, and those that do not start again once they crashed (bit i: producer i).
    std::uint8_t down_at_first = 0;
    std::uint8_t stays_down = 0;
    /// The producers that crash and give up by a disturbance, and whose messages are disturbed; 0: any.
    std::uint8_t disturbed = 0;
    bool aborts = true;
    /// Also an EndTxn may be late. Of version 1 that ends whatever is open when it arrives (KAFKA-17754).
    bool late_ends = true;
    /// A marker may be late, too. Of version 1 it ends whatever is open when it arrives (KIP-890, KIP-1228).
    bool late_markers = true;
    std::uint8_t late_requests = 1;
    Budgets budgets{};
    /// So many disturbances of all kinds together; 0: as many as the budgets allow.
    std::uint8_t disturbances = 0;
    /// The log that a coordinator loads has the last record of each key only, as compaction leaves it.
    bool log_is_compacted = true;
    Controls controls;
    /// Bit i replaces property i by "true".
    std::uint32_t silenced_properties = 0;

    [[nodiscard]] bool may_disturb(std::uint8_t producer) const {
        return disturbed == 0 || (disturbed >> producer & 1) != 0;
    }
    /// The number of the producer's transactional id.
    [[nodiscard]] std::uint8_t id_of(std::uint8_t producer) const {
        return one_transactional_id ? std::uint8_t{0} : producer;
    }
    [[nodiscard]] bool has_offsets(std::size_t partition) const {
        return commits_offsets && partition + 1 == kPartitions;
    }
    [[nodiscard]] std::uint8_t ids() const { return one_transactional_id ? std::uint8_t{1} : producers; }
    [[nodiscard]] std::uint8_t& budget(ActionKind kind) { return budgets[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] std::uint8_t budget(ActionKind kind) const { return budgets[static_cast<std::size_t>(kind)]; }
    friend bool operator==(const Scope&, const Scope&) = default;
};

}  // namespace highwater::model::transaction
