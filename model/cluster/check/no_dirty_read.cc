// P11 NoDirtyRead: A consumer reads a record only when min.insync.replicas replicas hold it (with flush=replicated:
// hold it, or have held it when power was lost).
#include "model/cluster/check/no_dirty_read.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    for (std::size_t offset = 0; offset < kMaxRecords; ++offset) {
        const std::uint8_t read = judged.history().read[offset];
        if (read == 0 || judged.before.rest.history.read[offset] != 0) continue;
        std::size_t holders = 0;
        for (std::uint8_t id = 0; id < judged.scope.brokers; ++id) {
            const Records& log = judged.broker(id).disk().log;
            if (offset < judged.held(id) && log[offset].batch + 1 == read) ++holders;
        }
        // With flush=replicated each power loss since the start may have taken it from one that held it.
        holders += judged.lossy_stops();
        const std::size_t enough = std::min(judged.scope.min_insync_replicas, judged.scope.brokers);
        if (holders >= enough) count(judged.coverage, Occurrence::clean_read);
        if (holders < enough) {
            return fmt::format(
                "a consumer may read {} at offset {}, which {} replicas hold or held; min.insync.replicas is {}",
                batch_text(static_cast<std::uint8_t>(read - 1)), offset, holders, enough);
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kNoDirtyRead = {"P11", "NoDirtyRead",
                               "A consumer reads a record only when min.insync.replicas replicas hold it.", judge};

}  // namespace highwater::model::cluster
