// P19 MarkerPairing: The records between two markers of a producer are of one transaction; its markers are of one kind
// in all partitions; and no marker is of an older coordinator than the one before it.
#include "model/transaction/check/marker_pairing.h"

#include <optional>

#include <fmt/format.h>

namespace highwater::model::transaction {
namespace {

/// nullopt: it has no record with a marker.
std::optional<bool> marker_kind(const DataView& view, Transaction transaction) {
    for (std::size_t i = 0; i < view.log.size(); ++i) {
        if (view.log[i].transaction != transaction) continue;
        const Run run = run_of(view, i);
        if (run.marker) return view.log[*run.marker].commit != 0;
        return std::nullopt;
    }
    return std::nullopt;
}

std::optional<std::string> judge_log(const DataView& view, std::size_t p) {
    for (std::size_t i = 0; i < view.log.size(); ++i) {
        const Stored& stored = view.log[i];
        for (std::size_t j = i; j-- > 0;) {
            const Stored& former = view.log[j];
            if (former.claim.producer != stored.claim.producer) continue;
            if (stored.is_marker()) {
                if (!former.is_marker()) continue;
                if (former.coordinator_epoch > stored.coordinator_epoch) {
                    return fmt::format("partition {}: a marker of coordinator epoch {} after one of {}", p,
                                       stored.coordinator_epoch, former.coordinator_epoch);
                }
                break;
            }
            if (former.is_marker()) break;
            if (former.transaction != stored.transaction) {
                return fmt::format("partition {}: a record of transaction {} is in the run of transaction {}", p,
                                   transaction_text(stored.transaction), transaction_text(former.transaction));
            }
        }
    }
    return std::nullopt;
}

std::optional<std::string> judge(const Judged& judged) {
    bool has_changed = false;
    for (std::size_t p = 0; p < kPartitions; ++p) {
        if (!judged.has_changed(p)) continue;
        has_changed = true;
        if (auto facts = judge_log(judged.partition(p), p)) return facts;
    }
    if (!has_changed) return std::nullopt;
    for (std::size_t t = 1; t <= kTransactions; ++t) {
        const auto transaction = static_cast<Transaction>(t);
        const auto first = marker_kind(judged.partition(0), transaction);
        const auto second = marker_kind(judged.partition(1), transaction);
        if (first && second && first != second) {
            return fmt::format("transaction {}: a {} marker in partition 0, a {} marker in partition 1",
                               transaction_text(transaction), *first ? "commit" : "abort",
                               *second ? "commit" : "abort");
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kMarkerPairing = {
    "P19", "MarkerPairing",
    "The records between two markers of a producer are of one transaction; its markers are of one kind in all "
    "partitions, and none is of an older coordinator than the one before it.",
    judge};

}  // namespace highwater::model::transaction
