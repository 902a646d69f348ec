#pragma once

namespace highwater::cli {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;
/// The command line itself is wrong.
inline constexpr int kUsageError = 2;
/// EX_CONFIG of sysexits.h.
inline constexpr int kConfigurationError = 78;

}  // namespace highwater::cli
