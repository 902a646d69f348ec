#include "model/transaction/check/property.h"

#include <array>

#include "model/transaction/check/atomic.h"
#include "model/transaction/check/committed_kept.h"
#include "model/transaction/check/decide_once.h"
#include "model/transaction/check/end_binding.h"
#include "model/transaction/check/fencing.h"
#include "model/transaction/check/marker_pairing.h"
#include "model/transaction/check/no_duplicate.h"
#include "model/transaction/check/offsets_atomic.h"
#include "model/transaction/check/replay_equality.h"
#include "model/transaction/check/stable_offset.h"

namespace highwater::model::transaction {
namespace {

const std::array<Property, 10>& table() {
    static const std::array<Property, 10> properties = {kStableOffset,  kOffsetsAtomic, kNoDuplicate, kReplayEquality,
                                                        kFencing,       kEndBinding,    kDecideOnce,  kMarkerPairing,
                                                        kCommittedKept, kAtomic};
    return properties;
}

}  // namespace

const PropertyBoard<Judged>& properties() {
    static const PropertyBoard<Judged> board(table());
    return board;
}

Fate fate_of(const DataView& view, Transaction transaction) {
    for (std::size_t i = 0; i < view.log.size(); ++i) {
        if (view.log[i].transaction != transaction) continue;
        if (i >= view.last_stable_offset) return Fate::waits;
        return (view.delivered >> i & 1) != 0 ? Fate::delivered : Fate::skipped;
    }
    return Fate::absent;
}

Run run_of(const DataView& view, std::size_t offset) {
    const std::uint8_t producer = view.log[offset].claim.producer;
    Run run{.first = offset, .marker = std::nullopt};
    for (std::size_t i = offset; i-- > 0;) {
        if (view.log[i].claim.producer != producer) continue;
        if (view.log[i].is_marker()) break;
        run.first = i;
    }
    for (std::size_t i = offset + 1; i < view.log.size(); ++i) {
        if (view.log[i].claim.producer != producer || !view.log[i].is_marker()) continue;
        run.marker = i;
        break;
    }
    return run;
}

}  // namespace highwater::model::transaction
