#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "core/log/batch_facts.h"
#include "core/log/transactions.h"

namespace highwater {

/// What readers of a compacted log no longer need of transactions (KIP-98, KAFKA-8351): the records of those that were
/// aborted, and a marker once no batch of its transaction is left before it. Sees every batch of a log once, in offset
/// order from the log's first batch on, up to the last stable offset at most.
class TransactionRetention {
  public:
    /// `aborted`: every aborted transaction of the log, in any order.
    explicit TransactionRetention(std::span<const AbortedTransaction> aborted);

    /// Whether nobody needs what is in `batch`: the records of an aborted transaction, or a marker without data.
    [[nodiscard]] bool is_needless(const BatchFacts& batch);

  private:
    [[nodiscard]] bool is_needless_marker(const BatchFacts& marker);

    /// By first offset, ascending.
    std::vector<AbortedTransaction> aborted_;
    std::size_t next_ = 0;
    /// Aborted transactions that have begun and not ended here, and whether a batch of them was seen.
    std::map<ProducerId, bool> ongoing_aborted_;
    /// Producers with a batch of a transaction that was not aborted, since their last marker.
    std::set<ProducerId> with_data_;
};

}  // namespace highwater
