// P18 CommittedKept: A record that was acknowledged, of a transaction whose commit was acknowledged, is in its log, and
// no consumer of committed records passes it without being given it; and what consumers were given once they are given
// again.
#include "model/transaction/check/committed_kept.h"

#include <fmt/format.h>

namespace highwater::model::transaction {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    for (std::size_t p = 0; p < kPartitions; ++p) {
        const DataView& view = judged.partition(p);
        for (std::size_t t = 1; t <= kTransactions; ++t) {
            const auto transaction = static_cast<Transaction>(t);
            const bool is_owed =
                judged.has_seen(transaction, kCommitTold) && judged.has_seen(transaction, acknowledged(p));
            if (!is_owed) continue;
            const Fate fate = fate_of(view, transaction);
            if (fate == Fate::delivered || fate == Fate::waits) continue;
            return fmt::format(
                "transaction {} was told that it is committed, and its record in partition {} that it "
                "is written; {}",
                transaction_text(transaction), p,
                fate == Fate::absent ? "it is not in the log" : "consumers have passed it");
        }
        if (!judged.has_changed(p)) continue;
        const DataView& was = judged.before.data[p]->view;
        if (view.last_stable_offset < was.last_stable_offset) {
            return fmt::format("the last stable offset of partition {} was {}; it is {}", p, was.last_stable_offset,
                               view.last_stable_offset);
        }
        const std::uint32_t passed = (std::uint32_t{1} << was.last_stable_offset) - 1;
        if (((view.delivered ^ was.delivered) & passed) != 0) {
            return fmt::format("consumers of partition {} that begin anew are not given what others were", p);
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kCommittedKept = {"P18", "CommittedKept",
                                 "An acknowledged record of a transaction whose commit was acknowledged is in its log, "
                                 "and no consumer of committed records passes it; what consumers were given once they "
                                 "are given again.",
                                 judge};

}  // namespace highwater::model::transaction
