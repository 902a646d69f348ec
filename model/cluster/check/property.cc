#include "model/cluster/check/property.h"

#include <array>

#include <fmt/format.h>

#include "model/cluster/check/candidate_completeness.h"
#include "model/cluster/check/epoch_order.h"
#include "model/cluster/check/high_watermark_monotone.h"
#include "model/cluster/check/isr_laws.h"
#include "model/cluster/check/leader_completeness.h"
#include "model/cluster/check/log_matching.h"
#include "model/cluster/check/log_matching_below_high_watermark.h"
#include "model/cluster/check/no_acked_loss.h"
#include "model/cluster/check/no_dirty_read.h"
#include "model/cluster/check/one_leader.h"
#include "model/cluster/check/quorum_superset.h"
#include "model/cluster/check/stable_read.h"
#include "model/cluster/check/start_bound.h"

namespace highwater::model::cluster {
namespace {

const std::array<Property, 13>& table() {
    static const std::array<Property, 13> properties = {
        kOneLeader,   kIsrLaws,     kQuorumSuperset,       kStartBound,         kEpochOrder,
        kNoDirtyRead, kHWMonotone,  kLogMatching,          kLogMatchingBelowHW, kLeaderCompleteness,
        kStableRead,  kNoAckedLoss, kCandidateCompleteness};
    return properties;
}

}  // namespace

const PropertyBoard<Judged>& properties() {
    static const PropertyBoard<Judged> board(table());
    return board;
}

std::string batch_text(std::uint8_t batch) {
    return fmt::format("#{}", batch);
}

std::string record_text(const Disk& disk, std::size_t offset) {
    if (offset >= disk.log.size()) return "nothing";
    return fmt::format("{} of epoch {}{}", batch_text(disk.log[offset].batch), disk.log[offset].leader_epoch,
                       offset < disk.durable ? "" : " (not durable)");
}

}  // namespace highwater::model::cluster
