#include "model/group/occurrence.h"

namespace highwater::model::group {
namespace {

constexpr std::array<std::string_view, kOccurrences> kNames = {
    "generation told",
    "assignment told",
    "member told that it is unknown",
    "member told that it is fenced",
    "static member replaced without a rebalance",
    "request repeated",
    "late request arrived",
    "coordinator changed",
    "write lost at a failover",
    "write kept at a failover",
    "write failed",
    "commit acknowledged",
    "commit refused",
    "offset expired",
    "partition owned by a member whose commits are not taken, too",
    "partition moved to another member",
    "partition to give up told",
    "session ended",
    "request of a lower generation refused",
    "commit without membership",
    "acknowledged offset told by another coordinator",
    "older process of an instance id not heard",
    "offsets compared after a load",
    "group compared after a load",
    "group settled",
    "came to rest"};

}  // namespace

std::string_view name_of(Occurrence occurrence) {
    return kNames[static_cast<std::size_t>(occurrence)];
}

}  // namespace highwater::model::group
