#pragma once

#include "model/scenarios/checker.h"

namespace highwater::model {

/// Checks every scope that CI has time for, or every other one, the smallest first, one line each; stops at the first
/// that is not as it should be. Scenarios that are known to fail must fail.
[[nodiscard]] Verdict climb(bool long_runs, const CheckOptions& options, const ReportOptions& report);

}  // namespace highwater::model
