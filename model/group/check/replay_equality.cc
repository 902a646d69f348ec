// R2 ReplayEquality: A coordinator that loads the log knows the offsets, the generation, the members and their
// assignments as the one before it knew them, with what became committed meanwhile.
#include "model/group/check/replay_equality.h"

#include "model/group/occurrence.h"

namespace highwater::model::group {
namespace {

/// The one property that looks into the machines: it says that two of them are alike. A group in a rebalance is ahead
/// of the log, as it may be, and only its generation is compared.
std::optional<std::string> judge(const Judged& judged) {
    if (judged.events.compared_offsets) count(judged.coverage, Occurrence::offsets_replayed);
    if (judged.events.compared_group) count(judged.coverage, Occurrence::group_replayed);
    if (judged.events.replay_differs == nullptr) return std::nullopt;
    return *judged.events.replay_differs;
}

}  // namespace

const Property kReplayEquality = {
    "R2", "ReplayEquality",
    "A coordinator that loads the log knows offsets, generation, members and assignments as the one before it did.",
    judge};

}  // namespace highwater::model::group
