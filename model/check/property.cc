#include "model/check/property.h"

#include <array>

#include "model/check/ack_truth.h"
#include "model/check/contiguous.h"
#include "model/check/driver_contract.h"
#include "model/check/fail_stop.h"
#include "model/check/high_watermark_monotone.h"
#include "model/check/no_acked_loss.h"
#include "model/check/no_dirty_read.h"
#include "model/check/no_duplicate.h"
#include "model/check/no_refusal.h"
#include "model/check/sequence_order.h"
#include "model/check/stable_read.h"
#include "model/check/start_bound.h"

namespace highwater::model {
namespace {

const std::array<Property, 12>& table() {
    static const std::array<Property, 12> properties = {kNoAckedLoss, kNoDuplicate, kSequenceOrder, kAckTruth,
                                                        kHWMonotone,  kStartBound,  kNoDirtyRead,   kStableRead,
                                                        kContiguous,  kFailStop,    kNoRefusal,     kDriverContract};
    return properties;
}

}  // namespace

const PropertyBoard<Observed>& properties() {
    static const PropertyBoard<Observed> board(table());
    return board;
}

}  // namespace highwater::model
