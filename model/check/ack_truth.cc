// P16 AckTruth: A success answer names the offset at which the log holds the batch, the same one in every answer to it.
#include "model/check/ack_truth.h"

#include <fmt/format.h>

namespace highwater::model {
namespace {

std::optional<std::string> judge(const Observed& observed) {
    for (const Answered& answer : observed.events.answers) {
        if (answer.error() != ErrorCode::none) continue;
        const BatchId batch = answer.request.batch;
        if (answer.base_offset_plus_one == 0) {
            return fmt::format("{} is answered with success and no offset", to_text(batch));
        }
        const int told = answer.base_offset_plus_one - 1;
        const std::uint8_t before = observed.before.acknowledged[batch.number()];
        if (before != 0 && before != answer.base_offset_plus_one) {
            return fmt::format("{} was acknowledged at offset {}, now at {}", to_text(batch), before - 1, told);
        }
        if (told < observed.disk.log_start) continue;
        if (observed.position[batch.number()] != answer.base_offset_plus_one) {
            return fmt::format("{} is acknowledged at offset {}, where the log does not have it", to_text(batch), told);
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kAckTruth = {
    "P16", "AckTruth",
    "A success answer names the offset at which the log holds the batch, the same one in every answer to it.", judge};

}  // namespace highwater::model
