// P22 DecideOnce: What a producer is told of its transaction's end is what the markers say, and it is never told
// otherwise.
#include "model/transaction/check/decide_once.h"

#include <fmt/format.h>

namespace highwater::model::transaction {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    for (std::size_t t = 1; t <= kTransactions; ++t) {
        const auto transaction = static_cast<Transaction>(t);
        const bool committed = judged.has_seen(transaction, kCommitTold);
        const bool aborted = judged.has_seen(transaction, kAbortTold);
        if (committed && aborted) {
            return fmt::format("transaction {} was told that it is committed, and that it is aborted",
                               transaction_text(transaction));
        }
        if (!committed && !aborted) continue;
        for (std::size_t p = 0; p < kPartitions; ++p) {
            const DataView& view = judged.partition(p);
            for (std::size_t i = 0; i < view.log.size(); ++i) {
                if (view.log[i].transaction != transaction) continue;
                const Run run = run_of(view, i);
                if (!run.marker || (view.log[*run.marker].commit != 0) == committed) continue;
                return fmt::format("transaction {} was told that it is {}; its marker in partition {} says otherwise",
                                   transaction_text(transaction), committed ? "committed" : "aborted", p);
            }
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kDecideOnce = {
    "P22", "DecideOnce",
    "What a producer is told of its transaction's end is what the markers say, and it is never told otherwise.", judge};

}  // namespace highwater::model::transaction
