// P25 WholeSession (no false fencing): A member that was told less than a session ago that it belongs to the group is
// not told that it is unknown.
#include "model/group/check/whole_session.h"

#include <fmt/format.h>

#include "model/group/occurrence.h"

namespace highwater::model::group {
namespace {

/// More than one tick is less than a session, two are more.
constexpr int kSessionTicks = 2;

/// A JoinGroup that is answered so is not judged: a late copy of it takes its place at the coordinator.
std::optional<std::string> judge(const Judged& judged) {
    for (const Answered& told : judged.events.told) {
        if (told.answer.error() != ErrorCode::unknown_member_id || told.request.heard == 0) continue;
        if (told.request.kind == Message::Kind::join) continue;
        const std::uint8_t client = told.request.client;
        const std::uint8_t well_at = judged.before.rest.history.well_at_plus_one[client];
        if (well_at == 0) continue;
        const int since = judged.now.partition->ticks + 1 - well_at;
        if (since < kSessionTicks) {
            return fmt::format("client {} was told at tick {} that it belongs to the group, and is unknown at tick {}",
                               client, well_at - 1, judged.now.partition->ticks);
        }
        count(judged.coverage, Occurrence::session_ended);
    }
    return std::nullopt;
}

}  // namespace

const Property kWholeSession = {
    "P25", "WholeSession",
    "A member that was told less than a session ago that it belongs to the group is not told that it is unknown.",
    judge};

}  // namespace highwater::model::group
