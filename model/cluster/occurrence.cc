#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

constexpr std::array<std::string_view, kOccurrences> kNames = {"record appended by a leader",
                                                               "record acknowledged",
                                                               "retry acknowledged as a duplicate",
                                                               "record first read by a consumer",
                                                               "leader changed",
                                                               "two leaders at once",
                                                               "follower truncated its log",
                                                               "ISR shrank",
                                                               "ISR grew",
                                                               "proposal refused",
                                                               "proposal without an answer in time",
                                                               "metadata learned when newer was there",
                                                               "late request arrived",
                                                               "late answer arrived",
                                                               "power loss took records",
                                                               "broker came back",
                                                               "disk wiped",
                                                               "committed record outlived its leader",
                                                               "acknowledged record outlived its leader",
                                                               "leader with an older ISR than the controller's",
                                                               "two logs compared below both high watermarks",
                                                               "two logs compared where they have the same epoch",
                                                               "high watermark told in a newer epoch",
                                                               "record read again in another epoch",
                                                               "leader elected from the ELR",
                                                               "member of the ELR came back unclean",
                                                               "broker came back after a clean shutdown",
                                                               "broker let go by the controller",
                                                               "preferred leader elected",
                                                               "leader elected uncleanly",
                                                               "committed record lost in an unclean election",
                                                               "reassignment done",
                                                               "replica deleted",
                                                               "several pieces of metadata learned at once",
                                                               "candidate held a committed record",
                                                               "epoch led on by the replica that had led it",
                                                               "record first read from enough holders",
                                                               "record whose epoch the history says",
                                                               "ISR grew beside an inactive broker",
                                                               "log with records of three leader epochs",
                                                               "record read again from a follower",
                                                               "records deleted by a client",
                                                               "log began anew at the leader's log start",
                                                               "came to rest"};

}  // namespace

std::string_view name_of(Occurrence occurrence) {
    return kNames[static_cast<std::size_t>(occurrence)];
}

}  // namespace highwater::model::cluster
