// P3 CandidateCompleteness: Every replica in the controller's ISR or ELR holds each record that a consumer could read.
#include "model/cluster/check/candidate_completeness.h"

#include <algorithm>

#include <fmt/format.h>

#include "model/cluster/occurrence.h"

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    // What an unclean election loses is known when its leader begins to lead.
    if (is_unclean_epoch_to_come(judged.history())) return std::nullopt;
    const ControllerState& controller = judged.now.rest.controller;
    for (std::uint8_t id = 0; id < judged.scope.brokers; ++id) {
        if (!has(static_cast<Brokers>(controller.isr | controller.eligible), id)) continue;
        if (!judged.is_as_registered(id)) continue;
        for (std::size_t offset = 0; offset < kMaxRecords; ++offset) {
            const std::uint8_t read = judged.history().read[offset];
            if (read == 0) continue;
            const Disk& disk = judged.broker(id).disk();
            if (offset < judged.held(id) && disk.has(offset, static_cast<std::uint8_t>(read - 1))) {
                count(judged.coverage, Occurrence::candidate_held_a_committed_record);
                continue;
            }
            return fmt::format("{} was committed at offset {}; broker {}, which may be elected, has {} there",
                               batch_text(static_cast<std::uint8_t>(read - 1)), offset, id, record_text(disk, offset));
        }
    }
    return std::nullopt;
}

}  // namespace

const Property kCandidateCompleteness = {
    "P3", "CandidateCompleteness",
    "Every replica in the controller's ISR or ELR holds each record that a consumer could read.", judge};

}  // namespace highwater::model::cluster
