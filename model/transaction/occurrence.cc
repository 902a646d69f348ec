#include "model/transaction/occurrence.h"

namespace highwater::model::transaction {
namespace {

constexpr std::array<std::string_view, kOccurrences> kNames = {"transaction committed",
                                                               "transaction aborted",
                                                               "transaction timed out",
                                                               "producer told that it is fenced",
                                                               "record refused",
                                                               "record recognised as a retry",
                                                               "verification refused",
                                                               "request repeated",
                                                               "late request arrived",
                                                               "coordinator changed",
                                                               "write lost at a failover",
                                                               "write kept at a failover",
                                                               "write failed",
                                                               "partition restarted",
                                                               "marker written twice",
                                                               "late marker written",
                                                               "late marker refused",
                                                               "record given to consumers",
                                                               "aborted record kept from consumers",
                                                               "record waits for its marker",
                                                               "two transactions open in a partition",
                                                               "request of a former holder refused",
                                                               "decision told again",
                                                               "EndTxn of another transaction refused",
                                                               "producer id replaced",
                                                               "committed offset told",
                                                               "offset of an open transaction",
                                                               "coordinators compared after a load",
                                                               "came to rest"};

}  // namespace

std::string_view name_of(Occurrence occurrence) {
    return kNames[static_cast<std::size_t>(occurrence)];
}

}  // namespace highwater::model::transaction
