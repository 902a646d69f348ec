#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/log/batch_facts.h"
#include "core/log/producer_state.h"
#include "core/log/replica_log.h"
#include "core/log/transactions.h"

namespace highwater::storage {

/// What a producer snapshot must say: the fold of all batches so far. It refuses nothing (core's ReplicaLog decides
/// what may be appended, and may be some batches ahead of the file); it only knows what is written.
///
/// It remembers `most` producers and a sixteenth more, those whose batches are the latest, and every one with an open
/// transaction. Whom it forgets has not appended within ReplicaLog's protected time: it refuses new producers while so
/// many did.
class ProducerFold {
  public:
    static constexpr std::size_t kMost = ProducerLimits{}.max_producers;

    explicit ProducerFold(const std::vector<ProducerState>& producers = {}, std::size_t most = kMost);

    /// Takes in the next batch of the log. Returns the transaction it aborted, if it is the abort marker of one that
    /// has records (KIP-98).
    std::optional<AbortedTransaction> apply(const BatchFacts& facts);
    /// Forgets producers without an open transaction whose last timestamp is below `before`.
    void expire(Timestamp before);

    /// Ascending by id.
    [[nodiscard]] std::vector<ProducerState> states() const;
    [[nodiscard]] bool empty() const { return producers_.empty(); }

  private:
    struct Known {
        ProducerState state;
        /// Of the last batch or marker. Those of a snapshot that have no batch in their epoch are as old as its first.
        Offset last_offset;
    };
    [[nodiscard]] Offset last_stable_offset(Offset end) const;
    void put(const ProducerState& state, Offset last_offset);
    void forget_the_longest_idle();

    std::size_t most_;
    std::map<ProducerId, Known> producers_;
    std::set<std::pair<Offset, ProducerId>> open_transactions_;  // by their first offsets
};

}  // namespace highwater::storage
