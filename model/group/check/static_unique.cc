// P28 StaticUnique: Of the processes with one group.instance.id the coordinator hears at most one, and fences the
// others; the newest that has a place in a generation is never fenced.
#include "model/group/check/static_unique.h"

#include <fmt/format.h>

#include "model/group/occurrence.h"

namespace highwater::model::group {
namespace {

bool is_member(const Client& client) {
    return client.is_up() && client.has_joined();
}

std::optional<std::string> judge_two(const Judged& judged, std::uint8_t one, std::uint8_t other) {
    const ErrorCode to_one = judged.to_heartbeat(one);
    const ErrorCode to_other = judged.to_heartbeat(other);
    if (is_known(to_one) && is_known(to_other)) {
        return fmt::format("client {} and client {} have one instance id, and the coordinator hears both", one, other);
    }
    if (!is_known(to_one) && !is_known(to_other)) return std::nullopt;
    // One that is only told that it is unknown comes back under a new id, and fences the newer one in turn.
    if (to_one == ErrorCode::unknown_member_id || to_other == ErrorCode::unknown_member_id) {
        // Of a consumer group, the one that is there stays, and one whose session is over has no claim (KIP-848).
        if (judged.client(one).is_async()) return std::nullopt;
        return fmt::format(
            "client {} and client {} have one instance id; the older is told that it is unknown, not that "
            "it is fenced",
            one, other);
    }
    count(judged.coverage, Occurrence::older_instance_not_heard);
    return std::nullopt;
}

std::optional<std::string> judge(const Judged& judged) {
    const Scope& scope = judged.scope();
    for (std::uint8_t id = 0; id < scope.clients; ++id) {
        const std::uint8_t instance = scope.instance[id];
        const Client& client = judged.client(id);
        if (instance == 0 || !is_member(client)) continue;
        const bool is_newest = judged.history().newest[instance - 1U] == client.member();
        if (is_newest && judged.to_heartbeat(id) == ErrorCode::fenced_instance_id) {
            return fmt::format("client {} was the last to be told that it has this instance id, and is fenced", id);
        }
        for (std::uint8_t other = 0; other < id; ++other) {
            const bool same = scope.instance[other] == instance && is_member(judged.client(other)) &&
                              judged.client(other).member() != client.member();
            if (!same) continue;
            if (auto facts = judge_two(judged, other, id)) return facts;
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kStaticUnique = {
    "P28", "StaticUnique",
    "Of the processes with one group.instance.id the coordinator hears at most one and fences the others; the newest "
    "that has a place in a generation is never fenced.",
    judge};

}  // namespace highwater::model::group
