#include "model/check/property.h"

#include <array>

#include "core/base/invariant.h"
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

/// What is broken first comes first: where one fault breaks several properties, the report names the most specific.
const std::array<Property, 12>& table() {
    static const std::array<Property, 12> properties = {kNoAckedLoss, kNoDuplicate, kSequenceOrder, kAckTruth,
                                                        kHWMonotone,  kStartBound,  kNoDirtyRead,   kStableRead,
                                                        kContiguous,  kFailStop,    kNoRefusal,     kDriverContract};
    return properties;
}

}  // namespace

std::span<const Property> all_properties() {
    return table();
}

std::uint32_t property_bit(std::string_view name) {
    std::uint32_t bit = 1;
    for (const Property& property : table()) {
        if (property.name == name) return bit;
        bit <<= 1;
    }
    HIGHWATER_INVARIANT(false, "no property is called {}", name);
    return 0;
}

std::optional<Violation> judge_all(const Observed& observed) {
    std::uint32_t bit = 1;
    for (const Property& property : table()) {
        if ((observed.scope.controls.silenced_properties & bit) == 0) {
            if (auto facts = property.judge(observed)) return Violation{property.name, std::move(*facts)};
        }
        bit <<= 1;
    }
    return std::nullopt;
}

}  // namespace highwater::model
