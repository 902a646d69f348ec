// P27 OffsetTruth: Whoever asks for a committed offset is told one that was acknowledged last, or one whose commit came
// after it, or that it must ask again; offsets of a group with members do not expire.
#include "model/group/check/offset_truth.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/group/occurrence.h"

namespace highwater::model::group {
namespace {

std::string offset_text(std::uint8_t offset) {
    return offset == 0 ? std::string{"none"} : fmt::format("{}", offset);
}

std::optional<std::string> judge(const Judged& judged) {
    for (const WrittenOffset& written : judged.events.written) {
        if (written.offset == 0 && judged.somebody_is_in_the_group()) {
            return fmt::format("the offset of partition {} expires; there are members", written.partition);
        }
    }
    // A client asks after every step.
    const PartitionView& view = judged.now.partition->view;
    if (view.tells_offsets == 0) return std::nullopt;
    for (std::size_t p = 0; p < kPartitions; ++p) {
        const auto& offsets = judged.history().offsets[p];
        const auto told = static_cast<std::uint8_t>(view.offset_plus_one[p] == 0 ? 0 : view.offset_plus_one[p] - 1);
        if (std::find(offsets.begin(), offsets.end(), told) == offsets.end()) {
            return fmt::format("the committed offset of partition {} is told: {}; acknowledged last: {}", p,
                               offset_text(told), offset_text(offsets.front()));
        }
        const bool by_another = judged.events.compared_offsets && offsets.front() != 0;
        if (by_another) count(judged.coverage, Occurrence::offset_outlived_its_coordinator);
    }
    return std::nullopt;
}

}  // namespace

const Property kOffsetTruth = {"P27", "OffsetTruth",
                               "Whoever asks for a committed offset is told the one that was acknowledged last, or one "
                               "whose commit came after it, "
                               "or that it must ask again; offsets of a group with members do not expire.",
                               judge};

}  // namespace highwater::model::group
