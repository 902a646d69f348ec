#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/log/batch_facts.h"
#include "core/log/producer_state.h"
#include "core/log/transactions.h"

namespace highwater::storage {

/// What a producer snapshot must say: the fold of all batches so far. It refuses nothing (core's ReplicaLog decides
/// what may be appended, and may be some batches ahead of the file); it only knows what is written.
class ProducerFold {
  public:
    ProducerFold() = default;
    explicit ProducerFold(const std::vector<ProducerState>& producers);

    /// Takes in the next batch of the log. Returns the transaction it aborted, if it is the abort marker of one that
    /// has records (KIP-98).
    std::optional<AbortedTransaction> apply(const BatchFacts& facts);
    /// Forgets producers without an open transaction whose last timestamp is below `before`.
    void expire(Timestamp before);

    /// Ascending by id.
    [[nodiscard]] std::vector<ProducerState> states() const;
    [[nodiscard]] bool empty() const { return producers_.empty(); }

  private:
    /// First offset of the earliest open transaction.
    [[nodiscard]] std::optional<Offset> first_open_transaction() const;

    std::map<ProducerId, ProducerState> producers_;
};

}  // namespace highwater::storage
