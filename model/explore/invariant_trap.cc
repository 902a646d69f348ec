#include "model/explore/invariant_trap.h"

#include <fmt/format.h>

#include "core/base/invariant.h"

namespace highwater {

void invariant_violated(const char* condition, const char* file, int line, const std::string& state) {
    throw model::InvariantBroken(fmt::format("{}:{}: {} does not hold: {}", file, line, condition, state));
}

namespace model {

void link_invariant_trap() {}

}  // namespace model
}  // namespace highwater
