#include "core/log/transactions.h"

#include <algorithm>

#include "core/base/invariant.h"

namespace highwater {
namespace {

auto first_marked_from(const std::vector<AbortedTransaction>& items, Offset offset) {
    return std::lower_bound(items.begin(), items.end(), offset,
                            [](const AbortedTransaction& item, Offset o) { return item.marker_offset < o; });
}

}  // namespace

void AbortedTransactions::add(const AbortedTransaction& aborted) {
    HIGHWATER_INVARIANT(items_.empty() || items_.back().marker_offset < aborted.marker_offset, "{} after {}", aborted,
                        items_.back());
    items_.push_back(aborted);
    sum_.add(hash_of(aborted));
}

void AbortedTransactions::truncate_from_end(Offset end_offset) {
    while (!items_.empty() && items_.back().marker_offset >= end_offset) {
        sum_.remove(hash_of(items_.back()));
        items_.pop_back();
    }
}

void AbortedTransactions::truncate_from_start(Offset start_offset) {
    const auto kept = first_marked_from(items_, start_offset);
    std::for_each(items_.cbegin(), kept, [this](const AbortedTransaction& item) { sum_.remove(hash_of(item)); });
    items_.erase(items_.cbegin(), kept);
}

void AbortedTransactions::clear() {
    items_.clear();
    sum_.clear();
}

std::vector<AbortedTransaction> AbortedTransactions::overlapping(Offset from, Offset to) const {
    std::vector<AbortedTransaction> found;
    for (auto item = first_marked_from(items_, from); item != items_.end(); ++item) {
        if (item->first_offset < to) found.push_back(*item);
        if (item->last_stable_offset >= to) break;
    }
    return found;
}

std::uint64_t AbortedTransactions::hash_from_scratch() const {
    HashSum sum;
    for (const AbortedTransaction& item : items_) sum.add(hash_of(item));
    return sum.value();
}

}  // namespace highwater
