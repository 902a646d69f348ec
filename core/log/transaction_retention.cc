#include "core/log/transaction_retention.h"

#include <algorithm>

namespace highwater {

TransactionRetention::TransactionRetention(std::span<const AbortedTransaction> aborted)
    : aborted_(aborted.begin(), aborted.end()) {
    std::ranges::sort(aborted_, {}, &AbortedTransaction::first_offset);
}

bool TransactionRetention::is_needless(const BatchFacts& batch) {
    if (!batch.transactional || !batch.producer) return false;
    for (; next_ < aborted_.size() && aborted_[next_].first_offset <= batch.last_offset(); ++next_) {
        ongoing_aborted_.try_emplace(aborted_[next_].producer, false);
    }
    if (batch.marker) return is_needless_marker(batch);
    if (const auto aborted = ongoing_aborted_.find(batch.producer->id); aborted != ongoing_aborted_.end()) {
        aborted->second = true;
        return true;
    }
    with_data_.insert(batch.producer->id);
    return false;
}

bool TransactionRetention::is_needless_marker(const BatchFacts& marker) {
    const ProducerId producer = marker.producer->id;
    if (marker.marker->commit) return with_data_.erase(producer) == 0;
    const auto aborted = ongoing_aborted_.extract(producer);
    return aborted.empty() || !aborted.mapped();
}

}  // namespace highwater
