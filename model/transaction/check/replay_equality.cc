// R2 ReplayEquality: A coordinator that has loaded the log knows for good what the one before it knew.
#include "model/transaction/check/replay_equality.h"

namespace highwater::model::transaction {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    if (!judged.events.compared || judged.events.replay_differs == nullptr) return std::nullopt;
    return *judged.events.replay_differs;
}

}  // namespace

const Property kReplayEquality = {
    "R2", "ReplayEquality", "A coordinator that has loaded the log knows for good what the one before it knew.", judge};

}  // namespace highwater::model::transaction
