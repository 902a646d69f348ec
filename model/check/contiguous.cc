// P12 Contiguous: A batch is appended where the log ends.
#include "model/check/contiguous.h"

#include <fmt/format.h>

namespace highwater::model {
namespace {

std::optional<std::string> judge(const Observed& observed) {
    for (const Written& written : observed.events.written) {
        if (written.stored.base_offset == written.log_end_before) continue;
        return fmt::format("{} is appended at offset {}, the log ends at {}", to_text(written.stored.id),
                           written.stored.base_offset, written.log_end_before);
    }
    return std::nullopt;
}

}  // namespace

const Property kContiguous = {"P12", "Contiguous", "A batch is appended where the log ends.", judge};

}  // namespace highwater::model
