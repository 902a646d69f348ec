#pragma once

#include <cstdint>

#include "model/scenarios/checker.h"

namespace highwater::model {

enum class Rungs : std::uint8_t {
    short_runs,  ///< what CI has time for
    long_runs,   ///< all the others
    unreduced,   ///< those of up to 10^7 pinned states without reductions: what is left out must not matter
};

/// Checks these scopes, the smallest first, one line each; stops at the first that is not as it should be. Scenarios
/// that are known to fail must fail.
[[nodiscard]] Verdict climb(Rungs rungs, const CheckOptions& options, const ReportOptions& report);

}  // namespace highwater::model
