// C1 DriverContract: The machine keeps its contract with the driver: one flush at a time, one answer per request, bytes
// as they came.
#include "model/check/driver_contract.h"

#include <fmt/format.h>

namespace highwater::model {
namespace {

std::optional<std::string> judge(const Observed& observed) {
    if (observed.events.contract_breach.empty()) return std::nullopt;
    return observed.events.contract_breach;
}

}  // namespace

const Property kDriverContract = {
    "C1", "DriverContract",
    "The machine keeps its contract with the driver: one flush at a time, one answer per request, bytes as they came.",
    judge};

}  // namespace highwater::model
