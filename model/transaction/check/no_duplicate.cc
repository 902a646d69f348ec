// P14 NoDuplicate: A record of a transaction is in its partition's log at most once.
#include "model/transaction/check/no_duplicate.h"

#include <fmt/format.h>

namespace highwater::model::transaction {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    for (std::size_t p = 0; p < kPartitions; ++p) {
        // An offset that is committed once more is the same.
        if (!judged.has_changed(p) || judged.scope().has_offsets(p)) continue;
        const DataView& view = judged.partition(p);
        std::uint32_t known = 0;
        for (std::size_t i = 0; i < view.log.size(); ++i) {
            const Stored& stored = view.log[i];
            if (stored.is_marker()) continue;
            if ((known >> stored.transaction & 1) != 0) {
                return fmt::format("the record of transaction {} is in partition {} twice",
                                   transaction_text(stored.transaction), p);
            }
            known |= std::uint32_t{1} << stored.transaction;
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kNoDuplicate = {"P14", "NoDuplicate",
                               "A record of a transaction is in its partition's log at most once.", judge};

}  // namespace highwater::model::transaction
