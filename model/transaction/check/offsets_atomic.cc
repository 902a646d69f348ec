// P24 OffsetsAtomic: The committed offset that is told is the last one in the log whose transaction is committed; and
// while a transaction with a later one is open, whoever asks for stable offsets is told to come again.
#include "model/transaction/check/offsets_atomic.h"

#include <fmt/format.h>

#include "model/transaction/occurrence.h"

namespace highwater::model::transaction {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    for (std::size_t p = 0; p < kPartitions; ++p) {
        if (!judged.scope().has_offsets(p) || !judged.has_changed(p)) continue;
        const DataView& view = judged.partition(p);
        Transaction expected = kNoTransaction;
        bool is_open = false;
        for (std::size_t i = 0; i < view.log.size(); ++i) {
            if (view.log[i].is_marker()) continue;
            const Run run = run_of(view, i);
            if (!run.marker) {
                is_open = true;
            } else if (view.log[*run.marker].commit != 0) {
                expected = view.log[i].transaction;
                // Whatever becomes of what is before it, this is newer.
                is_open = false;
            }
        }
        if (expected != kNoTransaction) count(judged.coverage, Occurrence::offset_committed);
        if (is_open) count(judged.coverage, Occurrence::offset_unstable);
        if (view.committed_offset != expected) {
            return fmt::format("the offset of transaction {} is told; by the log it is that of transaction {}",
                               transaction_text(view.committed_offset), transaction_text(expected));
        }
        if (is_open && view.is_unstable == 0) {
            return fmt::format("the offset of transaction {} is told as a stable one; a transaction is open",
                               transaction_text(view.committed_offset));
        }
        if (!is_open && view.is_unstable != 0) return std::string{"offsets are unstable; no transaction is open"};
    }
    return std::nullopt;
}

}  // namespace

const Property kOffsetsAtomic = {
    "P24", "OffsetsAtomic",
    "The committed offset that is told is the last one in the log whose transaction is committed; while a transaction "
    "with a later one is open, whoever asks for stable offsets is told to come again.",
    judge};

}  // namespace highwater::model::transaction
