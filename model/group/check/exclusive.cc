// P25 Exclusive: Of the members that own a partition, the coordinator takes commits for it from at most one; of those
// of a consumer group, heartbeats too.
#include "model/group/check/exclusive.h"

#include <optional>

#include <fmt/format.h>

#include "model/group/occurrence.h"

namespace highwater::model::group {
namespace {

/// A member owns from when it hears its assignment until it gives the partition up or hears that it lost it. One that
/// the coordinator has expired may go on for as long as it does not ask: nobody takes its commits.
std::optional<std::string> judge(const Judged& judged) {
    for (std::size_t partition = 0; partition < kPartitions; ++partition) {
        int owners = 0;
        std::optional<std::uint8_t> heard;
        std::optional<std::uint8_t> stays;
        for (std::uint8_t id = 0; id < judged.scope().clients; ++id) {
            if (has(judged.client(id).owned(), partition)) ++owners;
        }
        if (owners < 2) continue;
        for (std::uint8_t id = 0; id < judged.scope().clients; ++id) {
            if (!has(judged.client(id).owned(), partition)) continue;
            // KIP-848: whoever is heard with what it owns has not lost it.
            const bool is_heard = judged.client(id).is_async() && judged.to_heartbeat(id) == ErrorCode::none;
            if (is_heard && stays) {
                return fmt::format("client {} and client {} own partition {}; the coordinator takes heartbeats of both",
                                   *stays, id, partition);
            }
            if (is_heard) stays = id;
            if (judged.to_commit(id, partition) != ErrorCode::none) continue;
            if (heard) {
                return fmt::format("client {} and client {} own partition {}; the coordinator takes commits of both",
                                   *heard, id, partition);
            }
            heard = id;
        }
        count(judged.coverage, Occurrence::partition_owned_by_a_fenced_member_too);
    }
    return std::nullopt;
}

}  // namespace

const Property kExclusive = {"P25", "Exclusive",
                             "Of the members that own a partition, the coordinator takes commits for it from at most "
                             "one; of those of a consumer group, heartbeats too.",
                             judge};

}  // namespace highwater::model::group
