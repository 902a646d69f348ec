// P14 NoDuplicate: No batch of an idempotent producer is in the log twice, told by its content and not by its sequence.
#include "model/check/no_duplicate.h"

#include <fmt/format.h>

namespace highwater::model {
namespace {

std::optional<std::string> judge(const Observed& observed) {
    for (std::size_t number = 0; number < observed.copies.size(); ++number) {
        if (observed.copies[number] <= 1) continue;
        return fmt::format("{} is in the log {} times, first at offset {}", to_text(batch_of(number)),
                           observed.copies[number], observed.position[number] - 1);
    }
    return std::nullopt;
}

}  // namespace

const Property kNoDuplicate = {
    "P14", "NoDuplicate",
    "No batch of an idempotent producer is in the log twice, told by its content and not by its sequence.", judge};

}  // namespace highwater::model
