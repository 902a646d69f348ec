// P20 LSO: The last stable offset is where the earliest transaction begins that has no marker, or the high watermark.
#include "model/transaction/check/stable_offset.h"

#include <fmt/format.h>

#include "model/transaction/occurrence.h"

namespace highwater::model::transaction {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    for (std::size_t p = 0; p < kPartitions; ++p) {
        if (!judged.has_changed(p)) continue;
        const DataView& view = judged.partition(p);
        std::size_t expected = view.log.size();
        std::uint32_t open = 0;
        for (std::size_t i = view.log.size(); i-- > 0;) {
            if (view.log[i].is_marker() || run_of(view, i).marker) continue;
            expected = i;
            open |= std::uint32_t{1} << view.log[i].claim.producer;
        }
        if ((open & (open - 1)) != 0) count(judged.coverage, Occurrence::two_transactions_open);
        if (view.last_stable_offset == expected) continue;
        return fmt::format("the last stable offset of partition {} is {}; by its log it is {}", p,
                           view.last_stable_offset, expected);
    }
    return std::nullopt;
}

}  // namespace

const Property kStableOffset = {
    "P20", "LSO",
    "The last stable offset is where the earliest transaction begins that has no marker, or the high watermark.",
    judge};

}  // namespace highwater::model::transaction
