#pragma once

#include <string>

#include <fmt/format.h>

namespace highwater {

/// Prints what was violated, where, and the state that violates it, then stops the process. In every build.
[[noreturn]] void invariant_violated(const char* condition, const char* file, int line, const std::string& state);

}  // namespace highwater

/// Stops the process unless `condition` holds. Only for what the code itself guarantees: data from outside is refused
/// with a value, never with this. The arguments after the condition are an fmt format and its values; they are
/// evaluated only when the condition fails.
#define HIGHWATER_INVARIANT(condition, ...)                                                              \
    do {                                                                                                 \
        if (!(condition)) [[unlikely]]                                                                   \
            ::highwater::invariant_violated(#condition, __FILE__, __LINE__, ::fmt::format(__VA_ARGS__)); \
    } while (false)
