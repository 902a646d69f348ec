// P18 Atomic: Consumers of committed records are given a transaction's records only if its application committed it,
// and then all of them: never one of an aborted transaction, never one without the others.
#include "model/transaction/check/atomic.h"

#include <array>

#include <fmt/format.h>

#include "model/transaction/occurrence.h"

namespace highwater::model::transaction {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    for (std::size_t t = 1; t <= kTransactions; ++t) {
        const auto transaction = static_cast<Transaction>(t);
        std::array<Fate, kPartitions> fates{};
        for (std::size_t p = 0; p < kPartitions; ++p) {
            fates[p] = fate_of(judged.partition(p), transaction);
            if (fates[p] == Fate::delivered) count(judged.coverage, Occurrence::record_delivered);
            if (fates[p] == Fate::skipped) count(judged.coverage, Occurrence::record_skipped);
            if (fates[p] == Fate::waits) count(judged.coverage, Occurrence::record_unstable);
            if (fates[p] == Fate::delivered && !judged.has_seen(transaction, kCommitAsked)) {
                return fmt::format(
                    "consumers are given the record of transaction {} in partition {}; nobody asked to "
                    "commit it",
                    transaction_text(transaction), p);
            }
        }
        for (std::size_t p = 0; p < kPartitions; ++p) {
            for (std::size_t q = 0; q < kPartitions; ++q) {
                if (fates[p] != Fate::delivered || fates[q] != Fate::skipped) continue;
                return fmt::format(
                    "transaction {}: consumers are given its record in partition {}; they have passed "
                    "the one in partition {}, and were not",
                    transaction_text(transaction), p, q);
            }
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kAtomic = {"P18", "Atomic",
                          "Consumers of committed records are given a transaction's records only if its application "
                          "committed it, and then all of them.",
                          judge};

}  // namespace highwater::model::transaction
