// P15 SequenceOrder: Along the log, the sequences of each producer id and epoch begin at 0 and go on without a gap;
// epochs do not fall.
#include "model/check/sequence_order.h"

#include <array>

#include <fmt/format.h>

namespace highwater::model {
namespace {

std::optional<std::string> judge(const Observed& observed) {
    struct Next {
        std::uint8_t epoch = 0;
        std::uint8_t sequence = 0;
        bool known = false;
    };
    std::array<Next, kMaxProducers> next{};
    for (const StoredBatch& stored : observed.disk.log) {
        Next& expected = next[stored.id.producer];
        // What retention removed is not known: the first that is left sets the beginning.
        if (!expected.known && observed.disk.log_start > 0) {
            expected = {stored.producer_epoch, stored.base_sequence, true};
        }
        if (stored.producer_epoch > expected.epoch) expected = {stored.producer_epoch, 0, true};
        if (stored.producer_epoch != expected.epoch || stored.base_sequence != expected.sequence) {
            return fmt::format("{} stands at offset {} with epoch {}, sequence {}; expected epoch {}, sequence {}",
                               to_text(stored.id), stored.base_offset, stored.producer_epoch, stored.base_sequence,
                               expected.epoch, expected.sequence);
        }
        expected.known = true;
        expected.sequence = static_cast<std::uint8_t>(stored.base_sequence + stored.id.records());
    }
    return std::nullopt;
}

}  // namespace

const Property kSequenceOrder = {"P15", "SequenceOrder",
                                 "Along the log, the sequences of each producer id and epoch begin at 0 and go on "
                                 "without a gap; epochs do not fall.",
                                 judge};

}  // namespace highwater::model
