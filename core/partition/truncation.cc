#include "core/partition/truncation.h"

#include <algorithm>

namespace highwater {

Offset truncation_offset(const ReplicaLog& log, const LeaderAnswered::Diverging& leader) {
    const auto own = log.end_offset_for(leader.epoch);
    Offset cut = log.high_watermark();
    if (own) {
        const bool knows_epoch = own->epoch == leader.epoch;
        cut = knows_epoch ? std::min(own->end_offset, leader.end_offset) : own->end_offset;
    }
    return std::clamp(cut, log.start_offset(), log.end_offset());
}

}  // namespace highwater
