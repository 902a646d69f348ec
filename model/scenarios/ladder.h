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
/// that are known to fail must fail. Where the options name a directory for checkpoints, it goes on after the process
/// was killed: scopes that were done are not done again, and the one under way goes on.
[[nodiscard]] Verdict climb(Rungs rungs, const CheckOptions& options, const ReportOptions& report);

}  // namespace highwater::model
