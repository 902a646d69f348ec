// P11 NoDirtyRead: A consumer reads a record only when it is committed: durable where the flush mode is fsync, else
// written.
#include "model/check/no_dirty_read.h"

#include <fmt/format.h>

namespace highwater::model {
namespace {

std::optional<std::string> judge(const Observed& observed) {
    const FetchAnswered& fetch = observed.events.fetch;
    if (!fetch.happened || fetch.error() != ErrorCode::none) return std::nullopt;
    const bool fsync = observed.scope.flush_mode == FlushMode::fsync;
    const std::uint8_t committed = fsync ? observed.disk.durable_end() : observed.disk.end_offset();
    if (fetch.readable_end <= committed) return std::nullopt;
    return fmt::format("a consumer may read up to {}, committed is what is below {}", fetch.readable_end, committed);
}

}  // namespace

const Property kNoDirtyRead = {
    "P11", "NoDirtyRead",
    "A consumer reads a record only when it is committed: durable where the flush mode is fsync, else written.", judge};

}  // namespace highwater::model
