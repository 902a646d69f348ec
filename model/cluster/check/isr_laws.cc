// Q9 IsrLaws: No fenced broker is added to the ISR, and none is in both ISR and ELR.
#include "model/cluster/check/isr_laws.h"

#include <fmt/format.h>

namespace highwater::model::cluster {
namespace {

std::optional<std::string> judge(const Judged& judged) {
    const ControllerState& was = judged.before.rest.controller;
    const ControllerState& is = judged.now.rest.controller;
    if ((is.isr & is.eligible) != 0) return fmt::format("the ISR is {:03b}, the ELR {:03b}", is.isr, is.eligible);
    const int added = is.isr & ~was.isr;
    if ((added & was.fenced & is.fenced) == 0) return std::nullopt;
    return fmt::format("the ISR was {:03b} and is {:03b}; fenced are {:03b}", was.isr, is.isr, is.fenced);
}

}  // namespace

const Property kIsrLaws = {"Q9", "IsrLaws", "No fenced broker is added to the ISR, and none is in both ISR and ELR.",
                           judge};

}  // namespace highwater::model::cluster
